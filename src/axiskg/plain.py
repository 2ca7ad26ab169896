"""The plain view: what the accepted statements say, in the default graph, ready for simple queries.

Also the standing of each statement, which decides what is accepted. Both are computed by one
SPARQL update, so that they change together, on any engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pyoxigraph import NamedNode

from axiskg.namespaces import (
    ENTITIES_GRAPH,
    INFERRED_GRAPH,
    LINKS_GRAPH,
    ONTOLOGY_GRAPH,
    PROVENANCE_GRAPH,
    prologue,
)
from axiskg.store.protocol import Solutions, Store
from axiskg.store.sources import clear

__all__ = [
    "FIXED_PROPERTIES",
    "LABELS",
    "LINKS",
    "changed_standings",
    "refresh_plain_view",
]

FIXED_PROPERTIES: Final = (
    "axis:backs axis:fullyBacks axis:tacitlyBacks axis:declinesToCondemn axis:memberOf"
    " axis:foundedBy axis:invitedToJoin axis:appliedToJoin axis:partnerOf axis:perceivesThreatFrom"
    " axis:hasGrievance axis:sanctioned axis:armed axis:suppliesArmsTo axis:plansAllianceWith"
    " axis:allianceWith axis:mutuallyBacks axis:sharesInstitutionWith axis:sharesThreatWith"
    " axis:sharesGrievanceWith axis:sharesAdversaryWith axis:indirectlyAlignedWith"
)
"""The properties whose symmetric halves and copies from sub-properties the plain view holds."""

LABELS: Final = "rdfs:label skos:prefLabel skos:altLabel skosxl:prefLabel skosxl:altLabel"
LINKS: Final = (
    "skos:exactMatch skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch"
    " owl:sameAs schema:sameAs rdfs:seeAlso"
)

_DECIDED: Final = f"""
  GRAPH <{PROVENANCE_GRAPH}> {{
    ?st a axis:Statement ; axis:source ?source ; axis:modality ?modality ;
      axis:likelihood ?likelihood ; axis:polarity ?polarity ; axis:expression ?expression .
    OPTIONAL {{ SELECT DISTINCT ?st (true AS ?supposed) WHERE {{
      {{ ?st axis:condition ?any }}
      UNION {{ ?any axis:antecedent|axis:assumesNot|axis:regardlessOf ?st }} }} }}
    OPTIONAL {{ SELECT DISTINCT ?st (true AS ?foreign) WHERE {{
      ?st axis:source ?itsSource ; axis:assertedBy ?asserter
      FILTER NOT EXISTS {{ ?itsSource dcterms:creator ?asserter }} }} }}
    OPTIONAL {{ SELECT DISTINCT ?st (true AS ?signed) WHERE {{
      ?st axis:source ?itsSource ; axis:assertedBy/^dcterms:creator ?itsSource }} }}
  }}
  BIND(
    IF(?modality = axis:Hypothesis || BOUND(?supposed), axis:Hypothetical,
    IF(?modality IN (axis:Claim, axis:Perception) || BOUND(?foreign) || !BOUND(?signed),
      axis:Attributed,
    IF(?likelihood = axis:Undetermined, axis:Open,
    IF(?polarity = axis:Negated, axis:Denied,
    IF(?likelihood != axis:Certain, axis:Hedged,
    IF(?modality = axis:Prediction, axis:Foreseen,
    IF(?modality = axis:Assessment, axis:Judged,
    IF(?expression = axis:Implied, axis:Implied,
    IF(?modality = axis:Fact && ?polarity = axis:Affirmed
      && ?expression IN (axis:Explicit, axis:Presupposed), axis:Accepted, axis:Open)))))))))
    AS ?standing)"""
"""Each statement that has the fields which decide, with its standing."""

_STANDING: Final = f"""
DELETE {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:standing ?old }} }}
WHERE {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:standing ?old }} }} ;

INSERT {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:standing ?standing }} }}
WHERE {{{_DECIDED}
}}"""

_CHANGED: Final = f"""
SELECT ?st ?standing WHERE {{
  {{ {_DECIDED}
    FILTER (NOT EXISTS {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:standing ?standing }} }}
      || EXISTS {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:standing ?other }}
        FILTER(?other != ?standing) }}) }}
  UNION
  {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:standing ?old
    FILTER NOT EXISTS {{ ?st a axis:Statement ; axis:source ?source ; axis:modality ?modality ;
      axis:likelihood ?likelihood ; axis:polarity ?polarity ; axis:expression ?expression }} }} }}
}}"""

_ACCEPTED: Final = f"GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:standing axis:Accepted }}"

# Each is the WHERE of one INSERT of ?s ?p ?o, in this order: the copies of the fixed properties
# are read off what the first two have put into the plain view itself.
_PARTS: Final = (
    f"{_ACCEPTED} GRAPH ?st {{ ?s ?p ?o }}",
    f"GRAPH <{INFERRED_GRAPH}> {{ ?s ?p ?o }}",
    f"""VALUES ?p {{ {FIXED_PROPERTIES} }}
  GRAPH <{ONTOLOGY_GRAPH}> {{ ?narrower rdfs:subPropertyOf+ ?p }}
  IN_VIEW {{ ?s ?narrower ?o }}""",
    f"""VALUES ?p {{ {FIXED_PROPERTIES} }}
  GRAPH <{ONTOLOGY_GRAPH}> {{ ?p a owl:SymmetricProperty }}
  IN_VIEW {{ ?o ?p ?s }}""",
    f"GRAPH <{ONTOLOGY_GRAPH}> {{ ?s ?p ?o }}",
    f"""{{ SELECT DISTINCT ?s WHERE {{ {_ACCEPTED}
    GRAPH ?st {{ {{ ?s ?p1 ?o1 }} UNION {{ ?s2 ?p2 ?s }} }} }} }}
  GRAPH <{ENTITIES_GRAPH}> {{ ?s ?p ?o }}""",
    f"VALUES ?p {{ {LABELS} {LINKS} }} GRAPH <{ENTITIES_GRAPH}> {{ ?s ?p ?o }}",
    f"VALUES ?p {{ {LABELS} {LINKS} }} GRAPH <{LINKS_GRAPH}> {{ ?s ?p ?o }}",
)


def changed_standings(store: Store) -> dict[str, str | None]:
    """The statements whose `axis:standing` is not what it should be, and what it should be.

    The first that applies, as the design lists them. A statement that some other party than a
    creator of its source puts forward is Attributed; one that is supposed in a scenario is
    Hypothetical, whatever its modality. A statement without the fields that decide has none: None.
    """
    found = store.query(prologue() + _CHANGED)
    assert isinstance(found, Solutions)
    return {
        row[0].value: row[1].value if isinstance(row[1], NamedNode) else None
        for row in found.rows
        if isinstance(row[0], NamedNode)
    }


def refresh_plain_view(
    store: Store, graph: str | None = None, *, first: Sequence[str] = ()
) -> None:
    """Compute all standings and the plain view anew, at once; readers see the old one until then.

    The view goes to the default graph, or to `graph` on engines whose default graph is the union
    of all. It holds: the triples of accepted statements; the inferred conclusions; of both the
    symmetric halves and super-property copies of `FIXED_PROPERTIES`; the ontology; the
    description of every entity that an accepted statement mentions; of other entities label and
    links only. `first` are update operations that go before, in the same request: new conclusions.
    """
    target, view = ("?s ?p ?o", "") if graph is None else (f"GRAPH <{graph}> {{ ?s ?p ?o }}", "")
    view = "" if graph is None else f"GRAPH <{graph}>"
    inserts = (
        f"INSERT {{ {target} }} WHERE {{\n  {part.replace('IN_VIEW', view)} }}" for part in _PARTS
    )
    store.update(prologue() + " ;\n\n".join([*first, _STANDING, clear(graph), *inserts]))
