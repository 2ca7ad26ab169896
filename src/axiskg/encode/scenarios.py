"""Scenarios, passages without assertion, and the activity that encoded them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from axiskg.authoring.anchors import parse_place
from axiskg.authoring.say import literal_of
from axiskg.authoring.sheet import Entry
from axiskg.encode.field_rules import Role
from axiskg.encode.ledger import Ledger
from axiskg.errors import DataError, ProvenanceError, did_you_mean
from axiskg.namespaces import AXIS, ENT, PREFIXES, PROVENANCE_GRAPH, SCN

__all__ = ["Curation", "scenario_quads", "silence_quads"]

_GRAPH: Final = NamedNode(PROVENANCE_GRAPH)
_RDF_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_LABEL: Final = NamedNode(PREFIXES["rdfs"] + "label")
_PROV: Final = PREFIXES["prov"]
_ROLES: Final = {
    "if": "antecedent",
    "not": "assumesNot",
    "then": "consequent",
    "even-if": "regardlessOf",
}


class Curation:
    """Who encoded a sheet, when, and the `prov:Activity` of doing so."""

    def __init__(self, ledger: Ledger):
        curation = ledger.sheet.curation
        if not curation:
            raise ProvenanceError(
                'lacks its curation; write `curation: {by: WHO, at: "2026-01-31T00:00:00Z"}`',
                path=ledger.path,
            )
        try:
            self.at = literal_of(str(curation["at"]), "dateTime")
        except DataError as error:
            raise ProvenanceError(f"curation: {error}", path=ledger.path) from error
        if self.at.value[-1] != "Z" and self.at.value[-6:-5] not in {"+", "-"}:
            message = f"curation: {self.at.value!r} has no time zone; end it with Z"
            raise ProvenanceError(message, path=ledger.path)
        self.source = ledger.source
        self.curator = ENT + str(curation["by"])
        self.activity = f"{ledger.source.iri}/encoding"

    def quads(self) -> Iterator[Quad]:
        """The activity and its agent, in the provenance graph."""
        activity, curator = NamedNode(self.activity), NamedNode(self.curator)
        label = Literal(f"Encoding of {self.source.slug}", language="en")
        for predicate, value in (
            (_RDF_TYPE, NamedNode(AXIS + "Encoding")),
            (_RDF_TYPE, NamedNode(_PROV + "Activity")),
            (_LABEL, label),
            (NamedNode(_PROV + "used"), NamedNode(self.source.iri)),
            (NamedNode(_PROV + "wasAssociatedWith"), curator),
            (NamedNode(_PROV + "endedAtTime"), self.at),
        ):
            yield Quad(activity, predicate, value, _GRAPH)
        yield Quad(curator, _RDF_TYPE, NamedNode(_PROV + "Agent"), _GRAPH)


def scenario_quads(ledger: Ledger) -> tuple[list[Quad], dict[str, list[Role]]]:
    """The quads of `scenarios:`, and the roles of each statement that has some."""
    quads: list[Quad] = []
    roles: dict[str, list[Role]] = {}
    for entry in ledger.sheet.scenarios:
        node = NamedNode(SCN + entry.name)
        try:
            ledger.check_values(entry, "scenario")
            members = list(_members(entry, ledger))
        except DataError as error:
            ledger.fault(entry, error)
            continue
        for key, name in members:
            statement = NamedNode(ledger.statement_iri(name))
            quads.append(Quad(node, NamedNode(AXIS + _ROLES[key]), statement, _GRAPH))
            roles.setdefault(name, []).append(Role(key, node.value))
        label = entry.text("label") or entry.name.replace("-", " ")
        quads.append(Quad(node, _RDF_TYPE, NamedNode(AXIS + "Scenario"), _GRAPH))
        quads.append(Quad(node, _LABEL, Literal(label, language="en"), _GRAPH))
        for key, iri in (("follows", AXIS + "follows"), ("broader", PREFIXES["skos"] + "broader")):
            quads += [
                Quad(node, NamedNode(iri), NamedNode(SCN + other), _GRAPH)
                for other in entry.texts(key)
            ]
        if note := entry.text("note"):
            quads.append(Quad(node, NamedNode(AXIS + "note"), Literal(note, language="en"), _GRAPH))
    return quads, roles


def _members(entry: Entry, ledger: Ledger) -> Iterator[tuple[str, str]]:
    if not entry.texts("then"):
        raise DataError("the scenario has no consequent; list its statements under then:")
    if not entry.texts("if") and not entry.texts("not"):
        raise DataError("the scenario has no antecedent; list its statements under if: or not:")
    for key in ("follows", "broader"):
        for other in entry.texts(key):
            if other not in ledger.scenarios or other == entry.name:
                hint = did_you_mean(other, list(ledger.scenarios))
                raise DataError(f"{key}: there is no other scenario {other!r}{hint}")
    for key in _ROLES:
        for name in entry.texts(key):
            ledger.require_statement(name)
            yield key, name


def silence_quads(ledger: Ledger) -> list[Quad]:
    """The quads of `none:`: the paragraphs and sentences without assertion, and why."""
    encoded = {name.partition(".")[0] for name in ledger.statements}
    for name, statement in ledger.statements.items():
        if place := parse_place(str(statement.text("at"))):
            encoded.add(f"{name.partition('.')[0]}.{place.sentence}")
    quads = []
    for entry in ledger.sheet.none:
        try:
            _check_silence(entry, ledger, encoded)
        except DataError as error:
            ledger.fault(entry, error)
            continue
        node = NamedNode(f"{ledger.source.iri}/{entry.name}")
        why = Literal(str(entry.text("why")), language="en")
        quads.append(Quad(node, _RDF_TYPE, NamedNode(AXIS + "SilentPassage"), _GRAPH))
        quads.append(Quad(node, NamedNode(AXIS + "why"), why, _GRAPH))
    return quads


def _check_silence(entry: Entry, ledger: Ledger, encoded: set[str]) -> None:
    ledger.check_values(entry, "none")
    paragraph, _, sentence = entry.name[1:].partition(".")
    passage = ledger.source.passage(int(paragraph))
    if passage is None or (sentence and passage.sentence(int(sentence)) is None):
        raise DataError("there is no such place in the source")
    if passage.excluded is not None:
        raise DataError("the source's record excludes it already; strike it")
    if entry.name in encoded:
        raise DataError("it has statements; strike the one or the others")
