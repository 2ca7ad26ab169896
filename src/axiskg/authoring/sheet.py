"""The authoring form: one YAML file a source, one flow mapping a line, defaults left out.

`read_sheet` takes any YAML of that shape, every scalar as a string, and keeps comment lines;
`write_sheet` gives the canonical form, and gives back a canonical file without changing a byte.
Which keys there are, in which order, and what they take, stands in `FIELDS` and nowhere else: the
reader, the writer and the JSON schema for editors all follow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from axiskg.authoring.fields import BLOCKS, Block, canonical_key
from axiskg.authoring.flow import flow_mapping, scalar
from axiskg.errors import DataError, ParseError, ProvenanceError, did_you_mean

__all__ = ["Entry", "Sheet", "read_sheet", "sheet_text", "write_sheet"]

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the form: a node, a scenario, a statement, or a reason for none.

    `name` is the slug of a node or scenario, and `p9.a` of a statement; `line` counts from 1;
    `lead` holds the comment and empty lines that stand before it.
    """

    name: str
    values: Mapping[str, Value]
    line: int = field(default=0, compare=False)
    lead: tuple[str, ...] = ()

    def text(self, key: str) -> str | None:
        """The one value of a key, or None."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """The values of a key that takes several."""
        value = self.values.get(key, ())
        return (value,) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of authored statements; `path` is where it was read, for messages.

    `leads` holds the comment and empty lines before each key of the file, `trail` the comments
    after the last line.
    """

    source: str
    asserter: str | None
    curation: Mapping[str, Value]
    nodes: tuple[Entry, ...]
    scenarios: tuple[Entry, ...]
    statements: tuple[Entry, ...]
    none: tuple[Entry, ...]
    leads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trail: tuple[str, ...] = ()
    path: Path | None = field(default=None, compare=False)


def read_sheet(path: Path, text: str | None = None) -> Sheet:
    """The sheet in a file (or in `text`, named `path` in messages).

    Raises `ParseError` for what is not the form, with the line; `ProvenanceError` for a key given
    twice or an id used twice.
    """
    if text is None:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise DataError(f"can't be read: {error.strerror}", path=path) from error
        except UnicodeDecodeError as error:
            raise ParseError(f"not UTF-8: {error.reason}", path=path) from error
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ParseError(f"not YAML: {error.problem}", path=path, line=line) from error
    except yaml.YAMLError as error:
        raise ParseError(f"not YAML: {error}", path=path) from error
    if root is None:
        raise ParseError("the file is empty; begin with `source: <slug>`", path=path, line=1)
    return _Reader(path, text).sheet(root)


class _Reader:
    """Turns YAML nodes into entries; knows the file's lines for messages and comments."""

    def __init__(self, path: Path, text: str):
        self.path = path
        self.lines = text.split("\n")
        self.seen_to = 0

    def wrong(self, node: yaml.Node, message: str) -> ParseError:
        return ParseError(message, path=self.path, line=node.start_mark.line + 1)

    def lead(self, node: yaml.Node) -> tuple[str, ...]:
        """The comment and empty lines between what was read last and this node."""
        line = node.start_mark.line
        between = [text.strip() for text in self.lines[self.seen_to : line]]
        self.seen_to = max(self.seen_to, line + 1)
        return tuple(text for text in between if not text or text.startswith("#"))

    def done(self, node: yaml.Node) -> None:
        """Mark a node as read. A comment behind it would be lost, so it is refused."""
        mark = node.end_mark
        rest = self.lines[mark.line][mark.column :] if mark.line < len(self.lines) else ""
        if mark.column and rest.strip().startswith("#"):
            raise self.wrong(node, "a comment stands behind it; give it a line of its own, before")
        self.seen_to = max(self.seen_to, mark.line + (1 if mark.column else 0))

    def pairs(self, node: yaml.Node, what: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"{what} must be a mapping of keys to values")
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.wrong(key, f"a key of {what} must be a word")
            if key.value in seen:
                raise ProvenanceError(
                    f"{what} has {key.value!r} twice; keep one",
                    path=self.path,
                    line=key.start_mark.line + 1,
                )
            seen.add(key.value)
            yield key, value

    def values(self, node: yaml.Node, what: str, block: Block) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key, node_value in self.pairs(node, what):
            name = canonical_key(block, key.value)
            if name is None:
                hint = did_you_mean(key.value, list(block.names))
                raise self.wrong(key, f"{what}: unknown key {key.value!r}{hint}")
            if name in found:
                raise self.wrong(key, f"{what}: {key.value!r} and {name!r} are the same; keep one")
            found[name] = self.value(node_value, f"{name!r} of {what}", block.fields[name].many)
        for name, spec in block.fields.items():
            if spec.required and name not in found:
                raise self.wrong(node, f"{what} lacks {name!r} ({spec.meaning})")
        return found

    def value(self, node: yaml.Node, what: str, many: bool) -> Value:
        if isinstance(node, yaml.ScalarNode):
            return (str(node.value),) if many else str(node.value)
        if many and isinstance(node, yaml.SequenceNode):
            items = []
            for item in node.value:
                if not isinstance(item, yaml.ScalarNode):
                    raise self.wrong(item, f"{what} must be a list of words")
                items.append(str(item.value))
            return tuple(items)
        raise self.wrong(node, f"{what} must be a string{' or a list of strings' * many}")

    def sheet(self, root: yaml.Node) -> Sheet:
        head: dict[str, str] = {}
        curation: dict[str, Value] = {}
        nodes: tuple[Entry, ...] = ()
        scenarios: tuple[Entry, ...] = ()
        statements: tuple[Entry, ...] = ()
        none: tuple[Entry, ...] = ()
        leads: dict[str, tuple[str, ...]] = {}
        known = ("source", "asserter", "curation", "nodes", "scenarios", "statements")
        for key, value in self.pairs(root, "the file"):
            if lead := self.lead(key):
                leads[key.value] = lead
            match key.value:
                case "source" | "asserter":
                    text = self.value(value, repr(key.value), many=False)
                    assert isinstance(text, str)
                    head[key.value] = text
                case "curation":
                    curation = self.values(value, "curation", BLOCKS["curation"])
                    self.done(value)
                case "nodes":
                    nodes = tuple(self.named(value, "node"))
                case "scenarios":
                    scenarios = tuple(self.named(value, "scenario"))
                case "statements":
                    statements, none = self.paragraphs(value)
                case other:
                    raise self.wrong(key, f"unknown key {other!r}{did_you_mean(other, known)}")
        if "source" not in head:
            raise ParseError("lacks `source: <slug>`", path=self.path, line=1)
        trail = tuple(t.strip() for t in self.lines[self.seen_to :] if t.strip().startswith("#"))
        return Sheet(
            source=head["source"],
            asserter=head.get("asserter"),
            curation=curation,
            nodes=nodes,
            scenarios=scenarios,
            statements=statements,
            none=none,
            leads=leads,
            trail=trail,
            path=self.path,
        )

    def named(self, node: yaml.Node, kind: str) -> Iterator[Entry]:
        if isinstance(node, yaml.ScalarNode) and not node.value:
            return
        for key, value in self.pairs(node, f"{kind}s"):
            lead = self.lead(key)
            values = self.values(value, f"{kind} {key.value}", BLOCKS[kind])
            self.done(value)
            yield Entry(key.value, values, key.start_mark.line + 1, lead)

    def paragraphs(self, node: yaml.Node) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        statements: list[Entry] = []
        none: list[Entry] = []
        lines: dict[str, int] = {}
        for key, listed in self.pairs(node, "statements"):
            pending = self.lead(key)
            if key.value != "none" and not (key.value[:1] == "p" and key.value[1:].isdecimal()):
                raise self.wrong(key, f"{key.value!r} is no paragraph; write p9, or none")
            if not isinstance(listed, yaml.SequenceNode):
                raise self.wrong(listed, f"{key.value} must be a list, a line a statement")
            for item in listed.value:
                lead = pending + self.lead(item)
                pending = ()
                self.done(item)
                line = item.start_mark.line + 1
                if key.value == "none":
                    values = self.values(item, "a `none` entry", BLOCKS["none"])
                    none.append(Entry(str(values["at"]), values, line, lead))
                    continue
                values = self.values(item, f"a statement of {key.value}", BLOCKS["statement"])
                name = f"{key.value}.{values['id']}"
                if name in lines:
                    raise ProvenanceError(
                        f"{name}: the id stands on line {lines[name]} too; give it another letter",
                        path=self.path,
                        line=line,
                    )
                lines[name] = line
                statements.append(Entry(name, values, line, lead))
        return tuple(statements), tuple(none)


_INDENT: Final = "  "


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Write a sheet in canonical form."""
    path.write_text(sheet_text(sheet), encoding="utf-8", newline="\n")


def sheet_text(sheet: Sheet) -> str:
    """The canonical form of a sheet: keys in the order of `FIELDS`, one entry a line."""
    lines = [*sheet.leads.get("source", ()), f"source: {scalar(sheet.source)}"]
    if sheet.asserter is not None:
        lines += [*sheet.leads.get("asserter", ()), f"asserter: {scalar(sheet.asserter)}"]
    if sheet.curation:
        lines += sheet.leads.get("curation", ())
        lines.append(f"curation: {flow_mapping(sheet.curation, BLOCKS['curation'])}")
    for key, kind, entries in (
        ("nodes", "node", sheet.nodes),
        ("scenarios", "scenario", sheet.scenarios),
    ):
        if entries:
            lines += [*sheet.leads.get(key, ()), f"{key}:"]
        for entry in entries:
            lines += _lead(entry)
            lines.append(
                f"{_INDENT}{scalar(entry.name)}: {flow_mapping(entry.values, BLOCKS[kind])}"
            )
    if sheet.statements or sheet.none:
        lines += [*sheet.leads.get("statements", ()), "statements:"]
    paragraph = None
    for entry in sheet.statements:
        if (before := entry.name.partition(".")[0]) != paragraph:
            paragraph = before
            lines += [*_lead(entry), f"{_INDENT}{paragraph}:"]
        else:
            lines += _lead(entry)
        lines.append(f"{_INDENT}- {flow_mapping(entry.values, BLOCKS['statement'])}")
    for position, entry in enumerate(sheet.none):
        lines += _lead(entry)
        if position == 0:
            lines.append(f"{_INDENT}none:")
        lines.append(f"{_INDENT}- {flow_mapping(entry.values, BLOCKS['none'])}")
    return "\n".join([*lines, *sheet.trail]) + "\n"


def _lead(entry: Entry) -> list[str]:
    return [_INDENT + line if line else line for line in entry.lead]
