"""The analyst's questions, asked of one state of a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Final

from pyoxigraph import Literal, NamedNode

from axiskg.errors import NotFoundError, ParameterError
from axiskg.namespaces import PREFIXES, SRC, expand
from axiskg.reasoning import alignment, balance, mutual, networks
from axiskg.reasoning.actors import Directory
from axiskg.reasoning.alignment import Alignment, Overview
from axiskg.reasoning.balance import Balance, Web
from axiskg.reasoning.citations import citations, heads
from axiskg.reasoning.counter_evidence import counter_evidence, unaccepted_ties
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.explanations import Explanation, Lacking, explanation_of, lacking_of
from axiskg.reasoning.findings import Findings
from axiskg.reasoning.generations import Opened, open_reasoner
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.mutual import MutualBacking
from axiskg.reasoning.networks import Network
from axiskg.reasoning.questions import asked_of
from axiskg.reasoning.scenarios import ScenarioCard, scenario_cards
from axiskg.reasoning.selection import Assumption, Selection
from axiskg.reasoning.values import Actor, Asked, Citation, short
from axiskg.reasoning.what_if import (
    Change,
    Difference,
    Ground,
    Resolved,
    check_possible,
    difference_of,
    resolved,
)
from axiskg.settings import Settings
from axiskg.store.protocol import Store

__all__ = ["Analysis"]

BASE: Final = Asked(timeless=True)
"""The question without parameters: the author's word, at any time, no scenario."""

MAX_FINDINGS: Final = 16
"""How many runs are kept for the next question under the same parameters."""


def selection_of(asked: Asked, possibly: bool, settings: Settings) -> Selection:
    """The choice of statements that a question asks for, weighed as the settings say."""
    return Selection(
        semiring=settings.semiring,
        confidence_table=expand(settings.confidence_table),
        view=asked.view,
        as_of=asked.as_of,
        possibly=possibly,
        scenario=asked.scenario,
        min_confidence=asked.min_confidence,
    )


def _changed(selection: Selection, change: Resolved) -> Selection:
    return replace(
        selection,
        add=frozenset(Assumption(*triple) for triple in change.added),
        remove=change.removed,
        deny=change.denied,
    )


class Analysis:
    """Answers over one state of a store; make a new one after the store has changed.

    Nothing is read before the first question. May be used from several threads.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._queries_dir = settings.queries_dir
        self._settings = settings
        self._lock = Lock()
        self._findings: dict[tuple[Asked, bool], Findings] = {}

    @cached_property
    def directory(self) -> Directory:
        """The names of people, states and places in this store."""
        return Directory(self._store, self._queries_dir)

    @cached_property
    def _opened(self) -> Opened:
        return open_reasoner(self._store, self._settings)

    @property
    def _reasoner(self) -> Reasoner:
        return self._opened.reasoner

    @property
    def origin(self) -> str:
        """Where the conclusions come from, in words: a file that was kept, or drawn anew."""
        return self._opened.origin

    def asked(
        self,
        *,
        as_of: str | date | None = None,
        view: str | None = None,
        scenario: str | None = None,
        min_confidence: float | None = None,
    ) -> Asked:
        """The parameters of a question, checked and with names resolved.

        Raises `ParameterError` for a bad date, view or confidence, `NotFoundError` for a name.
        """
        return asked_of(
            self.directory,
            as_of=as_of,
            view=view,
            scenario=scenario,
            min_confidence=min_confidence,
        )

    def findings(self, asked: Asked = BASE, *, possibly: bool = False) -> Findings:
        """What the rules find under a question; with a date, what holds surely or possibly."""
        key = (asked, possibly and asked.as_of is not None)
        with self._lock:
            found = self._findings.get(key)
            if found is None:
                found = self._found(selection_of(*key, self._settings))
                while len(self._findings) >= MAX_FINDINGS:
                    del self._findings[next(iter(self._findings))]
                self._findings[key] = found
        return found

    def _found(self, selection: Selection) -> Findings:
        run = self._reasoner.run(selection)
        return Findings(self._store, self._queries_dir, self.directory, run)

    def _actors(self, a: str, b: str) -> tuple[Actor, Actor]:
        first, second = self.directory.entity(a, "a"), self.directory.entity(b, "b")
        if first == second:
            raise ParameterError("b", f"another actor than {first.slug}", repr(b))
        return first, second

    def mutual_backing(self, a: str, b: str, asked: Asked = BASE) -> MutualBacking:
        """Whether two actors back each other, how, how unevenly, and what speaks against it."""
        first, second = self._actors(a, b)
        surely, possibly = self.findings(asked), self.findings(asked, possibly=True)
        return mutual.mutual_backing_of(
            first,
            second,
            surely=surely,
            possibly=possibly,
            counter_evidence=counter_evidence(possibly, first.iri, second.iri, "mutuallyBacks"),
            asked=asked,
        )

    def alignment(self, a: str, b: str, asked: Asked = BASE) -> Alignment:
        """How two actors are aligned: links, paths, and what speaks against it."""
        first, second = self._actors(a, b)
        surely, possibly = self.findings(asked), self.findings(asked, possibly=True)
        return alignment.alignment_of(
            first,
            second,
            surely=surely,
            possibly=possibly,
            not_counted=unaccepted_ties(possibly, first.iri, second.iri),
            counter_evidence=counter_evidence(
                possibly, first.iri, second.iri, "indirectlyAlignedWith"
            ),
            asked=asked,
        )

    def overview(self, a: str, asked: Asked = BASE) -> Overview:
        """All actors that one has anything in common with."""
        return alignment.overview_of(
            self.directory.entity(a, "a"),
            surely=self.findings(asked),
            possibly=self.findings(asked, possibly=True),
            asked=asked,
        )

    def balance(self, asked: Asked = BASE) -> Balance:
        """The signed ties and the triads that they form."""
        return balance.balance_of(self.findings(asked, possibly=True), asked)

    def web(self, a: str, b: str, asked: Asked = BASE) -> Web:
        """Whom two actors both reach."""
        first, second = self._actors(a, b)
        return balance.web_of(self.findings(asked, possibly=True), first.iri, second.iri, asked)

    def network(self, asked: Asked = BASE) -> Network:
        """All links between all actors."""
        return networks.network_of(self.findings(asked, possibly=True), asked)

    def scenarios(self) -> tuple[ScenarioCard, ...]:
        """The scenarios of the text."""
        return scenario_cards(self._store, self._queries_dir)

    def explain(
        self, subject: str, relation: str, object_: str, asked: Asked = BASE, *, max_proofs: int = 1
    ) -> Explanation:
        """Why a triple holds: its lowest proofs, down to statements and their places.

        Raises `NotFoundError` when it does not hold, with the way to ask why not.
        """
        triple = self.directory.triple(subject, relation, object_, ("s", "p", "o"))
        findings = self.findings(asked, possibly=True)
        return explanation_of(
            findings,
            triple,
            asked,
            max_proofs=max_proofs,
            counter_evidence=counter_evidence(findings, triple[0], triple[2], short(triple[1])),
        )

    def why_not(self, subject: str, relation: str, object_: str, asked: Asked = BASE) -> Lacking:
        """Why a triple does not hold: the nearest rules, the premise that each lacks, and the
        statements that say it without being accepted."""
        triple = self.directory.triple(subject, relation, object_, ("s", "p", "o"))
        return lacking_of(self.findings(asked, possibly=True), triple, asked)

    def what_if(self, change: Change, asked: Asked = BASE) -> Difference:
        """What a scenario (`asked.scenario`), a change, or both would change.

        Compared with the same view, day and confidence without them. Raises `ParameterError` or
        `NotFoundError` for what can't be supposed.
        """
        if change.is_empty and asked.scenario is None:
            raise ParameterError(
                "scenario", "a scenario, or something to add, remove or negate", "nothing to change"
            )
        base = self.findings(asked.model_copy(update={"scenario": None}), possibly=True)
        ground = self._ground(self.findings(asked, possibly=True))
        supposed = self._found(
            _changed(
                selection_of(asked, asked.as_of is not None, self._settings),
                resolved(change, ground),
            )
        )
        if change.add:
            check_possible(base, supposed)
        return difference_of(base, supposed, ground, self.scenarios(), change, asked)

    def _ground(self, findings: Findings) -> Ground:
        def head(statement: str) -> tuple[str, str, str]:
            return heads(self._store, self._queries_dir, [statement])[statement]

        return Ground(
            directory=self.directory,
            head=head,
            stating=lambda triple: findings.run.supports(*triple),
            concluded=frozenset(r.name for r in self._reasoner.program.concluded()),
        )

    def statements(
        self,
        *,
        entity: str | None = None,
        paragraph: int | None = None,
        source: str | None = None,
    ) -> tuple[Citation, ...]:
        """The statements that mention an entity, or those of a paragraph, whatever their standing.

        `source` (a slug or IRI) leaves only those of one source. Raises `NotFoundError` for an
        unknown entity or source and for a paragraph without statements, `ParameterError` when
        both or neither of entity and paragraph are given.
        """
        if (entity is None) == (paragraph is None):
            raise ParameterError("entity", "either an entity or a paragraph", "both or neither")
        if entity is not None:
            node = NamedNode(self.directory.entity(entity).iri)
            found = rows(self._store, self._queries_dir, "statements-mentioning", node=[node])
        else:
            number = Literal(str(paragraph), datatype=NamedNode(PREFIXES["xsd"] + "integer"))
            found = rows(
                self._store, self._queries_dir, "statements-of-paragraph", paragraph=[number]
            )
        iris = {row["statement"].value for row in found if isinstance(row["statement"], NamedNode)}
        cited = tuple(citations(self._store, self._queries_dir, iris).values())
        if source is not None:
            wanted = source if ":" in source else SRC + source
            cited = tuple(citation for citation in cited if citation.source == wanted)
        if not cited and paragraph is not None:
            raise NotFoundError(f"paragraph {paragraph} has no statements; `axiskg coverage` lists")
        return cited
