"""The analyst's questions over HTTP: `/api/mutual-backing`, `/api/alignment` and their kin.

Every answer is one of the frozen values of `axiskg.reasoning`, so that HTTP, the command line and
Python say the same. The work is done in threads; one `Analysis` serves a generation of the store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse

from axiskg.errors import ParameterError
from axiskg.reasoning.alignment import Alignment, Overview
from axiskg.reasoning.analysis import Analysis
from axiskg.reasoning.balance import Balance, Web
from axiskg.reasoning.explanations import Explanation, Lacking
from axiskg.reasoning.mutual import MutualBacking
from axiskg.reasoning.networks import Network
from axiskg.reasoning.scenarios import ScenarioCard
from axiskg.reasoning.values import Asked, Citation
from axiskg.reasoning.what_if import Change, Difference
from axiskg.server.analyses import analysis_of
from axiskg.server.parameters import only_known

__all__ = ["router"]


router = APIRouter(prefix="/api", tags=["reasoning"], dependencies=[Depends(only_known)])

T = TypeVar("T")
Name = Annotated[str, Query(description="A slug, IRI, Wikidata id or name.", examples=["china"])]


@dataclass(frozen=True, slots=True)
class Shared:
    """The parameters that all questions share."""

    as_of: Annotated[
        str | None,
        Query(description="A day; surely and possibly are told apart.", examples=["2023-09-15"]),
    ] = None
    view: Annotated[
        str | None,
        Query(
            description="Whose word counts: author, all, according-to NAME, perceptions-of NAME."
        ),
    ] = None
    scenario: Annotated[
        str | None, Query(description="A scenario whose antecedents and consequents are assumed.")
    ] = None
    min_confidence: Annotated[
        float | None, Query(description="Leave out statements of less confidence, from 0 to 1.")
    ] = None

    def asked(self, analysis: Analysis) -> Asked:
        """The parameters, checked. Raises `ParameterError` and `NotFoundError`."""
        return analysis.asked(
            as_of=self.as_of,
            view=self.view,
            scenario=self.scenario,
            min_confidence=self.min_confidence,
        )


Common = Annotated[Shared, Depends()]


async def _answer(request: Request, ask: Callable[[Analysis], T]) -> T:
    return await run_in_threadpool(lambda: ask(analysis_of(request.app.state)))


@router.get("/mutual-backing")
async def mutual_backing(
    request: Request,
    common: Common,
    a: Name,
    b: Name,
) -> MutualBacking:
    """Whether two actors back each other: per direction the issues, the manner and the evidence."""
    return await _answer(
        request,
        lambda analysis: analysis.mutual_backing(a, b, common.asked(analysis)),
    )


@router.get("/alignment")
async def alignment(
    request: Request,
    common: Common,
    a: Name,
    b: Annotated[str | None, Query(description="Without it: all others.")] = None,
) -> Alignment | Overview:
    """How two actors are aligned, or all that one is aligned with: a vector with its evidence."""

    def ask(analysis: Analysis) -> Alignment | Overview:
        asked = common.asked(analysis)
        return analysis.overview(a, asked) if b is None else analysis.alignment(a, b, asked)

    return await _answer(request, ask)


@router.get(
    "/explain",
    responses={200: {"content": {"text/plain": {}, "text/turtle": {}, "text/vnd.mermaid": {}}}},
    response_model=Explanation,
)
async def explain(
    request: Request,
    common: Common,
    s: Name,
    p: Annotated[str, Query(description="A property, like mutuallyBacks.")],
    o: Name,
    proofs: Annotated[int, Query(ge=1, le=100, description="How many proofs at most.")] = 1,
    form: Annotated[
        Literal["json", "text", "mermaid", "prov"],
        Query(alias="format", description="The form of the explanation."),
    ] = "json",
) -> Explanation | Response:
    """Why a triple holds: proofs down to statements, passages and source."""
    found = await _answer(
        request,
        lambda analysis: analysis.explain(s, p, o, common.asked(analysis), max_proofs=proofs),
    )
    if form == "text":
        return PlainTextResponse(found.text)
    if form == "mermaid":
        return PlainTextResponse(found.mermaid, media_type="text/vnd.mermaid")
    if form == "prov":
        return PlainTextResponse(found.prov, media_type="text/turtle")
    return found


@router.get("/why-not")
async def why_not(
    request: Request,
    common: Common,
    s: Name,
    p: Annotated[str, Query(description="A property, like mutuallyBacks.")],
    o: Name,
) -> Lacking:
    """Why a triple does not hold: the nearest rules, and what each lacks."""
    return await _answer(
        request,
        lambda analysis: analysis.why_not(s, p, o, common.asked(analysis)),
    )


@router.get("/what-if")
async def what_if(
    request: Request,
    common: Common,
    add: Annotated[
        list[str] | None, Query(description="Triples to assume, like `iran memberOf brics`.")
    ] = None,
    remove: Annotated[list[str] | None, Query(description="Statements to leave out.")] = None,
    negate: Annotated[
        list[str] | None, Query(description="Statements or triples to take as untrue.")
    ] = None,
) -> Difference:
    """What a scenario, or a change of your own, would change; the store is not touched."""
    change = Change(add=tuple(add or ()), remove=tuple(remove or ()), negate=tuple(negate or ()))
    return await _changed(request, change, common)


@router.post("/what-if")
async def what_if_of(
    request: Request,
    common: Common,
    change: Change,
) -> Difference:
    """The same with the change as a JSON body."""
    return await _changed(request, change, common)


async def _changed(request: Request, change: Change, common: Shared) -> Difference:
    return await _answer(
        request,
        lambda analysis: analysis.what_if(change, common.asked(analysis)),
    )


@router.get("/statements")
async def statements(
    request: Request,
    entity: Annotated[str | None, Query(description="Statements that mention it.")] = None,
    paragraph: Annotated[int | None, Query(ge=1, description="Its number in the source.")] = None,
    source: Annotated[str | None, Query(description="The slug of a source.")] = None,
) -> list[Citation]:
    """The statements that mention an entity, or stand in a paragraph, whatever their standing."""
    if (entity is None) == (paragraph is None):
        raise ParameterError("entity", "either entity or paragraph", "both or neither")
    return await _answer(
        request,
        lambda analysis: list(
            analysis.statements(entity=entity, paragraph=paragraph, source=source)
        ),
    )


@router.get("/scenarios")
async def scenarios(request: Request) -> list[ScenarioCard]:
    """The scenarios with what triggers them and what would follow."""
    return await _answer(request, lambda analysis: list(analysis.scenarios()))


@router.get("/balance")
async def balance(
    request: Request,
    common: Common,
) -> Balance:
    """The triads of signed ties, and which of them are balanced."""
    return await _answer(
        request,
        lambda analysis: analysis.balance(common.asked(analysis)),
    )


@router.get("/influence")
async def influence(
    request: Request,
    common: Common,
    a: Name,
    b: Name,
) -> Web:
    """Whom two actors both reach, through institutions that they founded, ties or arms."""
    return await _answer(
        request,
        lambda analysis: analysis.web(a, b, common.asked(analysis)),
    )


@router.get("/network")
async def network(
    request: Request,
    common: Common,
) -> Network:
    """All links between all actors, with dates: nodes and edges for a network tool."""
    return await _answer(
        request,
        lambda analysis: analysis.network(common.asked(analysis)),
    )
