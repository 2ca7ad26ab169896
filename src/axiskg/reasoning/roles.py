"""Roles of actors in institutions, weighed as the ontology says.

A property with `axis:roleName` and `axis:roleWeight` makes its subject something in an institution:
an invitee is no member, an applicant less. Who wants other weights changes them there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from axiskg.errors import ConfigError
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.values import short
from axiskg.store.protocol import Store

__all__ = ["MEMBER", "Role", "role_weights"]

MEMBER: Final = "memberOf"
"""One side of a link through an institution is its member at least."""


class Role(NamedTuple):
    """A role by its property, with its name and its weight, above 0 and at most 1."""

    property: str
    name: str
    weight: float


def role_weights(store: Store, queries_dir: Path) -> tuple[Role, ...]:
    """The roles of the ontology, heaviest first.

    Raises `ConfigError` when it weighs no membership, or a weight is out of bounds.
    """
    found = []
    for row in rows(store, queries_dir, "role-weights"):
        property_, name, weight = row["property"], row["role"], row["weight"]
        assert isinstance(property_, NamedNode)
        assert isinstance(name, Literal)
        assert isinstance(weight, Literal)
        try:
            number = float(weight.value)
        except ValueError:
            number = -1.0
        if not 0 < number <= 1:
            raise ConfigError(
                f"axis:roleWeight of axis:{short(property_.value)} is {weight.value!r}, not above 0"
                " and at most 1: mend it in the ontology and build again"
            )
        found.append(Role(short(property_.value), name.value, number))
    if MEMBER not in {role.property for role in found}:
        raise ConfigError(
            "the ontology in this store gives axis:memberOf no axis:roleName and axis:roleWeight,"
            " so links through institutions can't be weighed: add them to your ontology, or run"
            " `axiskg build` with AxisKG's own"
        )
    return tuple(found)
