"""What is missing, and proofs of conclusions with very many supports."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, Quad

from axiskg.reasoning.checker import check_proof
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.owl_rl import OwlProfile
from axiskg.reasoning.proofs import Derivation

from .conftest import PROVENANCE, Said, axis, described, graph, node, prop, rule

A, B, C = (node(n) for n in "abc")
FLAT = rule(
    "CONSTRUCT { ?a t:mutual ?b } WHERE { ?a t:backs ?x . ?x t:of ?b . ?b t:backs ?y . ?y t:of ?a"
    " FILTER(?a != ?b) FILTER NOT EXISTS { ?a t:opposes ?b } }",
    "flat",
)


def backing(one: str, other: str, number: int, **fields: str) -> tuple[Said, Quad]:
    position = node(f"{other[-1]}{number}")
    return Said(one, prop("backs"), position, **fields), described(position, prop("of"), other)


def test_why_not_finds_the_nearest_instance_and_the_statement_left_aside() -> None:
    there, held = backing(A, B, 1)
    hedged, held_too = backing(B, A, 1, likelihood="Likely", standing="Hedged")
    other, _ = backing(B, C, 1)
    paragraph = Quad(NamedNode("urn:st:1"), axis("paragraph"), Literal(12), PROVENANCE)
    mentioned = Said(C, prop("visits"), node("a1"))
    quads = [*graph([there, hedged, other, mentioned]), held, held_too, paragraph]
    with Reasoner.from_quads(quads, [FLAT]) as reasoner:
        found = reasoner.run().why_not(A, prop("mutual"), B)
    assert not found.holds
    (attempt,) = found.attempts
    (missing,) = attempt.missing  # the half of the body that leads from B to A
    (inner,) = [i for i in missing.attempts if i.holding == ((node("a1"), prop("of"), A),)]
    (lacking,) = inner.missing
    assert lacking.pattern == (B, prop("backs"), node("a1"))
    (aside,) = lacking.aside
    assert (aside.statement, aside.standing, aside.paragraph) == ("urn:st:1", "axis:Hedged", 12)


def test_why_not_names_what_is_in_the_way() -> None:
    one, held = backing(A, B, 1)
    two, held_too = backing(B, A, 1)
    hostile = Said(A, prop("opposes"), B)
    with Reasoner.from_quads([*graph([one, two, hostile]), held, held_too], [FLAT]) as reasoner:
        run = reasoner.run()
        assert run.holds(B, prop("mutual"), A) is not None
        (attempt,) = run.why_not(A, prop("mutual"), B).attempts
        assert attempt.missing == ()
        assert attempt.present == ("urn:n:a urn:t:opposes urn:n:b",)
        (same,) = run.why_not(A, prop("mutual"), A).attempts[:1]
        assert same.missing or same.failed


def test_why_not_of_what_holds_or_is_unknown() -> None:
    with Reasoner.from_quads(graph([Said(A, prop("backs"), B)]), [FLAT]) as reasoner:
        run = reasoner.run()
        assert run.why_not(A, prop("backs"), B).holds
        unknown = run.why_not(A, prop("mutual"), node("nobody"))
        assert unknown.unknown == (node("nobody"),)


def test_ten_thousand_supports_each_way_add_and_do_not_multiply() -> None:
    size = 10_000
    said: list[Said] = []
    quads: list[Quad] = []
    for n in range(size):
        for one, other in ((A, B), (B, A)):
            statement, held = backing(one, other, n)
            said.append(statement)
            quads.append(held)
    with Reasoner.from_quads([*graph(said), *quads], [FLAT], owl=OwlProfile(instances=False)) as r:
        run = r.run()
        kept = sum(n for name, n in run.sizes().items() if name.startswith("derivations"))
        assert kept <= 30_000
        proof = run.proof(A, prop("mutual"), B)
        assert check_proof(proof, [FLAT]) == []
        assert isinstance(proof.root, Derivation)
        assert proof.root.alternatives == 2 * (size - 1)
        assert len(run.proofs(A, prop("mutual"), B, limit=5)) == 5


def test_ten_thousand_statements_of_one_fact() -> None:
    said = [Said(A, prop("backs"), B) for _ in range(10_000)]
    copy = rule("CONSTRUCT { ?a t:x ?b } WHERE { ?a t:backs ?b }")
    with Reasoner.from_quads(graph(said), [copy]) as reasoner:
        run = reasoner.run()
        proof = run.proof(A, prop("x"), B)
        assert len(proof.statements) == 5
        leaf = proof.steps[-1]
        assert not isinstance(leaf, Derivation)
        assert leaf.supports.more == 9_995
        assert len(run.supports(A, prop("backs"), B)) == 10_000


def test_a_cycle_has_proofs_that_do_not_turn() -> None:
    reach = rule("CONSTRUCT { ?a t:r ?c } WHERE { ?a t:r ?b . ?b t:r ?c }", "reach")
    ring = [Said(node(n), prop("r"), node((n + 1) % 6)) for n in range(6)]
    with Reasoner.from_quads(graph(ring), [reach]) as reasoner:
        run = reasoner.run()
        assert len(run.facts(prop("r"))) == 36
        for fact in run.facts(prop("r")):
            for proof in run.proofs(*fact.key, limit=4):
                assert not any("rests on itself" in wrong for wrong in check_proof(proof, [reach]))
