"""A small graph written for these tests, in the encoding that the handbook prescribes.

One statement a line: id, head triple, then fields in brackets. It imitates the shape of the
article's encoding, not its text, and knows cases that the article has not: a rival, an applicant, a
relation that ends, an adversary that is only suspected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from axiskg.namespaces import AXIS, ENT, ENTITIES_GRAPH, PREFIXES, PROVENANCE_GRAPH, SCN, SRC, ST

SOURCE = "test-world"

ENTITIES = """
china a State ; russia a State ; united-states a State ; iran a State ; india a State
belarus a State ; ukraine a State ; brazil a State ; atlantis a State ; lemuria a State
the-west a Bloc ; european-union a Organization ; xi-jinping a Person
ruritania a State ; sylvania a State ; old-league a Institution
brics a Institution ; sco a Institution ; world-forum a Institution
position-of-china-on-taiwan a Position heldBy china onIssue taiwan
position-of-china-on-tibet a Position heldBy china onIssue tibet
position-of-china-on-east-china-sea a Position heldBy china onIssue east-china-sea
russian-action-in-syria a MilitaryAction carriedOutBy russia location syria
russian-action-in-georgia a MilitaryAction carriedOutBy russia location georgia
concern-of-russia-on-nato a Grievance heldBy russia against the-west about nato-expansion
grievance-of-china-on-containment a Grievance heldBy china against united-states about containment
grievance-of-russia-on-containment a Grievance heldBy russia against united-states about containment
china-russia-relationship a Relationship between china between russia
conflict-over-taiwan a ConceivedEvent
"""

STATEMENTS = """
p1.a russia fullyBacks position-of-china-on-taiwan
p1.b russia fullyBacks position-of-china-on-tibet
p1.c russia tacitlyBacks position-of-china-on-east-china-sea
p1.d china declinesToCondemn russian-action-in-syria
p1.e china declinesToCondemn russian-action-in-georgia [until=2015-12-31]
p1.f china viewsAsLegitimate concern-of-russia-on-nato
p1.g china advocatesFor russia
p2.a china memberOf brics
p2.b russia memberOf brics
p2.c india memberOf brics
p2.d brazil memberOf brics
p2.e iran invitedToJoin brics [from=2023-08-01]
p2.f china memberOf sco
p2.g russia memberOf sco
p2.h india memberOf sco [Presupposed]
p2.i iran memberOf sco [from=2023-07-01]
p2.j belarus appliedToJoin sco
p2.k brics foundedBy china
p2.l brics foundedBy russia
p2.m china memberOf world-forum
p2.n united-states memberOf world-forum
p2.o ukraine memberOf world-forum
p3.a china partnerOf russia [Presupposed]
p3.b china perceivesThreatFrom the-west
p3.c russia perceivesThreatFrom the-west
p3.d china hasGrievance grievance-of-china-on-containment
p3.e russia hasGrievance grievance-of-russia-on-containment
p3.f iran militaryPartnerOf china [Implied]
p4.a united-states sanctioned russia
p4.b united-states identifiesAsTopChallenge china
p4.c united-states armed ukraine
p4.d atlantis sanctioned lemuria [Likely Assessment]
p5.a china waryOf russia
p5.b russia distrusts china
p5.c china plansAllianceWith russia [Negated]
p5.d russia wantsSubordinationTo china [Negated]
p5.e xi-jinping supportsView china-russia-relationship [Claim by=xi-jinping]
p5.f ruritania memberOf old-league [until=1999-12-31]
p5.g sylvania memberOf old-league [from=2005-01-01]
p6.a united-states engagesIn conflict-over-taiwan [Hypothesis Undetermined if=taiwan]
p6.b china allianceWith russia [Hypothesis Possible then=taiwan]
p6.c some-experts fears china-russia-relationship [Perception held=some-experts]
"""

_MODALITIES = {"Fact", "Claim", "Perception", "Assessment", "Prediction", "Hypothesis"}
_LIKELIHOODS = {"Certain", "Likely", "Possible", "Unlikely", "Undetermined"}
_EXPRESSIONS = {"Explicit", "Presupposed", "Implied"}
_RDF = PREFIXES["rdf"]
_SEM = PREFIXES["sem"]
_XSD = PREFIXES["xsd"]
_LABEL = NamedNode(PREFIXES["rdfs"] + "label")


def axis(name: str) -> NamedNode:
    return NamedNode(AXIS + name)


def ent(slug: str) -> NamedNode:
    return NamedNode(ENT + slug)


def st(name: str) -> NamedNode:
    return NamedNode(f"{ST}{SOURCE}/{name}")


def _day(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(_XSD + "date"))


def _entities() -> Iterator[tuple[NamedNode, NamedNode, NamedNode | Literal]]:
    for entry in re.split(r"[;\n]", ENTITIES):
        words = entry.split()
        if not words:
            continue
        node, pairs = ent(words[0]), zip(words[1::2], words[2::2], strict=True)
        yield node, _LABEL, Literal(words[0].replace("-", " ").title(), language="en")
        for verb, value in pairs:
            if verb == "a":
                yield node, NamedNode(_RDF + "type"), axis(value)
            else:
                yield node, axis(verb), ent(value)


def standing(fields: dict[str, str]) -> str:
    """The first that applies, in the order of the design, section 3."""
    ladder = (
        (fields["modality"] == "Hypothesis", "Hypothetical"),
        (fields["modality"] in {"Claim", "Perception"}, "Attributed"),
        (fields["likelihood"] == "Undetermined", "Open"),
        (fields["polarity"] == "Negated", "Denied"),
        (fields["likelihood"] != "Certain", "Hedged"),
        (fields["modality"] == "Prediction", "Foreseen"),
        (fields["modality"] == "Assessment", "Judged"),
        (fields["expression"] == "Implied", "Implied"),
    )
    return next((name for holds, name in ladder if holds), "Accepted")


def _fields(marks: str) -> dict[str, str]:
    fields = {
        "modality": "Fact",
        "likelihood": "Certain",
        "polarity": "Affirmed",
        "expression": "Explicit",
    }
    for mark in marks.split():
        name, equals, value = mark.partition("=")
        if equals:
            fields[name] = value
        elif mark in _MODALITIES:
            fields["modality"] = mark
        elif mark in _LIKELIHOODS:
            fields["likelihood"] = mark
        elif mark in _EXPRESSIONS:
            fields["expression"] = mark
        else:
            fields["polarity"] = mark
    return fields


def quads(statements: str = STATEMENTS) -> list[Quad]:
    """The dataset: statement graphs, provenance, entities, and the plain view of the accepted."""
    provenance, entities = NamedNode(PROVENANCE_GRAPH), NamedNode(ENTITIES_GRAPH)
    source = NamedNode(SRC + SOURCE)
    out = [Quad(source, NamedNode(PREFIXES["dcterms"] + "creator"), ent("author"), provenance)]
    for s, p, o in _entities():
        out += [Quad(s, p, o, entities), Quad(s, p, o, DefaultGraph())]
    for line in statements.strip().splitlines():
        words, _, marks = line.partition("[")
        name, subject, verb, object_ = words.split()
        fields = _fields(marks.rstrip("] \n"))
        node, triple = st(name), (ent(subject), axis(verb), ent(object_))
        paragraph, _, _ = name[1:].partition(".")
        about: list[tuple[str, NamedNode | Literal]] = [
            (_RDF + "type", axis("Statement")),
            (AXIS + "source", source),
            (AXIS + "paragraph", Literal(int(paragraph))),
            (AXIS + "sentence", Literal(1)),
            (AXIS + "assertedBy", ent(fields.get("by", "author"))),
            (AXIS + "standing", axis(standing(fields))),
            (AXIS + "headSubject", triple[0]),
            (AXIS + "headProperty", triple[1]),
            (AXIS + "headObject", triple[2]),
            (AXIS + "paraphrase", Literal(" ".join(words.split()[1:]), language="en")),
        ]
        about += [
            (AXIS + f, axis(fields[f]))
            for f in ("modality", "likelihood", "polarity", "expression")
        ]
        about.append((AXIS + "voice", ent(fields.get("held", fields.get("by", "author")))))
        if "held" in fields:
            about.append((AXIS + "heldBy", ent(fields["held"])))
        if "from" in fields:
            about += [
                (_SEM + "hasEarliestBeginTimeStamp", _day(fields["from"])),
                (_SEM + "hasLatestBeginTimeStamp", _day(fields["from"])),
                (AXIS + "validTime", Literal(fields["from"] + "/..")),
            ]
        if "until" in fields:
            about += [
                (_SEM + "hasEarliestEndTimeStamp", _day(fields["until"])),
                (_SEM + "hasLatestEndTimeStamp", _day(fields["until"])),
            ]
        for role, verb_ in (("if", "antecedent"), ("then", "consequent")):
            if role in fields:
                scenario = NamedNode(SCN + fields[role])
                out.append(Quad(scenario, NamedNode(_RDF + "type"), axis("Scenario"), provenance))
                out.append(Quad(scenario, axis(verb_), node, provenance))
                if role == "then":
                    about.append((AXIS + "condition", scenario))
        out += [Quad(node, NamedNode(p), o, provenance) for p, o in about]
        out.append(Quad(*triple, node))
        if standing(fields) == "Accepted":
            out.append(Quad(*triple, DefaultGraph()))
    return out
