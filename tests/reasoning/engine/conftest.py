"""The engine's tests: small graphs against other engines, each answer against its own proof.

`rules/` holds rules that together use all of the rule language; their names begin with the stratum
(`a` lowest) in which a plain SPARQL engine must run them. `refused/` holds one rule for each
refusal; its first comment is a part of the message. Random graphs come from hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from pyoxigraph import Literal, NamedNode, Quad

from axiskg.namespaces import AXIS, ENTITIES_GRAPH, ONTOLOGY_GRAPH, PREFIXES, PROVENANCE_GRAPH
from axiskg.reasoning.rules import RuleFile, parse_rule, read_rules

HERE = Path(__file__).parent
settings.register_profile(
    "engine",
    deadline=None,
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("engine")

XSD = PREFIXES["xsd"]
TYPE = NamedNode(PREFIXES["rdf"] + "type")
PROVENANCE = NamedNode(PROVENANCE_GRAPH)
CONFIDENCES = {
    ("Fact", "Certain"): 1.0,
    ("Fact", "Likely"): 0.75,
    ("Fact", "Possible"): 0.4,
    ("Claim", "Certain"): 0.7,
    ("Claim", "Likely"): 0.5,
    ("Perception", "Certain"): 0.6,
}


def axis(name: str) -> NamedNode:
    return NamedNode(AXIS + name)


def prop(name: str) -> str:
    return f"urn:t:{name}"


def node(number: int | str) -> str:
    return f"urn:n:{number}"


@dataclass(frozen=True)
class Said:
    """One statement of a test graph."""

    s: str
    p: str
    o: str | int
    modality: str = "Fact"
    likelihood: str = "Certain"
    standing: str = "Accepted"
    polarity: str = "Affirmed"
    begin: str | None = None
    end: str | None = None
    more: tuple[tuple[str, str], ...] = ()

    def quads(self, name: str) -> Iterator[Quad]:
        st = NamedNode(name)
        value: NamedNode | Literal = (
            Literal(self.o) if isinstance(self.o, int) else NamedNode(self.o)
        )
        yield Quad(NamedNode(self.s), NamedNode(self.p), value, st)
        yield Quad(st, TYPE, axis("Statement"), PROVENANCE)
        for key in ("modality", "likelihood", "standing", "polarity"):
            yield Quad(st, axis(key), axis(getattr(self, key).capitalize()), PROVENANCE)
        for key, day in (
            ("hasEarliestBeginTimeStamp", self.begin),
            ("hasLatestBeginTimeStamp", self.begin),
            ("hasEarliestEndTimeStamp", self.end),
            ("hasLatestEndTimeStamp", self.end),
        ):
            if day is not None:
                date = Literal(day, datatype=NamedNode(XSD + "date"))
                yield Quad(st, NamedNode(PREFIXES["sem"] + key), date, PROVENANCE)
        for key, value_of in self.more:
            yield Quad(st, axis(key), NamedNode(value_of), PROVENANCE)


def graph(said: Sequence[Said], first: int = 0) -> list[Quad]:
    """The quads of statements `urn:st:0`, `urn:st:1`, … and the table of confidences."""
    quads = list(confidence_table())
    for number, statement in enumerate(said, first):
        quads += statement.quads(f"urn:st:{number}")
    return quads


def confidence_table() -> Iterator[Quad]:
    graph_name = NamedNode(ONTOLOGY_GRAPH)
    for number, ((modality, likelihood), value) in enumerate(CONFIDENCES.items()):
        row = NamedNode(f"urn:row:{number}")
        decimal = Literal(str(value), datatype=NamedNode(XSD + "decimal"))
        yield Quad(row, axis("inTable"), axis("DefaultConfidence"), graph_name)
        yield Quad(row, axis("forModality"), axis(modality), graph_name)
        yield Quad(row, axis("forLikelihood"), axis(likelihood), graph_name)
        yield Quad(row, axis("confidence"), decimal, graph_name)


def described(s: str, p: str, o: str) -> Quad:
    return Quad(NamedNode(s), NamedNode(p), NamedNode(o), NamedNode(ENTITIES_GRAPH))


def rule(body: str, name: str = "tested", **header: str) -> RuleFile:
    """A rule of a CONSTRUCT text with `t:` and `axis:` for prefixes."""
    fields = {"label": name, "description": "For a test.", "category": "test", **header}
    lines = "".join(f"#+ {key}: {value}\n" for key, value in fields.items())
    prefixes = f"PREFIX t: <urn:t:>\nPREFIX n: <urn:n:>\nPREFIX axis: <{AXIS}>\n"
    return parse_rule(f"{lines}{prefixes}{body}", Path(f"{name}.rq"))


@pytest.fixture(scope="session")
def all_rules() -> tuple[RuleFile, ...]:
    return read_rules(HERE / "rules")
