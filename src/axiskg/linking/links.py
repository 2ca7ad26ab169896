"""The links graph: curated links and names as RDF.

    ent:china skos:exactMatch wd:Q148 ; schema:sameAs wd:Q148 ;
              skos:altLabel "the PRC"@en ; skos:hiddenLabel "Beijing"@en ;
              skosxl:hiddenLabel <name/china/beijing-metonym> .

A metonym is a hidden label (good for finding, never for showing), and its SKOS-XL label says by
`dcterms:type` that it is one, by `dcterms:subject` what a text must be about for the name to mean
the entity, and by `rdfs:seeAlso` the government that it stands for. Borrowed terms mean what they
mean in SKOS, SKOS-XL, Dublin Core and SSSOM.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from axiskg.linking.names import CONTEXTS, NAME_TYPES, Name, read_names
from axiskg.linking.sssom import NO_TERM, Link, read_links, write_links
from axiskg.namespaces import ENT, LINKS_GRAPH, PREFIXES, ROOT
from axiskg.settings import Settings

__all__ = [
    "LINK",
    "NAME",
    "entity_labels",
    "link_quads",
    "links_path",
    "names_path",
    "sync_links",
]

LINK: Final = ROOT + "link/"
NAME: Final = ROOT + "name/"
NAME_TYPE: Final = ROOT + "name-type/"
NAME_CONTEXT: Final = ROOT + "name-context/"
_SSSOM: Final = "https://w3id.org/sssom/"
_SEMAPV: Final = "https://w3id.org/semapv/vocab/"
_GRAPH: Final = NamedNode(LINKS_GRAPH)
_HIDDEN: Final = frozenset({"metonym", "combining", "adjective", "demonym"})
_DEFINITIONS: Final = {
    "short": "a name in everyday use",
    "official": "the name that the thing gives itself in law or treaty",
    "alias": "another name for the same thing",
    "acronym": "initials or a code for a name",
    "demonym": "what the people of a place are called",
    "adjective": "the adjective made from a name",
    "combining": "the form of a name at the head of a compound",
    "metonym": "the name of a seat or building, used for those who govern from it",
    "former": "a name no longer in use",
}


def _iri(prefix: str, local: str) -> NamedNode:
    return NamedNode(PREFIXES[prefix] + local)


def links_path(settings: Settings) -> Path:
    """The SSSOM file."""
    return settings.data_dir / "links" / "wikidata.sssom.tsv"


def names_path(settings: Settings) -> Path:
    """The table of names."""
    return settings.data_dir / "names" / "names.tsv"


def link_quads(settings: Settings) -> Iterator[Quad]:
    """The quads of the links graph, from the files of links and names; a home may lack either.

    Raises `ParseError` when one of them is wrong.
    """
    if links_path(settings).is_file():
        for link in read_links(links_path(settings)):
            yield from _of_link(link)
    if names_path(settings).is_file():
        yield from _vocabulary()
        for name in read_names(names_path(settings)):
            yield from _of_name(name)


def entity_labels(settings: Settings) -> dict[str, str]:
    """The entities that the encoded sources speak of, slug to label."""
    labels: dict[str, str] = {}
    label = _iri("rdfs", "label")
    for path in sorted((settings.data_dir / "triples").glob("*.trig")):
        for quad in parse(path=path, format=RdfFormat.TRIG):
            for term in (quad.subject, quad.object):
                if isinstance(term, NamedNode) and term.value.startswith(ENT):
                    labels.setdefault(term.value.removeprefix(ENT), "")
            if quad.predicate == label and isinstance(quad.subject, NamedNode):
                slug = quad.subject.value.removeprefix(ENT)
                if slug in labels and isinstance(quad.object, Literal):
                    labels[slug] = quad.object.value
    return labels


def sync_links(
    settings: Settings, labels: Mapping[str, str], *, author: str, date: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give each entity of `labels` (slug to label) a row, and drop rows of others; what changed.

    A new row says that nobody has looked for an item yet: linking is left to a person. The file is
    written only when something changes.
    """
    path = links_path(settings)
    rows = list(read_links(path))
    known = {row.slug for row in rows}
    added = tuple(sorted(set(labels) - known))
    dropped = tuple(sorted(known - set(labels)))
    kept = [row for row in rows if row.slug in labels]
    for slug in added:
        kept.append(
            Link(
                subject_id=f"ent:{slug}",
                subject_label=labels[slug],
                predicate_id="skos:exactMatch",
                predicate_modifier="",
                object_id=NO_TERM,
                object_label="",
                mapping_justification="semapv:ManualMappingCuration",
                confidence="0.1",
                author_label=author,
                mapping_date=date,
                comment="Not yet looked for in any source.",
                other="",
            )
        )
    if added or dropped:
        write_links(kept, path)
    return added, dropped


def _of_link(link: Link) -> Iterator[Quad]:
    """The mapping property itself, and the row that says who held so, why and how surely."""
    entity = NamedNode(link.entity)
    prefix, _, local = link.predicate_id.partition(":")
    predicate = _iri(prefix, local)
    target = _iri("wd", link.qid) if link.qid else NamedNode(_SSSOM + "NoTermFound")
    if link.positive:
        yield Quad(entity, predicate, target, _GRAPH)
    if link.identical:
        yield Quad(entity, _iri("schema", "sameAs"), target, _GRAPH)
    if link.qid:
        yield Quad(target, _iri("rdfs", "label"), Literal(link.object_label, language="en"), _GRAPH)
    row = NamedNode(f"{LINK}{link.slug}/{link.qid or 'none'}")
    yield Quad(row, _iri("rdf", "type"), NamedNode(_SSSOM + "Mapping"), _GRAPH)
    _, _, how = link.mapping_justification.partition(":")
    date = Literal(link.mapping_date, datatype=_iri("xsd", "date"))
    confidence = Literal(link.confidence, datatype=_iri("xsd", "decimal"))
    slots: list[tuple[str, NamedNode | Literal]] = [
        ("subject_id", entity),
        ("predicate_id", predicate),
        ("object_id", target),
        ("mapping_justification", NamedNode(_SEMAPV + how)),
        ("confidence", confidence),
        ("author_label", Literal(link.author_label)),
        ("mapping_date", date),
        ("comment", Literal(link.comment, language="en")),
        ("other", Literal(link.other, language="en")),
    ]
    if link.predicate_modifier:
        slots.append(("predicate_modifier", Literal(link.predicate_modifier)))
    for slot, value in slots:
        yield Quad(row, NamedNode(_SSSOM + slot), value, _GRAPH)


def _of_name(name: Name) -> Iterator[Quad]:
    """The label as SKOS, and as SKOS-XL with type and context."""
    entity = NamedNode(ENT + name.entity)
    hidden = name.type in _HIDDEN or bool(name.context)
    kind = "hiddenLabel" if hidden else "altLabel"
    text = Literal(name.name, language=name.language)
    local = quote(name.name.casefold().replace(" ", "-"))
    label = NamedNode(f"{NAME}{name.entity}/{local}-{name.type}")
    yield Quad(entity, _iri("skos", kind), text, _GRAPH)
    yield Quad(entity, _iri("skosxl", kind), label, _GRAPH)
    yield Quad(label, _iri("rdf", "type"), _iri("skosxl", "Label"), _GRAPH)
    yield Quad(label, _iri("skosxl", "literalForm"), text, _GRAPH)
    yield Quad(label, _iri("dcterms", "type"), NamedNode(NAME_TYPE + name.type), _GRAPH)
    if name.context:
        context = NamedNode(NAME_CONTEXT + name.context)
        yield Quad(label, _iri("dcterms", "subject"), context, _GRAPH)
    if name.stands_for:
        yield Quad(label, _iri("rdfs", "seeAlso"), _iri("wd", name.stands_for), _GRAPH)
    if name.note:
        yield Quad(label, _iri("skos", "note"), Literal(name.note, language="en"), _GRAPH)


def _vocabulary() -> Iterator[Quad]:
    """The concepts for types and contexts of names."""
    contexts = {name: f"talk of what a {name} is or does" for name in CONTEXTS}
    for root, title, members in (
        (NAME_TYPE, "name types", {name: _DEFINITIONS[name] for name in NAME_TYPES}),
        (NAME_CONTEXT, "contexts of names", contexts),
    ):
        scheme = NamedNode(root.rstrip("/"))
        yield Quad(scheme, _iri("rdf", "type"), _iri("skos", "ConceptScheme"), _GRAPH)
        yield Quad(scheme, _iri("rdfs", "label"), Literal(title, language="en"), _GRAPH)
        for member, definition in members.items():
            concept = NamedNode(root + member)
            english = Literal(definition, language="en")
            yield Quad(concept, _iri("rdf", "type"), _iri("skos", "Concept"), _GRAPH)
            yield Quad(concept, _iri("skos", "inScheme"), scheme, _GRAPH)
            yield Quad(concept, _iri("skos", "prefLabel"), Literal(member, language="en"), _GRAPH)
            yield Quad(concept, _iri("skos", "definition"), english, _GRAPH)
