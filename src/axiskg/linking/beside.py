"""Words beside names: which of them make a longer name, and which leave it as it is.

All in lower case, in English.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "BEGINNINGS",
    "BODIES",
    "CALENDAR",
    "COMPANIES",
    "DIRECTIONS",
    "FIELDS",
    "OFFICES",
    "ORGANS",
    "POLITIES",
    "SMALL",
    "STATELY",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OFFICES: Final = _words(
    """
    mr mrs ms dr sir lord lady president presidents premier vice deputy minister ministers
    ministry king queen prince princess emir emperor tsar czar sultan shah pope chancellor
    secretary chairman chairwoman chair speaker senator senators sen rep representative
    representatives congressman congresswoman governor gov mayor leader leaders chief
    general gen admiral marshal colonel col major captain ambassador envoy diplomat
    commissioner spokesman spokeswoman spokesperson director comrade judge government
    governments parliament congress senate army navy military embassy consulate acting
    former then ex-president administration treasury delegation officials official lawmakers
    authorities editor correspondent analyst professor cabinet council cardinal archbishop
    patriarch imam ayatollah crown dictator strongman
    """
)
"""Words before or after a name that say who or what of it is meant, and leave it as it is."""

POLITIES: Final = _words(
    """
    republic state states kingdom federation commonwealth union emirate sultanate
    principality dominion people peoples government south north east west islands
    """
)
"""What a state is called in its full name."""

FIELDS: Final = _words(
    """
    foreign prime defense defence finance interior trade energy justice health
    """
)
"""What an office is of: foreign, prime. The Ukraine Defense Contact Group is none."""

ORGANS: Final = _words(
    """
    council court assembly chamber forces guard embassy
    """
)
"""Parts of governments: the Supreme Council of Ukraine is of Ukraine."""

CALENDAR: Final = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april
    may june july august september october november december christmas easter
    """
)
"""Days and months, which have capitals in English."""

COMPANIES: Final = _words(
    "inc co corp ltd plc llc spa ag sa nv gmbh associates partners brothers sons"
)
"""How the names of firms end: Sons Ltd of Leeds is in Leeds."""

DIRECTIONS: Final = _words(
    """
    northern southern eastern western central northeastern northwestern southeastern
    southwestern north-eastern north-western south-eastern south-western mainland modern
    present-day
    """
)
"""What tells of a part of a country, and leaves its name as it is."""

SMALL: Final = _words(
    """
    a an the this that these those his her its their our my your and or but nor so yet for
    of in on at by to from with without within into onto upon over under above below between
    among amid against across after before since until till while when whenever where
    wherever whether if unless although though because as like unlike than both either
    neither not no yes all any some many most much more few several each every another other
    such what which who whose whom how why then thus hence here there now once twice never
    ever even only just also still again perhaps maybe despite beyond behind beside besides
    near around along through throughout toward towards off out up down per via versus
    except including is was are were be been has had have do does did can could will would
    shall should may might must let
    """
)
"""Words that are written small but for where they open a sentence."""

STATELY: Final = _words(
    """
    people's liberation revolutionary communist coast air central supreme federal national
    security intelligence general special human high member charter commission summit secretary
    secretary-general foreign prime defense defence space cyber border
    """
)
"""What begins the names of organs of a state or of a body between states: People's, Supreme."""

BEGINNINGS: Final = _words(
    """
    air radio bank hotel united free young
    south north east west new old san santa sao saint st port fort lake mount mt cape gulf
    bay isle little great greater lower upper inner outer equatorial papua el la los las le
    nova american british french dutch belgian german italian spanish portuguese russian
    chinese japanese turkish ottoman soviet austro african asian european native
    """
)
"""What begins longer names, also where it opens a sentence."""

BODIES: Final = _words(
    """
    organization organisation agency corporation network bank university college institute
    school academy times voice church cathedral museum order gulf strait straits sea bay
    lake mount cape isle isles port treaty peace battle siege congress convention
    declaration protocol statue tower house daily society association club federation
    league festival
    """
)
"""What has a name with "of" and another name in it: the Bank of China, the Gulf of Mexico."""
