"""Templates filled: links, names, and what each standing means."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from axiskg.namespaces import AXIS, ENT, ROOT, curie, expand
from axiskg.reasoning.values import short, spoken

__all__ = ["CSS", "STANDING_WORDS", "href", "render"]

_TEMPLATES: Final = Path(__file__).parent / "templates"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

_VALUE: Final = re.compile(r"true|false|[-+]?\d[\d.]*|.*\s.*", re.DOTALL)
"""Texts of literals, which short forms don't tell from slugs."""

STANDING_WORDS: Final = {
    "Accepted": "put forward as plain fact by the source",
    "Implied": "implied, not said outright",
    "Judged": "a judgement of the author",
    "Foreseen": "expected by the source, not there yet",
    "Hedged": "put forward as likely, unlikely or merely possible",
    "Denied": "the source says that it is not so",
    "Open": "left open by the source",
    "Attributed": "the claim or view of somebody whom the source reports",
    "Hypothetical": "part of a supposition; nobody says that it is so",
}
"""What a statement counts for, in words for readers."""


def href(name: str) -> str:
    """Where a term leads: for an IRI, CURIE or slug of ours the page here; "" for what has none.

    >>> href("china"), href("fullyBacks"), href("https://w3id.org/axiskg/statement/x/p1.a")
    ('/entity/china', '/ontology#fullyBacks', '/statement/x/p1.a')
    >>> href("urn:x"), href("true"), href("2,300 sea miles")
    ('', '', '')
    """
    if _VALUE.fullmatch(name):
        return ""
    iri = _iri(name)
    if iri.startswith(AXIS):
        return "/ontology#" + quote(iri.removeprefix(AXIS))
    if iri.startswith(ROOT):
        return "/" + quote(iri.removeprefix(ROOT))
    return iri if iri.startswith(("http://", "https://")) else ""


def _iri(name: str) -> str:
    if ":" not in name:
        is_term = name[:1].isupper() or any(letter.isupper() for letter in name)
        return (AXIS if is_term and "-" not in name else ENT) + name
    return name if "://" in name or name.startswith("urn:") else _expanded(name)


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return expand(name) if prefix.isalnum() and local else name


def _words(name: str) -> str:
    return spoken(short(_iri(name)))


def _statement_number(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "href": href,
        "words": _words,
        "curie": curie,
        "number": _statement_number,
        "query": lambda text: quote(str(text), safe=""),
    }
    made.globals["STANDING_WORDS"] = STANDING_WORDS
    return made


def render(
    template: str,
    *,
    label: Callable[[str], str] | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """The page of a template; `label` gives the label of an entity's IRI, and the slug if None."""

    def named(name: str) -> str:
        if _VALUE.fullmatch(name):
            return name
        iri = _iri(name)
        found = label(iri) if label and iri.startswith(ENT) else ""
        return found or _words(name)

    text = _environment().get_template(template).render(**values, named=named)
    return HTMLResponse(text, status_code=status, headers={**_HEADERS, **(headers or {})})


CSS: Final = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
