"""Proposals for Wikidata, as files that a person looks through before anything is sent."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Sequence

from axiskg.linking.curated import Curated
from axiskg.linking.diff import Difference
from axiskg.linking.reconciliation.wikidata_service import property_labels

__all__ = ["openrefine_tsv", "quickstatements", "unlinked_tsv"]

PROPOSAL_COLUMNS = (
    "entity", "label", "qid", "property", "property_label", "value", "value_label", "value_qid",
    "outcome", "statement", "paragraph", "reviewed",
)  # fmt: skip
UNLINKED_COLUMNS = ("entity", "label", "reason", "qid", "reviewed")


def _proposals(lines: Iterable[Difference]) -> list[Difference]:
    """What only the graph says, and says in a statement of a source."""
    return [
        line
        for line in lines
        if line.outcome == "only here" and any(held.statement for held in line.here)
    ]


def quickstatements(lines: Iterable[Difference], base: Curated, retrieved: datetime.date) -> str:
    """Proposals as QuickStatements, version 1: tab-separated, a reference each, a comment each.

    The reference is the address of our statement (S854) and the day of retrieval (S813).
    """
    rows: list[str] = []
    for line in _proposals(lines):
        held = next(one for one in line.here if one.statement)
        comment = f"{_label(base, line.subject)} - {_label(base, line.object)}".replace("*/", "")
        rows.append(
            "\t".join(
                (
                    line.subject_qid,
                    line.property,
                    line.object_qid,
                    "S854",
                    f'"{held.statement}"',
                    "S813",
                    f"+{retrieved.isoformat()}T00:00:00Z/11",
                    f"/* {comment} */",
                )
            )
        )
    return "".join(f"{row}\n" for row in rows)


def openrefine_tsv(lines: Iterable[Difference], base: Curated) -> str:
    """All of a comparison as a table for OpenRefine; the column `reviewed` is for the person."""
    rows = []
    for line in lines:
        held = next((one for one in line.here if one.statement), None)
        rows.append(
            (
                line.subject,
                _label(base, line.subject),
                line.subject_qid,
                line.property,
                property_labels().get(line.property, line.property),
                line.object,
                _label(base, line.object),
                line.object_qid,
                line.outcome,
                held.statement if held else "",
                str(held.paragraph or "") if held else "",
                "",
            )
        )
    return _tsv(PROPOSAL_COLUMNS, rows)


def unlinked_tsv(base: Curated) -> str:
    """The entities without an item, with the reason: a column to reconcile in OpenRefine."""
    rows = [
        (slug, links[0].subject_label, links[0].comment, "", "")
        for slug, links in sorted(base.links.items())
        if not any(link.positive for link in links)
    ]
    return _tsv(UNLINKED_COLUMNS, rows)


def _label(base: Curated, slug: str) -> str:
    rows = base.links.get(slug)
    return rows[0].subject_label if rows else slug


def _tsv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
