"""The authoring form: reading, writing, its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from axiskg.authoring import Entry, Sheet, read_sheet, sheet_text, write_sheet
from axiskg.authoring.fields import BLOCKS, Block
from axiskg.authoring.flow import scalar
from axiskg.authoring.schema import schema_text, sheet_schema
from axiskg.errors import DataError, ParseError
from axiskg.settings import resources_dir

VALID = Path(__file__).parent / "valid"
STATEMENTS = resources_dir() / "data" / "statements"

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
slugs = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)


def block_values(block: Block) -> st.SearchStrategy[dict[str, Any]]:
    """Values of any shape that a block's keys take; whether they make sense is the encoder's."""
    required, optional = {}, {}
    for name, spec in block.fields.items():
        value = st.lists(words, min_size=1, max_size=3).map(tuple) if spec.many else words
        (required if spec.required else optional)[name] = value
    return st.fixed_dictionaries(required, optional=optional)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    comments = st.lists(
        st.one_of(st.just(""), st.from_regex(r"# [a-z:{}\[\]\"']{1,8}", fullmatch=True)), max_size=2
    ).map(tuple)

    def named(kind: str) -> tuple[Entry, ...]:
        names = draw(st.lists(slugs, unique=True, max_size=3))
        return tuple(
            Entry(name, draw(block_values(BLOCKS[kind])), lead=draw(comments)) for name in names
        )

    statements = []
    for paragraph in sorted(draw(st.sets(st.integers(1, 99), max_size=3))):
        for letter in draw(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1)):
            values = draw(block_values(BLOCKS["statement"])) | {"id": letter}
            statements.append(Entry(f"p{paragraph}.{letter}", values, lead=draw(comments)))
    none = tuple(
        Entry(v["at"], v, lead=draw(comments))
        for v in draw(st.lists(block_values(BLOCKS["none"]), max_size=2))
    )
    nodes, scenarios = named("node"), named("scenario")
    keys = ["source", "asserter", "curation"]
    keys += [key for key, some in (("nodes", nodes), ("scenarios", scenarios)) if some]
    keys += ["statements"] if statements or none else []
    return Sheet(
        source=draw(slugs),
        asserter=draw(slugs),
        curation=draw(block_values(BLOCKS["curation"])),
        nodes=nodes,
        scenarios=scenarios,
        statements=tuple(statements),
        none=none,
        leads={k: lead for k in keys if (lead := draw(comments))},
        trail=tuple(line for line in draw(comments) if line),
    )


@settings(max_examples=60, deadline=None)
@given(sheets())
def test_what_was_written_is_read_and_written_alike(sheet: Sheet) -> None:
    text = sheet_text(sheet)
    read = read_sheet(Path("some.yaml"), text)
    assert read == sheet
    assert sheet_text(read) == text


@settings(max_examples=60, deadline=None)
@given(words)
def test_scalars_are_strings_to_every_yaml_loader(word: str) -> None:
    assert yaml.safe_load(scalar(word)) == word
    assert yaml.load(scalar(word), Loader=yaml.BaseLoader) == word
    assert "\n" not in scalar(word)


@pytest.mark.parametrize(
    "word", ["no", "Yes", "1:30", "2031-05", "null", "~", "", "a: b", "- a", "é"]
)
def test_words_that_yaml_would_read_otherwise_are_quoted(word: str) -> None:
    assert scalar(word).startswith('"')
    assert yaml.safe_load(scalar(word)) == word


def test_a_canonical_file_changes_no_byte() -> None:
    path = VALID / "every-field.yaml"
    assert sheet_text(read_sheet(path)) == path.read_text(encoding="utf-8")


def test_the_committed_sheets_are_canonical() -> None:
    for path in sorted(STATEMENTS.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert sheet_text(read_sheet(path)) == text, f"run `axiskg encode --tidy {path.stem}`"


def test_long_names_and_block_style_are_read(tmp_path: Path) -> None:
    sheet = read_sheet(VALID / "long-names.yaml")
    (statement,) = sheet.statements
    assert statement.values["mod"] == "Perception"
    assert statement.values["held"] == ("norvia",)
    write_sheet(sheet, tmp_path / "short.yaml")
    assert read_sheet(tmp_path / "short.yaml") == sheet


def test_lines_count_from_one() -> None:
    sheet = read_sheet(VALID / "every-field.yaml")
    lines = (VALID / "every-field.yaml").read_text(encoding="utf-8").split("\n")
    for entry in sheet.statements:
        assert f"id: {entry.name.partition('.')[2]}," in lines[entry.line - 1]


@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    with pytest.raises(ParseError, match="the file is empty"):
        read_sheet(Path("some.yaml"), text)


def test_a_missing_file_and_one_in_another_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="can't be read"):
        read_sheet(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("source: café".encode("latin-1"))
    with pytest.raises(ParseError, match="not UTF-8"):
        read_sheet(tmp_path / "latin.yaml")


def test_the_committed_schema_is_that_of_the_code() -> None:
    path = STATEMENTS / "schema.json"
    assert path.read_text(encoding="utf-8") == schema_text(), (
        "run `axiskg encode --schema > data/statements/schema.json`"
    )
    assert json.loads(schema_text()) == sheet_schema()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(sheet_schema())


@pytest.mark.parametrize(
    "path", [*VALID.glob("*.yaml"), *STATEMENTS.glob("*.yaml")], ids=lambda p: p.stem
)
def test_valid_sheets_conform_to_the_schema(path: Path) -> None:
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    jsonschema.Draft202012Validator(sheet_schema()).validate(loaded)


@pytest.mark.parametrize(
    "rule",
    ["key-is-known", "value-is-known", "value-is-not-empty", "paraphrase-is-there"],
)
def test_the_schema_sees_what_an_editor_can_see(rule: str) -> None:
    path = VALID.parent / "invalid" / f"{rule}.yaml"
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(sheet_schema()).validate(loaded)


def test_every_key_is_described() -> None:
    assert all(spec.meaning for block in BLOCKS.values() for spec in block.fields.values())
