"""The few pieces of HTML that the server writes itself: no script, one style sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from axiskg.namespaces import ROOT, curie

__all__ = ["CSS", "link", "page", "table", "term"]

CSS = """
:root { color-scheme: light dark; --line: #8885; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --accent: #8cc4ff; } }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; }
a { color: var(--accent); }
a:focus-visible, button:focus-visible, textarea:focus-visible, select:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
textarea { width: 100%; min-height: 12rem; font: 0.95rem/1.4 ui-monospace, monospace; }
button, select, textarea { font-size: 1rem; padding: 0.4rem 0.6rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; } th, td { border-bottom: 1px solid var(--line);
  padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; vertical-align: top; }
code, pre { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; border: 1px solid var(--line); padding: 0.75rem; }
.note { border-left: 4px solid var(--accent); padding-left: 0.75rem; }
"""


def page(title: str, body: str, *, description: str = "") -> str:
    """A whole page; `body` is HTML, the rest is text."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        f'<meta name="description" content="{escape(description or title)}">'
        '<link rel="stylesheet" href="/style.css"></head><body>'
        '<header><nav aria-label="Site"><a href="/">AxisKG</a> · <a href="/docs">API</a> ·'
        ' <a href="/docs/endpoint">Endpoint</a> · <a href="/ontology">Ontology</a></nav></header>'
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def link(iri: str) -> str:
    """An IRI as a link, ours to the page on this server."""
    if iri.startswith(ROOT):
        href = "/" + iri.removeprefix(ROOT)
    elif iri.startswith(("http://", "https://")):
        href = iri
    else:
        return escape(iri)
    return f'<a href="{escape(href, quote=True)}">{escape(curie(iri))}</a>'


def term(binding: dict[str, str] | None) -> str:
    """A term of SPARQL's JSON results as HTML."""
    if binding is None:
        return ""
    if binding["type"] == "uri":
        return link(binding["value"])
    return escape(str(binding["value"]))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str) -> str:
    """A table; the cells are HTML already."""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
