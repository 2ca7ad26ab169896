"""docs/authoring.md names every key, value, standing and option that there is."""

from __future__ import annotations

import re

import pytest

from axiskg.authoring.fields import BLOCKS
from axiskg.settings import resources_dir

PAGE = (resources_dir() / "docs" / "authoring.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("kind", sorted(BLOCKS))
def test_every_key_has_its_row(kind: str) -> None:
    named = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
    for key, spec in BLOCKS[kind].fields.items():
        assert key in named, f"{key} of {kind}"
        assert set(spec.long) <= named, f"{spec.long} of {kind}"
        assert set(spec.choices) <= named, f"{spec.choices} of {kind}"


def test_rows_name_no_key_that_is_gone() -> None:
    known = {name for block in BLOCKS.values() for name in block.names}
    section = PAGE[PAGE.index("### Nodes") : PAGE.index("## Content")]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    keys = {key for row in rows for key in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert keys <= known


def test_every_standing_has_its_row() -> None:
    standings = [row.split("`")[1] for row in ROWS if row.split("`")[1][0].isupper()]
    assert {
        *("Hypothetical", "Attributed", "Open", "Denied", "Hedged"),
        *("Foreseen", "Judged", "Implied", "Accepted"),
    } <= set(standings)
