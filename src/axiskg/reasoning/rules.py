"""Rule files: a `#+` YAML header and one SPARQL CONSTRUCT."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from axiskg.errors import ParseError, RuleError

__all__ = ["RuleFile", "line_of", "read_rule", "read_rules"]

_KEYS: Final = {"label", "description", "category", "confidence", "tags"}
_HEADER_CURE: Final = "write `key: value` lines after `#+`"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One rule as it stands in its file; `text` is the whole file, a valid SPARQL query."""

    name: str
    label: str
    description: str
    category: str
    confidence: float
    path: Path
    text: str

    @property
    def sha256(self) -> str:
        """The hash of the text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_rules(folder: Path) -> tuple[RuleFile, ...]:
    """The rules of all `*.rq` files of a folder, by name; raises `RuleError`, `ParseError`."""
    if not folder.is_dir():
        raise ParseError(f"there is no folder of rules {folder}", path=folder)
    return tuple(read_rule(path) for path in sorted(folder.glob("*.rq")))


def read_rule(path: Path) -> RuleFile:
    """The rule of one file; raises `RuleError` when its header is missing or wrong."""
    text = path.read_text(encoding="utf-8")
    return parse_rule(text, path)


def parse_rule(text: str, path: Path) -> RuleFile:
    """The rule of a text that came from `path`."""
    lines = text.splitlines()
    header = "\n".join(line[2:].removeprefix(" ") for line in lines if line.startswith("#+"))
    if not header.strip():
        raise RuleError(
            "the rule has no header",
            "a rule begins with `#+ label: …`, `#+ description: …`, `#+ category: …`",
            path=path,
            line=1,
        )
    try:
        fields = yaml.safe_load(header)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else _header_line(lines, mark.line)
        what = getattr(error, "problem", None) or str(error).split("\n")[0]
        raise RuleError(
            f"the #+ header is not YAML: {what}", _HEADER_CURE, path=path, line=line
        ) from error
    if not isinstance(fields, dict):
        raise RuleError("the #+ header says nothing", _HEADER_CURE, path=path, line=1)
    if unknown := set(fields) - _KEYS:
        name = sorted(map(str, unknown))[0]
        raise RuleError(
            f"unknown header key {name!r}",
            f"known are {', '.join(sorted(_KEYS))}",
            path=path,
            line=line_of(lines, rf"^#\+\s*{re.escape(name)}"),
        )
    for key in ("label", "description", "category"):
        if not isinstance(fields.get(key), str) or not fields[key].strip():
            raise RuleError(
                f"the header lacks `{key}`", f"add a line `#+ {key}: …`", path=path, line=1
            )
    return RuleFile(
        name=path.stem,
        label=fields["label"].strip(),
        description=" ".join(fields["description"].split()),
        category=fields["category"].strip(),
        confidence=_confidence(fields.get("confidence"), path, lines),
        path=path,
        text=text,
    )


def _confidence(value: Any, path: Path, lines: Sequence[str]) -> float:
    """A number up to 1 weakens the conclusion; `min`, or nothing, leaves it to the premises."""
    if value is None or value == "min":
        return 1.0
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        return float(value)
    raise RuleError(
        f"the confidence is {value!r}",
        "confidence is `min` or a number above 0 and at most 1",
        path=path,
        line=line_of(lines, r"^#\+\s*confidence"),
    )


def _header_line(lines: Sequence[str], index: int) -> int:
    numbers = [number for number, line in enumerate(lines, 1) if line.startswith("#+")]
    return numbers[min(index, len(numbers) - 1)]


def line_of(lines: Sequence[str], pattern: str, *, code: bool = False) -> int | None:
    """The number of the first line that matches; with `code`, comments are left out."""
    wanted = re.compile(pattern, re.IGNORECASE)
    for number, line in enumerate(lines, 1):
        if code and line.lstrip().startswith("#"):
            continue
        if wanted.search(line):
            return number
    return None
