"""People's judgements on links: kept, and respected by every later run."""

from __future__ import annotations

import csv
import datetime
import os
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

from axiskg.errors import LinkingError, ParseError
from axiskg.linking import keys
from axiskg.linking.kinds import item_number

__all__ = ["VERDICTS", "Judgement", "Judgements", "add_judgement", "read_judgements"]

VERDICTS: Final = ("positive", "negative", "unsure")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody held of a name and an item: the same, not the same, or can't say."""

    name: str
    qid: str
    verdict: str
    by: str
    at: str


_COLUMNS: Final = tuple(field.name for field in fields(Judgement))


@dataclass(frozen=True, slots=True)
class Judgements:
    """The last verdict on each name and item."""

    verdicts: dict[tuple[str, str], str]

    def of(self, name: str) -> dict[str, str]:
        """Verdict by QID for a name, whatever its case and accents."""
        key = keys.key(name)
        return {qid: verdict for (known, qid), verdict in self.verdicts.items() if known == key}


def read_judgements(path: Path) -> Judgements:
    """The judgements of a file; none where there is no file. Raises `ParseError` with the line."""
    if not path.is_file():
        return Judgements({})
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ParseError(f"the judgements can't be read ({error})", path=path) from error
    rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(next(rows, ())) != _COLUMNS:
        raise ParseError(f"the columns must be {' '.join(_COLUMNS)}", path=path, line=1)
    verdicts: dict[tuple[str, str], str] = {}
    for line, cells in enumerate(rows, 2):
        if len(cells) != len(_COLUMNS) or cells[2] not in VERDICTS:
            message = f"{len(_COLUMNS)} cells, the third one of {', '.join(VERDICTS)}"
            raise ParseError(message, path=path, line=line)
        verdicts[keys.key(cells[0]), cells[1]] = cells[2]
    return Judgements(verdicts)


def add_judgement(path: Path, name: str, qid: str, verdict: str, by: str) -> Judgement:
    """Append a judgement to the file and return it.

    Raises `LinkingError` when it is ill-formed or can't be written.
    """
    if verdict not in VERDICTS:
        wanted = f"write an item and one of {', '.join(VERDICTS)}, like Q148:negative"
        raise LinkingError(f"no verdict {verdict!r}; {wanted}")
    if item_number(qid) is None:
        raise LinkingError(f"{qid!r} is no Wikidata item; write it like Q148")
    if not name.strip():
        raise LinkingError("a judgement needs a name")
    if any(sign in text for text in (name, by) for sign in "\t\r\n"):
        raise LinkingError("a judgement's name and author hold no tabs or line breaks")
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    judgement = Judgement(name, qid, verdict, by, at)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as out:
            if out.tell() == 0:
                out.write("\t".join(_COLUMNS) + "\n")
            out.write("\t".join(astuple(judgement)) + "\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise LinkingError(f"{path}: the judgement can't be kept ({error.strerror})") from error
    return judgement
