"""The keys of the authoring form: their order, long names, values and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = [
    "ATTITUDES",
    "BASES",
    "BLOCKS",
    "EXPRESSIONS",
    "LIKELIHOODS",
    "MODALITIES",
    "POLARITIES",
    "SLUG",
    "Block",
    "FieldSpec",
    "canonical_key",
]

MODALITIES: Final = ("Fact", "Claim", "Perception", "Assessment", "Prediction", "Hypothesis")
LIKELIHOODS: Final = ("Certain", "Likely", "Possible", "Unlikely", "Undetermined")
POLARITIES: Final = ("Affirmed", "Negated")
EXPRESSIONS: Final = ("Explicit", "Presupposed", "Implied")
ATTITUDES: Final = ("Believes", "Fears", "Expects", "Wants")
BASES: Final = ("Stated", "Resolved")

SLUG: Final = "[a-z][a-z0-9]*(-[a-z0-9]+)*"
_STATEMENT: Final = "p[0-9]+\\.[a-z0-9]+"
_PLACE: Final = "[0-9]+:.+"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One key: what it means, its long names, what it takes.

    `pattern` is of the whole value; `many` takes several; `listed` is written as a list always.
    """

    meaning: str
    long: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    many: bool = False
    listed: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """The keys of one kind of line, in the order in which they are written."""

    fields: MappingProxyType[str, FieldSpec]

    @property
    def names(self) -> tuple[str, ...]:
        """All keys, long names too."""
        return (*self.fields, *(long for spec in self.fields.values() for long in spec.long))


def canonical_key(block: Block, key: str) -> str | None:
    """The short form of a key, or None when the block has no such key."""
    if key in block.fields:
        return key
    return next((short for short, spec in block.fields.items() if key in spec.long), None)


def _block(**fields: FieldSpec) -> Block:
    return Block(MappingProxyType({k.rstrip("_").replace("_", "-"): v for k, v in fields.items()}))


def _names(meaning: str, *long: str) -> FieldSpec:
    return FieldSpec(meaning, long=long, pattern=SLUG, many=True, listed=True)


def _role(meaning: str) -> FieldSpec:
    return FieldSpec(meaning, pattern=_STATEMENT, many=True, listed=True)


BLOCKS: Final = MappingProxyType(
    {
        "curation": _block(
            by=FieldSpec("who encodes: an entity slug", pattern=SLUG, required=True),
            at=FieldSpec("when, as an xsd:dateTime with its zone", required=True),
        ),
        "node": _block(
            a=FieldSpec("its classes", many=True),
            label=FieldSpec("its English name; without it the slug in words"),
            alt=FieldSpec("further names", many=True, listed=True),
            say=FieldSpec("what identifies it: properties and objects, as in a statement"),
            own=FieldSpec("a definition in own words"),
            note=FieldSpec("the encoder's reason"),
        ),
        "scenario": _block(
            label=FieldSpec("its English name"),
            if_=_role("antecedents, which all hold together"),
            not_=_role("negated antecedents"),
            then=_role("consequents"),
            even_if=_role("concessions: what makes no difference"),
            follows=FieldSpec("the scenario whose outcome this one starts from", many=True),
            broader=FieldSpec("the scenario of which this is an example", many=True),
            note=FieldSpec("the encoder's reason"),
        ),
        "statement": _block(
            id=FieldSpec("its letter in the paragraph", pattern="[a-z0-9]+", required=True),
            at=FieldSpec(
                'its place, "sentence:begin-end" in code points of the sentence, or a typed anchor'
                ' "sentence: first words ... last words"',
                pattern=_PLACE,
                required=True,
            ),
            also=FieldSpec("further places", pattern=_PLACE, many=True, listed=True),
            say=FieldSpec("its triples, the head first", required=True),
            time=FieldSpec("when it holds or happened, EDTF", long=("validTime",)),
            basis=FieldSpec("whence the time", long=("timeBasis",), choices=BASES),
            mod=FieldSpec("its modality; default Fact", long=("modality",), choices=MODALITIES),
            by=_names(
                "who asserts it, where not the asserter of the file", "asserter", "assertedBy"
            ),
            via=_names("who passes it on, where not the author", "reporter", "reportedBy"),
            held=_names("whose view it is", "holder", "heldBy"),
            lik=FieldSpec(
                "its likelihood; default Certain", long=("likelihood",), choices=LIKELIHOODS
            ),
            pol=FieldSpec("its polarity; default Affirmed", long=("polarity",), choices=POLARITIES),
            expr=FieldSpec(
                "how it is expressed; default Explicit",
                long=("expression",),
                choices=EXPRESSIONS,
            ),
            att=FieldSpec("the attitude of a perception", long=("attitude",), choices=ATTITUDES),
            liknote=FieldSpec("words of likelihood", long=("likelihoodNote",)),
            degnote=FieldSpec("words of degree", long=("degreeNote",)),
            timenote=FieldSpec("words of time", long=("timeNote",)),
            note=FieldSpec("the encoder's reason"),
            own=FieldSpec("a paraphrase in own words", long=("paraphrase",), required=True),
        ),
        "none": _block(
            at=FieldSpec(
                "the paragraph (p20) or sentence (p28.1)",
                pattern="p[0-9]+(\\.[0-9]+)?",
                required=True,
            ),
            why=FieldSpec("why it has no assertion", required=True),
        ),
    }
)
"""The kinds of line."""
