"""The scenarios of the text: what triggers each, and what would follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field
from pyoxigraph import Literal, NamedNode

from axiskg.reasoning.citations import citations
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.values import Citation, Value, short
from axiskg.store.protocol import Store

__all__ = ["ScenarioCard", "scenario_cards"]


class ScenarioCard(Value):
    """One scenario with its members as citations."""

    scenario: str
    iri: str
    label: str
    antecedents: tuple[Citation, ...] = Field(description="All hold together.")
    assumes_not: tuple[Citation, ...] = Field(description="Antecedents that are denied.")
    consequents: tuple[Citation, ...]
    regardless_of: tuple[Citation, ...]
    follows: tuple[str, ...] = Field(description="Scenarios whose outcome triggers this one.")
    broader: tuple[str, ...] = Field(description="Scenarios of which this is an example.")


def scenario_cards(store: Store, queries_dir: Path) -> tuple[ScenarioCard, ...]:
    """All scenarios, in the order of their slugs."""
    labels: dict[str, str] = {}
    members: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(store, queries_dir, "scenarios"):
        scenario, role, member = row["scenario"], row.get("role"), row.get("member")
        assert isinstance(scenario, NamedNode)
        label = row.get("label")
        labels[scenario.value] = (
            label.value if isinstance(label, Literal) else short(scenario.value)
        )
        if isinstance(role, Literal) and isinstance(member, NamedNode):
            members[scenario.value][role.value].append(member.value)
    named = {iri for roles in members.values() for iris in roles.values() for iri in iris}
    cited = citations(store, queries_dir, named)

    def told(iris: Iterable[str]) -> tuple[Citation, ...]:
        wanted = set(iris)
        return tuple(citation for iri, citation in cited.items() if iri in wanted)

    return tuple(
        ScenarioCard(
            scenario=short(iri),
            iri=iri,
            label=labels[iri],
            antecedents=told(set(roles["antecedent"]) - set(roles["assumesNot"])),
            assumes_not=told(roles["assumesNot"]),
            consequents=told(roles["consequent"]),
            regardless_of=told(roles["regardlessOf"]),
            follows=tuple(map(short, roles["follows"])),
            broader=tuple(map(short, roles["broader"])),
        )
        for iri, roles in sorted((iri, members[iri]) for iri in labels)
    )
