"""One measurement in the process that calls it; returns seconds, facts and peak memory."""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import count, groupby, islice
from pathlib import Path
from typing import Any

from benchmarks.reasoning_data import BULK, write_domain, write_edges, write_owl
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from axiskg.build import build
from axiskg.namespaces import AXIS, ENT, ENTITIES_GRAPH, ONTOLOGY_GRAPH, PREFIXES, PROVENANCE_GRAPH
from axiskg.reasoning.algebra import rules_of
from axiskg.reasoning.database import Limits
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.ir import (
    RDF_TYPE,
    Atom,
    Compare,
    Kind,
    Relation,
    Rule,
    Term,
    Var,
    variables_of,
)
from axiskg.reasoning.owl_rl import OwlProfile, axioms_of
from axiskg.reasoning.rules import RuleFile, parse_rule, read_rules
from axiskg.reasoning.run import Run
from axiskg.reasoning.selection import Selection
from axiskg.settings import Settings
from axiskg.store import open_store

__all__ = ["CASES", "run_case"]

RULES = Path(__file__).parent / "reasoning_rules"
ROOT = Path(__file__).parents[1]
LIMITS = Limits(memory_mb=6_000, timeout_s=600, max_derivations=50_000_000)
_TRANSITIVE = PREFIXES["owl"] + "TransitiveProperty"
PLAIN = OwlProfile(instances=False)
Figure = dict[str, Any]


def peak_mb() -> float:
    """The highest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_case(case: str, engine: str, size: int, folder: Path) -> Figure:
    """Run one case; raises `KeyError` for an engine that the case does not have."""
    path = folder / "data.nq"
    make, engines = CASES[case]
    make(path, size)
    found = engines[engine](path, size)
    return {"peak_mb": peak_mb(), **found}


# domain rules


def domain_axiskg(path: Path, size: int) -> Figure:
    rules = read_rules(RULES)
    began = time.perf_counter()
    with Reasoner.from_nquads(path, rules, limits=LIMITS, owl=PLAIN) as reasoner:
        loaded = time.perf_counter()
        reasoner.run(Selection(min_confidence=0.01))  # first use: SQL of the rules is written
        compiled = time.perf_counter()
        reasoner._runs.clear()
        ran = _timed(reasoner.run)
        run = reasoner.run()
        reasoner._runs.clear()
        as_of = _timed(lambda: reasoner.run(Selection(as_of=date(2008, 6, 1))))
        reasoner._runs.clear()
        memory = peak_mb()
        kept = sum(n for name, n in run.sizes().items() if name.startswith("derivations"))
        actors = [f"{ENT}actor-{n}" for n in range(200)]
        figures, derived = _answers(reasoner, run, actors)
        reasoner.run()
        statement = run.supports(*run.facts(AXIS + "partnerOf")[0].key)[0]
        gone = _quads_of(path, statement)

        def follow() -> None:
            reasoner.apply(removed=gone)
            reasoner.run()

        removal = _timed(follow)
    return {
        "seconds": ran,
        "facts": derived,
        "peak_mb": memory,
        "notes": (
            f"load {loaded - began:.2f} s, first run {compiled - loaded:.2f} s, as of a date"
            f" {as_of:.2f} s, {kept:,} derivations, {figures}, a removal {removal:.2f} s;"
            f" {peak_mb():,.0f} MB at the end"
        ),
    }


def _answers(reasoner: Reasoner, run: Run, actors: Sequence[str]) -> tuple[str, int]:
    """The times of proofs and of why-not in words, and how many facts are derived.

    Each of up to 500 conclusions and 300 pairs of actors without one, by a fixed seed, is asked
    once; the first question of each kind, which reads tables into memory, stands by itself.
    """
    heads = sorted({r.head.relation.name for r in reasoner.program.rules if r.origin.path})
    derived = [f.key for name in heads for f in run.facts(name) if not f.asserted]
    holding = {f.key for name in heads for f in run.facts(name)}
    choose = random.Random(3)
    choose.shuffle(derived)
    pairs = ((choose.choice(actors), choose.choice(heads), choose.choice(actors)) for _ in count())
    absent = list(islice((key for key in pairs if key not in holding), 300))
    words = []
    for name, ask, keys in (("proof", run.proof, derived[:500]), ("why-not", run.why_not, absent)):
        first, *rest = (1000 * _timed(partial(ask, *key)) for key in keys)
        words.append(
            f"{name} {statistics.median(rest):.1f} ms (first {first:.0f},"
            f" of 100 the slowest {statistics.quantiles(rest, n=100)[-1]:.1f}, of {len(rest)}"
            f" {max(rest):.0f})"
        )
    return ", ".join(words), len(derived)


def _timed(work: Callable[[], object]) -> float:
    at = time.perf_counter()
    work()
    return time.perf_counter() - at


def _quads_of(path: Path, statement: str) -> list[Quad]:
    wanted = f"<{statement}>"
    with path.open(encoding="utf-8") as file:
        lines = "".join(line for line in file if wanted in line)
    return list(parse(lines, format=RdfFormat.N_QUADS))


# the article


def write_article(path: Path, size: int) -> None:
    """Build the store of the article beside `path`."""
    build(Settings(home=ROOT, store=str(path.parent / "store")))


def article_axiskg(path: Path, size: int) -> Figure:
    settings = Settings(home=ROOT, store=str(path.parent / "store"))
    with open_store(settings, read_only=True) as store:
        began = time.perf_counter()
        reasoner = Reasoner.from_store(store, settings.ontology_dir / "rules", limits=LIMITS)
        loaded = time.perf_counter() - began
    with reasoner:
        ran = _timed(reasoner.run)
        as_of = _timed(lambda: reasoner.run(Selection(as_of=date(2023, 8, 1))))
        run = reasoner.run()
        actors = sorted({f.s for f in run.facts(RDF_TYPE, object=AXIS + "State")})
        figures, derived = _answers(reasoner, run, actors)
    return {
        "seconds": ran,
        "facts": derived,
        "notes": f"load {loaded:.2f} s, as of a date {as_of:.2f} s, {figures}",
    }


def domain_sparql(path: Path, size: int) -> Figure:
    store = _plain(path)
    before = len(store)
    at = time.perf_counter()
    _fix_point(store, read_rules(RULES))
    return {"seconds": time.perf_counter() - at, "facts": len(store) - before}


def domain_nemo(path: Path, size: int) -> Figure:
    rules = [rule for file in read_rules(RULES) for rule in rules_of(file)]
    return _nemo(path, {(r.head, r.atoms, r.absent): r for r in rules}.values())


# OWL 2 RL


def owl_axiskg(path: Path, size: int) -> Figure:
    with Reasoner.from_nquads(path, limits=LIMITS) as reasoner:
        loaded = peak_mb()
        at = time.perf_counter()
        run = reasoner.run().complete()
        seconds = time.perf_counter() - at
        total = sum(n for name, n in run.sizes().items() if not name.startswith("derivations"))
    facts = total - size
    return {
        "seconds": seconds,
        "facts": facts,
        "notes": f"{total:,} facts in all; peak {peak_mb() * 1024**2 / total:,.0f} bytes a fact"
        f" all told, {loaded:,.0f} MB of it before reasoning",
    }


def owl_nemo(path: Path, size: int) -> Figure:
    ontology = [
        q.triple
        for q in parse(path=str(path), format=RdfFormat.N_QUADS)
        if q.graph_name == NamedNode(ONTOLOGY_GRAPH)
    ]
    rules, _, _ = axioms_of(ontology, OwlProfile())
    found = _nemo(path, rules)
    return {**found, "facts": found["everything"] - size}


def closure_nemo(path: Path, size: int) -> Figure:
    transitive = [axiom for axiom in _own(path) if axiom.object == NamedNode(_TRANSITIVE)]
    rules, _, _ = axioms_of([q.triple for q in transitive], OwlProfile())
    return _nemo(path, rules)


def owl_reasonable(path: Path, size: int) -> Figure:
    import reasonable

    triples = [tuple(map(_rdflib, (q.subject, q.predicate, q.object))) for q in _own(path)]
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(triples)
    at = time.perf_counter()
    found = reasoner.reason()
    return {"seconds": time.perf_counter() - at, "facts": len(found) - size}


def owl_owlrl(path: Path, size: int) -> Figure:
    from owlrl import DeductiveClosure, OWLRL_Semantics
    from rdflib import Graph

    graph = Graph()
    for q in _own(path):
        graph.add(tuple(map(_rdflib, (q.subject, q.predicate, q.object))))
    before = len(graph)
    at = time.perf_counter()
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    return {"seconds": time.perf_counter() - at, "facts": len(graph) - before}


def _own(path: Path) -> Iterator[Quad]:
    """The instance facts and the axioms, without the table of confidences."""
    wanted = {BULK, ONTOLOGY_GRAPH}
    for q in parse(path=str(path), format=RdfFormat.N_QUADS):
        if getattr(q.graph_name, "value", "") in wanted and q.subject != NamedNode("urn:bench:row"):
            yield q


def _rdflib(term: Any) -> Any:
    from rdflib import URIRef

    return URIRef(term.value)


# transitive closure


def closure_axiskg(path: Path, size: int) -> Figure:
    with Reasoner.from_nquads(path, limits=LIMITS) as reasoner:
        at = time.perf_counter()
        run = reasoner.run().complete()
        seconds = time.perf_counter() - at
        facts = sum(n for name, n in run.sizes().items() if name == "property axis:partOf")
    return {"seconds": seconds, "facts": facts}


def closure_sparql(path: Path, size: int) -> Figure:
    rule = parse_rule(
        "#+ label: transitive\n#+ description: transitive\n#+ category: benchmark\n"
        f"CONSTRUCT {{ ?a <{AXIS}partOf> ?c }}"
        f" WHERE {{ ?a <{AXIS}partOf> ?b . ?b <{AXIS}partOf> ?c }}",
        Path("transitive.rq"),
    )
    store = _plain(path)
    at = time.perf_counter()
    _fix_point(store, [rule])
    seconds = time.perf_counter() - at
    pairs = store.quads_for_pattern(None, NamedNode(AXIS + "partOf"), None, None)
    return {"seconds": seconds, "facts": sum(1 for _ in pairs)}


# 10,000 supports each way


def supports_axiskg(path: Path, size: int) -> Figure:
    flat = parse_rule(
        "#+ label: Mutual backing\n#+ description: written flat\n#+ category: benchmark\n"
        f"PREFIX axis: <{AXIS}>\nCONSTRUCT {{ ?a axis:mutuallyBacks ?b }} WHERE {{"
        " ?a axis:fullyBacks ?x . ?x axis:heldBy ?b . ?b axis:fullyBacks ?y . ?y axis:heldBy ?a }",
        Path("flat.rq"),
    )
    with Reasoner.from_nquads(path, [flat], limits=LIMITS, owl=PLAIN) as reasoner:
        at = time.perf_counter()
        run = reasoner.run()
        seconds = time.perf_counter() - at
        rows = sum(n for name, n in run.sizes().items() if name.startswith("derivations"))
        key = (f"{ENT}a", f"{AXIS}mutuallyBacks", f"{ENT}b")
        proof_s = _timed(lambda: run.proof(*key))
        others = run.proof(*key).root.alternatives  # type: ignore[union-attr]
    return {
        "seconds": seconds,
        "facts": 2,
        "notes": f"{rows:,} derivation rows; a proof in {1000 * proof_s:.0f} ms, and {others:,}"
        " other ways",
    }


def write_supports(path: Path, size: int) -> None:
    """Two actors that back `size` positions of each other, one statement each."""
    lines: list[str] = []
    for one, other in (("a", "b"), ("b", "a")):
        for n in range(size):
            position, st = f"<{ENT}p-{other}-{n}>", f"<urn:st:{one}{n}>"
            lines += [
                f"<{ENT}{one}> <{AXIS}fullyBacks> {position} {st} .",
                f"{position} <{AXIS}heldBy> <{ENT}{other}> <{ENTITIES_GRAPH}> .",
            ]
            facts = (
                (f"<{PREFIXES['rdf']}type>", "Statement"),
                (f"<{AXIS}standing>", "Accepted"),
                (f"<{AXIS}modality>", "Fact"),
                (f"<{AXIS}likelihood>", "Certain"),
            )
            lines += [f"{st} {p} <{AXIS}{o}> <{PROVENANCE_GRAPH}> ." for p, o in facts]
    row = "<urn:bench:row>"
    graph = f"<{ONTOLOGY_GRAPH}> ."
    lines += [
        f"{row} <{AXIS}inTable> <{AXIS}DefaultConfidence> {graph}",
        f"{row} <{AXIS}forModality> <{AXIS}Fact> {graph}",
        f"{row} <{AXIS}forLikelihood> <{AXIS}Certain> {graph}",
        f'{row} <{AXIS}confidence> "1.0"^^<{PREFIXES["xsd"]}decimal> {graph}',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# the other engines


def _plain(path: Path) -> Store:
    """The triples of statements and entities in a default graph."""
    store = Store()
    outside = {PROVENANCE_GRAPH, ONTOLOGY_GRAPH}
    store.bulk_extend(
        Quad(q.subject, q.predicate, q.object)
        for q in parse(path=str(path), format=RdfFormat.N_QUADS)
        if getattr(q.graph_name, "value", "") not in outside
    )
    return store


def _fix_point(store: Store, rules: Iterable[RuleFile]) -> None:
    """Each stratum (first letter of the name) until nothing is new."""
    for _, group in groupby(sorted(rules, key=lambda r: r.name), key=lambda r: r.name[0]):
        files = list(group)
        size = -1
        while size != len(store):
            size = len(store)
            for file in files:
                update = file.text.replace("CONSTRUCT", "INSERT", 1)
                store.update(update)


def _nemo(path: Path, rules: Iterable[Rule]) -> Figure:
    import nmo_python

    names: dict[Relation, str] = {}
    fresh = count()

    def name(relation: Relation) -> str:
        return names.setdefault(relation, f"r{len(names)}")

    def term(value: Term) -> str:
        return f"?{value.name.lstrip('_')}" if isinstance(value, Var) else f"<{value.text}>"

    def atom(value: Atom) -> str:
        return f"{name(value.relation)}({term(value.s)}, {term(value.o)})"

    lines: list[str] = []
    for rule in rules:
        body = [atom(a) for a in rule.atoms]
        for test in rule.tests:
            assert isinstance(test, Compare)
            body.append(f"{term(test.left)} {test.op} {term(test.right)}")
        outer = {v for a in rule.atoms for v in variables_of(a.s, a.o)}
        for absent in rule.absent:
            inner = {v for a in absent.atoms for v in variables_of(a.s, a.o)}
            head = f"absent{next(fresh)}({', '.join(map(term, sorted(inner & outer)))})"
            lines.append(f"{head} :- {', '.join(map(atom, absent.atoms))}.")
            body.append(f"~{head}")
        lines.append(f"{atom(rule.head)} :- {', '.join(body)}.")
    kind = PREFIXES["rdf"] + "type"
    facts = []
    outside = {PROVENANCE_GRAPH, ONTOLOGY_GRAPH}
    for q in parse(path=str(path), format=RdfFormat.N_QUADS):
        if getattr(q.graph_name, "value", "") in outside:
            continue
        s, p, o = q.subject.value, q.predicate.value, q.object.value  # type: ignore[union-attr]
        relation = Relation(Kind.CLASS, o) if p == kind else Relation(Kind.PROPERTY, p)
        facts.append(f"{name(relation)}(<{s}>, <{o}>).")
    program = nmo_python.load_string("\n".join(facts + lines))
    engine = nmo_python.NemoEngine(program)
    at = time.perf_counter()
    engine.reason()
    seconds = time.perf_counter() - at
    heads = [n for r, n in names.items() if r.kind is not Kind.HELPER]
    # counted afterwards: reading results is no part of the reasoning
    counts = {n: sum(1 for _ in engine.result(n)) for n in heads}
    return {
        "seconds": seconds,
        "facts": sum(count for n, count in counts.items() if _is_idb(n, lines)),
        "everything": sum(counts.values()),
        "notes": "reasoning alone, without parsing",
    }


def _is_idb(name: str, lines: list[str]) -> bool:
    return any(line.startswith(f"{name}(") for line in lines)


CASES: dict[str, tuple[Callable[[Path, int], None], dict[str, Callable[[Path, int], Figure]]]] = {
    "domain": (
        write_domain,
        {"axiskg": domain_axiskg, "nemo": domain_nemo, "sparql": domain_sparql},
    ),
    "owl": (
        write_owl,
        {
            "axiskg": owl_axiskg,
            "nemo": owl_nemo,
            "reasonable": owl_reasonable,
            "owlrl": owl_owlrl,
        },
    ),
    "chain": (
        lambda path, size: write_edges(path, "chain", size),
        {"axiskg": closure_axiskg, "nemo": closure_nemo, "sparql": closure_sparql},
    ),
    "dag": (
        lambda path, size: write_edges(path, "dag", size),
        {"axiskg": closure_axiskg, "nemo": closure_nemo, "sparql": closure_sparql},
    ),
    "supports": (write_supports, {"axiskg": supports_axiskg}),
    "article": (write_article, {"axiskg": article_axiskg}),
}
"""For each case, how its graph is written and which engines run it."""
