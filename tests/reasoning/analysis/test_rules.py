"""The rule files themselves, run by plain SPARQL over the small graph."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rdflib
import yaml

from axiskg.namespaces import AXIS

RULES = sorted((Path(__file__).parents[3] / "ontology" / "rules").glob("*.rq"))
CATEGORIES = {
    "alignment",
    "backing",
    "grievances",
    "hostility",
    "influence",
    "institutions",
    "perceptions",
}
Concluded = set[tuple[str, str, str]]


def pairs(concluded: Concluded, name: str) -> set[tuple[str, str]]:
    return {(s, o) for s, p, o in concluded if p == name}


def both_ways(*pairs: tuple[str, str]) -> set[tuple[str, str]]:
    return {*pairs, *((b, a) for a, b in pairs)}


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_each_rule_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    header = "\n".join(line[3:] for line in text.splitlines() if line.startswith("#+"))
    about = yaml.safe_load(header)
    assert set(about) == {"label", "description", "category", "confidence"}
    assert about["category"] in CATEGORIES
    assert about["confidence"] in {"min", "product"}


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_each_rule_uses_terms_of_the_ontology(path: Path, ontology: rdflib.Graph) -> None:
    used = set(re.findall(r"axis:(\w+)", path.read_text(encoding="utf-8")))
    unknown = {name for name in used if (rdflib.URIRef(AXIS + name), None, None) not in ontology}
    assert not unknown


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in (RULES[0].parents[1] / "modules").glob("*.ttl"):
        graph.parse(path)
    return graph


def test_opposition_lists_all_acts_against_of_the_ontology(ontology: rdflib.Graph) -> None:
    rule = next(path for path in RULES if path.stem == "opposition").read_text(encoding="utf-8")
    family = ontology.transitive_subjects(
        rdflib.RDFS.subPropertyOf, rdflib.URIRef(AXIS + "actsAgainst")
    )
    names = {str(iri).removeprefix(AXIS) for iri in family}
    listed = set(re.findall(r"axis:(\w+)", rule.split("WHERE")[1]))
    assert names == listed


def test_backing_goes_by_manner(concluded: Concluded) -> None:
    assert pairs(concluded, "fullyBacksActor") == {("russia", "china")}
    assert pairs(concluded, "tacitlyBacksActor") == {("russia", "china")}
    assert pairs(concluded, "declinesToCondemnActor") == {("china", "russia")}
    assert pairs(concluded, "upholdsConcernOf") == {("china", "russia")}


def test_backing_is_mutual_only_when_each_stands_by_the_other(concluded: Concluded) -> None:
    assert pairs(concluded, "mutuallyBacks") == both_ways(("china", "russia"))


def test_declining_to_condemn_is_no_backing(concluded: Concluded) -> None:
    assert not any(p in {"backs", "backsActor"} and s == "china" for s, p, o in concluded)


def test_an_invitee_shares_no_institution(concluded: Concluded) -> None:
    assert ("iran", "brazil") not in pairs(concluded, "sharesInstitutionWith")
    assert ("iran", "brazil") in pairs(concluded, "linkedByInvitationWith")


def test_an_applicant_is_linked_to_members_only(concluded: Concluded) -> None:
    assert pairs(concluded, "linkedByApplicationWith") == both_ways(
        *(("belarus", member) for member in ("china", "russia", "india", "iran"))
    )


def test_a_shared_grievance_has_the_same_target_and_topic(concluded: Concluded) -> None:
    assert pairs(concluded, "sharesGrievanceWith") == both_ways(("china", "russia"))


def test_hostility_is_asserted_or_it_is_not_there(concluded: Concluded) -> None:
    assert pairs(concluded, "opposes") == {
        ("united-states", "china"),
        ("united-states", "russia"),
    }
    assert pairs(concluded, "sharesAdversaryWith") == both_ways(("china", "russia"))


def test_arming_a_state_makes_nobody_its_enemys_adversary(concluded: Concluded) -> None:
    adverse = {"opposes", "rivalOf", "sharesAdversaryWith", "adverseTo"}
    assert not any("ukraine" in (s, o) for s, p, o in concluded if p in adverse)


def test_rivalry_needs_both_sides(concluded: Concluded) -> None:
    assert pairs(concluded, "rivalOf") == both_ways(
        ("china", "united-states"), ("russia", "united-states")
    )
    assert ("china", "the-west") in pairs(concluded, "adverseTo")


def test_partners_and_opponents_are_not_indirectly_aligned(concluded: Concluded) -> None:
    indirect = pairs(concluded, "indirectlyAlignedWith")
    assert ("china", "russia") not in indirect
    assert ("china", "united-states") not in indirect
    assert ("china", "iran") in indirect
    assert all((b, a) in indirect for a, b in indirect)


def test_an_alliance_of_a_scenario_ties_nobody(concluded: Concluded) -> None:
    assert not pairs(concluded, "allianceWith")
    assert pairs(concluded, "directlyTiedTo") == both_ways(("china", "russia"))


def test_founders_reach_members_and_invitees(concluded: Concluded) -> None:
    reached = {o for s, o in pairs(concluded, "reaches") if s == "china"}
    assert reached == {"brazil", "india", "iran", "russia"}
