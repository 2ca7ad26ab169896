"""RDF documents as quads, whatever their syntax."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from axiskg.errors import DataError, ParseError

__all__ = ["N_TRIPLES", "file_quads", "quads_of", "rdf_format"]

N_TRIPLES = "application/n-triples"


def rdf_format(media_type: str) -> ox.RdfFormat:
    """The syntax of a media type (parameters allowed), or of a file's extension.

    >>> rdf_format("text/turtle; charset=utf-8") == rdf_format(".ttl") == ox.RdfFormat.TURTLE
    True
    """
    if media_type.startswith("."):
        found = ox.RdfFormat.from_extension(media_type[1:])
    else:
        found = ox.RdfFormat.from_media_type(media_type)
    if found is None:
        raise DataError(
            f"{media_type!r} is no RDF syntax known here; use Turtle, TriG, N-Triples, N-Quads,"
            " RDF/XML or JSON-LD"
        )
    return found


def quads_of(
    data: bytes | BinaryIO | Path,
    media_type: str,
    graph: str | None = None,
    *,
    base: str | None = None,
    one_graph: bool = False,
) -> Iterator[ox.Quad]:
    """The quads of a document, blank nodes renamed so that no two documents share one.

    With `graph` all triples go there, relative IRIs are resolved against it, or against `base`
    when given, and a document with named graphs is refused; as it is with `one_graph`, also where
    the graph is the default one. Raises `ParseError` with the line.
    """
    path = data if isinstance(data, Path) else None
    syntax = rdf_format(media_type)
    try:
        for quad in ox.parse(
            None if isinstance(data, Path) else data,
            syntax,
            path=path,
            base_iri=graph if base is None else base,
            without_named_graphs=one_graph or graph is not None,
            rename_blank_nodes=True,
        ):
            if graph is None:
                yield quad
            else:
                yield ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))
    except SyntaxError as error:
        raise ParseError(
            f"not well-formed {syntax.name}: {error.msg}", path=path, line=error.lineno
        ) from None
    except (OSError, ValueError) as error:
        raise ParseError(f"can't be read as {syntax.name}: {error}", path=path) from error


def file_quads(path: Path, graph: str | None = None) -> list[ox.Quad]:
    """The quads of a file, its syntax told by its extension."""
    return list(quads_of(path, path.suffix, graph))
