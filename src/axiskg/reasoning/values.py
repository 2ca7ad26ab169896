"""What the analysis answers with: frozen values that are also the JSON of the CLI and of HTTP.

Actors, issues and actions appear as slugs (`china`), properties and concepts as local names
(`fullyBacks`), statements as IRIs, and things outside AxisKG's namespaces as IRIs.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from axiskg.namespaces import AXIS, ENT, SCN

__all__ = ["Actor", "Asked", "Citation", "Counter", "Value", "clause", "short", "spoken"]

_SHORTENED: Final = (ENT, AXIS, SCN)


def short(iri: str) -> str:
    """The slug or local name of an IRI of AxisKG's own, else the IRI.

    >>> short("https://w3id.org/axiskg/entity/china")
    'china'
    """
    for namespace in _SHORTENED:
        if iri.startswith(namespace):
            return iri[len(namespace) :]
    return iri


def spoken(name: str) -> str:
    """A property's local name as words.

    >>> spoken("plansAllianceWith")
    'plans alliance with'
    """
    return re.sub(r"(?<=[a-z])[A-Z]", lambda m: f" {m[0].lower()}", name)


_IS: Final = frozenset(
    {
        *("adverseTo", "closeTo", "coordinatedWith", "directlyTiedTo", "foundedBy", "heldBy"),
        *("frustratedWith", "hostileTo", "keyTo", "locatedIn", "near", "openTo", "partOf"),
        *("reluctantToAlignWith", "skepticalOf", "suspiciousOf", "unaccommodatingToward"),
        *("waryOf", "worriedAbout"),
    }
)
_IS_A: Final = frozenset(
    {
        *("counterweightTo", "dominantSupplierTo", "foundationFor", "leaderOf", "memberOf"),
        *("militaryPartnerOf", "partnerOf", "rivalOf", "tradingPartnerOf"),
    }
)
_OTHERWISE: Final = {
    "allianceWith": "is allied with",
    "carriedOutBy": "is the work of",
    "hasPurpose": "with the purpose of",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "is a",
    "transformedInto": "has turned into",
}


def clause(subject: str, relation: str, object_: str) -> str:
    """A triple as a clause, from names that people read and the property's local name.

    >>> clause("the West", "unaccommodatingToward", "China"), clause("aid", "occurs", "true")
    ('the West is unaccommodating toward China', 'aid occurs')
    """
    verb = _OTHERWISE.get(relation, spoken(relation))
    if relation in _IS or relation in _IS_A:
        verb = f"{'is a' if relation in _IS_A else 'is'} {verb}"
    return f"{subject} {verb}" if object_ == "true" else f"{subject} {verb} {object_}"


class Value(BaseModel):
    """A frozen value whose `model_dump(mode="json")` is its JSON."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="null")


class Actor(Value):
    """An entity that a question names."""

    slug: str
    iri: str
    label: str


class Asked(Value):
    """Under which choice of statements a question was answered."""

    view: str = "author"
    as_of: date | None = None
    scenario: str | None = None
    min_confidence: float = 0.0
    timeless: bool = Field(
        description="True without `as_of`: each premise holds at some time, perhaps not together."
    )


class Citation(Value):
    """A statement with its place in the source, as evidence."""

    statement: str
    source: str | None = None
    paragraph: int | None = None
    sentence: int | None = None
    subject: str
    relation: str
    object: str
    modality: str
    likelihood: str
    polarity: str
    expression: str
    standing: str
    voice: str | None = None
    asserted_by: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    attitude: tuple[str, ...] = ()
    condition: tuple[str, ...] = ()
    valid_time: str | None = Field(default=None, description="EDTF, as encoded.")
    earliest_begin: date | None = None
    latest_begin: date | None = None
    earliest_end: date | None = None
    latest_end: date | None = None
    paraphrase: str | None = None

    @property
    def passage(self) -> str:
        """The place as people write it, like `p14.2`: paragraph 14, sentence 2."""
        return f"p{self.paragraph}.{self.sentence}"


class Counter(Citation):
    """A statement that speaks against a conclusion, and in what way."""

    kind: str = Field(
        description="reservation, denied, weakening, feared, doubtful, hostile, friendly or"
        " group-held-back"
    )
    against: str = Field(description="The conclusion that it speaks against.")
    why: str = Field(description="The same in words.")
