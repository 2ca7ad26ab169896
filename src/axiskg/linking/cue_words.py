"""What words say of a name that they stand around: governing, places, kinds, times.

English only. Each is a pattern for what stands before a name (it ends in `$`), after it, or
anywhere near.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "ACTS",
    "AFTER",
    "ATTRIBUTE",
    "BACKED",
    "BASED",
    "BOUND",
    "CITY",
    "DEED",
    "DEEDS",
    "FEDERAL",
    "FOREIGN",
    "GROUNDS",
    "HAPPENS",
    "IN",
    "IRREGULAR",
    "LOCATIVE",
    "MEMBERS",
    "OWNED",
    "PART",
    "PAST",
    "PLACES",
    "PRESENT",
    "REACHED",
    "REGION",
    "TAIL",
    "THE",
    "TO",
    "TOWARDS",
    "URGED",
    "VERB",
    "WATER",
    "YEAR",
]

_VERBS: Final = (
    r"said|says|warn\w*|accus\w+|denounc\w+|condemn\w*|impos\w+|sanction\w*|announc\w+|agree[ds]?"
    r"|insist\w*|demand\w*|reject\w*|oppos\w+|support\w*|back(?:s|ed|ing)|urg(?:es?|ed|ing)"
    r"|threaten\w*|negotiat\w+|sign(?:s|ed)|recogni[sz]\w+|retaliat\w+|respond\w*|seek(?:s|ing)?"
    r"|sought|want(?:s|ed)?|fear(?:s|ed)?|believ\w+|claim(?:s|ed)?|denie[sd]|deny|perceiv\w+|sees?|saw"
    r"|veto\w*|vot(?:es?|ed|ing)|decid\w+|approv\w+|pressure[ds]?|criticiz\w+|argu(?:es?|ed|ing)"
    r"|suppl(?:y|ies|ied)|expel\w*|deploy\w*|dismiss\w*|protest(?:s|ed)|summon\w*|ratif\w+|mediat\w+"
    r"|withdr[ae]w\w*|occup\w+|hold|shares?|plan(?:s|ned)?|compet\w+|cooperat\w+|quarrel\w*|annex\w*|invad\w+|ban(?:s|ned)|halt(?:s|ed)|arm(?:s|ed|ing)|vow(?:s|ed)"
    r"|pledg\w+|resum(?:es|ed)|block(?:s|ed)|propos(?:es|ed)|appl(?:ies|ied)|sided|courts|hopes"
)

ACTS: Final = re.compile(
    rf"\b({_VERBS}|polic(y|ies|ymakers)|diploma\w*|officials?"
    r"|government\w*|administration|relations?|ties|alliance\w*|all(y|ies)|rival\w*|treat(y|ies)"
    r"|talks|summit|foreign|tariffs?|trade|weapons?|arms|military|influence|position|stance"
    r"|strategy|adversar\w+|partner\w*|leaders?|minist\w+|rulers?|regime|views?|decision"
    r"|export controls|pact|sovereignty|deterrence|espionage|embargo|accession|tensions?|rift"
    r"|disputes?|deal|standoff|troops|soldiers|forces|army|navy|junta|spokes(?:man|woman|person|people)|invasion|ceasefire)\b",
    re.IGNORECASE,
)

VERB: Final = re.compile(_VERBS, re.IGNORECASE)

DEED: Final = re.compile(
    r"(?:abandon|abolish|abstain|accept|acknowledg|act|admitt|adopt|advis|aid|allow|alter|answer"
    r"|appeal|appeas|approach|arrang|arrest|assassinat|assert|assist|assur|attack|authori[sz]|avoid"
    r"|barr|bann|blacklist|blam|bluff|bolster|bomb|boycott|broker|brand|brush|call|cancel|caution|ced"
    r"|challeng|chang|cit|collaborat|commit|committ|complain|conced|conclud|confirm"
    r"|consider|consult|continu|contest|controll|coordinat|court|creat|declar|declin|defend|defi"
    r"|delay|deliver|deport|describ|designat|detain|deterr|develop|disagree|discuss|dispatch|donat"
    r"|doubl|doubt|dropp|earmark|eas|embrac|encourag|end|endors|enforc|engag|engineer|escalat"
    r"|establish|evacuat|exchang|exclud|execut|exempt|expand|expect|expell|fin|export|express|extend"
    r"|extradit|fail|favou?r|fend|financ|flout|foster|fund|grant|guarante|hack|hail|help|hesitat"
    r"|hop|ignor|impeach|import|imprison|increas|indict|inform|initiat|install|instruct|intend"
    r"|intensifi|interced|interven|invit|invok|involv|issu|jail|join|justifi|kidnapp|label|labell"
    r"|lament|launch|leas|lift|lobbi|lodg|lower|maintain|manag|meddl|mobili[sz]|modif|mov|need"
    r"|normali[sz]|notifi|object|offer|order|oust|pardon|persuad|pivot|poison|postpon|prais|press"
    r"|prefer|prepar|present|prevail|prioriti[sz]|promis|promot|provid|provok|publish|punish|purchas"
    r"|pursu|push|rais|react|rebuff|rebuk|recall|receiv|reduc|refrain|refus|regard|reimpos|reiterat"
    r"|releas|renew|renounc|reopen|replac|request|resist|resort|restor|restrict|revers"
    r"|revis|reviv|revok|ridicul|rul|sabotag|scorn|scrapp|seiz|sever|shap|shelv|shift|shipp|shunn|shelter"
    r"|signall?|silenc|smuggl|spar|spurn|stall|start|station|stepp|stopp|strengthen|stress"
    r"|subsidi[sz]|surrender|suspect|suspend|target|test|tighten|tilt|tolerat|toppl|train|transferr"
    r"|treat|trebl|tri|tripl|turn|twist|unveil|upgrad|violat|view|weaken|weigh|welcom|whipp"
    r"|yield)ed",
    re.IGNORECASE,
)
"""What governments do, or say, beside the verbs that tell of them anywhere."""

DEEDS: Final = re.compile(
    r"\s?['’]s?\s(?:[\w’'-]+\s){0,2}(?:ambitions?|claims?|demands?|support|help|aid|assistance|refusal"
    r"|insistence|threats?|warnings?|responses?|reactions?|actions?|aggression|moves?|efforts?"
    r"|plans?|proposals?|vetoe?s?|ambassadors?|envoys?|embassy|embassies|intelligence|spies|spy|agents?"
    r"|hand|hands|role|interests?|goals?|aims?|intentions?|calculus|calculations?|backing|backyard|orbit"
    r"|sphere|clients?|proxies|backers?|purchases?|friends?|friendship|enem(?:y|ies)|foes?|opponents?|exports?|imports?"
    r"|dependence|reliance|control|rule|power|leverage|grip|pressure|campaign|propaganda"
    r"|narratives?|line|version|side|eyes|mind|patience|anger|fury|displeasure|approval|consent"
    r"|blessing|permission|requests?|calls?|offers?|promises?|pledges?|commitments?|assurances?"
    r"|guarantees?|recognition|annexation|occupation|crackdown|repression|security|defen[cs]es?"
    r"|missiles?|fleet|nuclear|budget|engagement|isolation|entry|membership|seat"
    r"|presidency|offensive|war|wars|sanctions?|invasions?|attempts?|attitudes?|behaviou?r|bid"
    r"|concerns?|concessions?|conduct|contacts?|criticism|denials?|involvement|objections?|obligations?"
    r"|opposition|overtures?|posture|priorities|pursuit|reluctance|rhetoric|satellites?|silence"
    r"|sabre-rattling|tilt|tone|worries|fears?|hopes?|hostility|willingness|desire|decisions?"
    r"|meddling|interference|bombing|bombardment|attacks?|blockade|aid|loans?|investments?|delegation"
    r"|representatives?|negotiators?|bureaucra\w+|elites?|rulers?|men|man|puppets?|satraps?|choice"
    r"|strategists?|planners?|message|signals?|doctrine|grand|geopolitic\w+|belt|influence"
    r"|(?:second|first|third|top|chief|senior|most|main|only|closest|own)\b.{0,30}?\b(?:ally|partner|enemy|rival))\b"
)
"""What belongs to a government, up to three words behind its name."""

HAPPENS: Final = re.compile(
    r"(locat|situat|flood|populat|nam|crowd|cover|surround|settl|inhabit|deriv|featur|need"
    r"|border|stretch|remain|form|host|hous|attract|boast|fir|burn|grow|accompani|follow)ed|is|was|bed|red|shed|seed|speed|wed",
    re.IGNORECASE,
)
"""What ends like a past tense and isn't what a government does."""

IRREGULAR: Final = frozenset(
    [
        "began", "bought", "broke", "built", "chose", "cut", "drew", "felt", "fired",
        "forbade", "fought", "froze", "gave", "held", "kept", "knew", "led", "left", "lent",
        "let", "made", "meant", "met", "overcame", "paid", "put", "rebuilt", "said", "sent",
        "set", "shot", "shut", "sold", "spent", "spoke", "stepped", "strove", "struck",
        "swore", "taught", "thought", "threw", "told", "took", "undertook", "upheld",
        "withheld", "withstood", "wrote",
    ]
)  # fmt: skip

AFTER: Final = re.compile(
    r"(?:(?:,|,? and)\s+(?:the\s+)?[A-Z][\w.’'-]+(?:\s[A-Z][\w.’'-]+)?)*"
    r"(?:\s+and\s+its\s+(?:\w+\s+)?(?:allies|partners|proxies|friends|backers|neighbou?rs))?"
    r"\s+(?P<helping>(?:has|have|had|will|would|must|should|may|might|could|cannot|can|did|does|do)(?:n['’]t)?\s+)?"
    r"(?:(?:not|all|both|also|never|now|long|again|still|\w+ly)\s+)*(?:test-)?(?P<verb>\w+)"
)

PRESENT: Final = re.compile(
    r"(?!was|is|has|its|hosts|houses|lies|sits|stands|boasts|features|remains|borders|does"
    r"|streets|suburbs|days|times|hours|flights|talks|trains|roads|tours|trips|visits|routes|as\b"
    r"|ss\b)[a-z]+s"
    r"\s(?:(?:the|a|an|its|that|no|any|itself|to [a-z]+|[A-Z]\w+)\b"
    r"|[a-z]+\s(?:from|to|with|for|against|into)\s[A-Z])"
)
"""A verb of the present: "Moscow considers the treaty"."""

URGED: Final = re.compile(
    r"\b(?:told|assur|inform|notif|urg|press|order|ask|oblig|persuad|convinc|forc|compel|pressur|warn|accus|anger|infuriat"
    r"|alarm|annoy|provok|irritat|embarrass|reassur|criticis|criticiz|rebuk|condemn|deter|isolat"
    r"|contain|punish|appeas|enrag|unsettl|worri|blam|prais|thank|challeng|defi|confront|pit)"
    r"(?:e|s|es|ed|ing|y|ies|red|ring)?\s$",
    re.IGNORECASE,
)
"""What is done to governments and not to places, right before a name."""

TOWARDS: Final = re.compile(
    r"\b(?:with|against|towards?|between|by|for"
    r"|(?:indebted|loyal|close|closer|beholden|hostile|opposed|subservient|allied|ties|links|threat"
    r"|threats|sells?|sold|owed?|appealed|appeals) to"
    r"|(?:(?:lean|depend|rel|count|press)\w*(?: \w+)?|sanctions?|tariffs?|embargo\w*|pressure"
    r"|restrictions|curbs|penalties|measures|war|attacks?|dependen\w+|influence|policy)"
    r" (?:up)?on)\s$",
    re.IGNORECASE,
)

BOUND: Final = re.compile(r"\b(?:head\w*|bound|leav\w+|left|depart\w*|sail\w*|set off|made) for $")
"""On the way to a place."""

REACHED: Final = re.compile(
    r"\b(?:(?:seiz|captur|bomb|bombard|shell|besieg|storm|liberat|overrun|evacuat|fle|encircl)(?:ed|ing|e)?"
    r"|fled|leaving|(?:re)?visit(?:s|ed|ing)?|reach(?:es|ed|ing)?|enter(?:s|ed|ing)?|(?:flew|flown|fly|flies"
    r"|flying|travel\w*|return\w*|came|come|moved|drove|went|goes|go|been|invited|sent)"
    r"(?: back| home| on)? to)\s$",
    re.IGNORECASE,
)
"""Where somebody arrives or was, or what an army takes."""

BASED: Final = re.compile(r"[-‑–]based\b")

BACKED: Final = re.compile(
    r"[-‑–](?:backed|led|brokered|funded|financed|installed|imposed|sponsored|aligned|friendly"
    r"|appointed|controlled|allied|mediated|supported|leaning|drafted|dominated|proposed)\b"
)
"""What a government has done, behind the hyphen: Moscow-backed."""

GROUNDS: Final = re.compile(
    r"\s?['’]s?\s(?:[\w’'-]+\s){0,2}(?:trees?|squares?|bazaars?|slums?|hutongs?|property|housing"
    r"|markets?|opera|hospitals?|airports?|walls|towers?|zoo|metro|subway|skyline|streets?|suburbs?"
    r"|mayors?|chief minister|governor|police|outskirts|taps|traffic|nightlife|cathedral|museums?"
    r"|university|stadium|port|harbou?r|parks?"
    r"|gardens?|station|neighbou?rhoods?|districts?|mosques?|church|bridges?"
    r"|theatres?|hotels?)\b"
)
"""A place that a name owns, up to three words behind it."""

OWNED: Final = re.compile(r"\s?['’]s?\s(\w*)")

TO: Final = re.compile(r"\bto\s$")

MEMBERS: Final = re.compile(
    r"\b(officials?|critics|lawmakers|hawks|policymakers|diplomats|leaders?|leadership|authorities"
    r"|analysts|government|regime|strategists|elites?|rulers|concerns?|fears?|anger|unease|alarm"
    r"|suspicions?|belief|consensus|hopes|frustration|anxiet(?:y|ies)|worr(?:y|ies)|doubts|relief"
    r"|thinking|outrage|resentment)\s+in\s+(?:the\s+)?$",
    re.IGNORECASE,
)

PLACES: Final = re.compile(
    r"\b(cit(y|ies)|town|streets?|neighbou?rhoods?|suburbs?|airport|river|lake|mountains?|forests?"
    r"|coast|weather|rain\w*|snow\w*|storm\w*|earthquake|population|residents?|liv(es?|ed|ing)|born"
    r"|died|locat\w+|situated|miles|kilomet(er|re)s|near|north of|south of|east of|west of|drove"
    r"|flew|fly|flight|travel\w*|visit(s|ed|ing|or|ors)?|tourists?|museum\w*|restaurants?|downtown"
    r"|county|counties|university|hotel|highway|bridge|peninsula|island|region|wildfires?|farms?"
    r"|apples?|wine|moved|grew up|studied|arriv\w+|metro|subway|monuments?|growers?|harvest"
    r"|orchards?|smog|drought|hurricane|buildings?|apartments?|festival|cathedrals?|stadium|flows?|rents?"
    r"|beach\w*|coastline|shores?|deserts?|climate|harbou?rs?|ports?|trains?|railway|roads?|slopes?"
    r"|volcano|valleys?|inhabitants|home to|hosts|hosted)\b",
    re.IGNORECASE,
)

CITY: Final = re.compile(
    r"\b(cit(y|ies)|capital|streets?|downtown|metro|subway|museum\w*|monuments?|suburbs?|mayor"
    r"|airport|embassy|protest\w*|flew|flights?|D\.?C\.?|memorial|capitol|march(ed)?|returned to"
    r"|arrived|president|ambassador|apartments?|smog|stadium|hotel|restaurants?)\b",
    re.IGNORECASE,
)

REGION: Final = re.compile(
    r"\b(state of|states? (legislature|governor|senate)|governor|counties|county|statewide|farms?"
    r"|forests?|wildfires?|apples?|wine|coast|province|peninsula|residents of the state"
    r"|runoffs?|primar(?:y|ies)|electoral|ballots?|Republicans?|Democrats?|congressional"
    r"|swing states?"
    r"|senators? from|growers?|harvest|orchards?|crops?|builds|fisheries"
    r"|north of|south of|east of|west of)\b",
    re.IGNORECASE,
)

FEDERAL: Final = re.compile(
    r"\b(state of|states? (legislature|governor|senate)|governor|counties|county|statewide"
    r"|residents of the state|runoffs?|primar(?:y|ies)|electoral|ballots?|Republicans?|Democrats?"
    r"|congressional|swing states?|senators?|provinc\w+)\b",
    re.IGNORECASE,
)
"""What is said of states that are parts of one, and not of sovereign ones."""

WATER: Final = re.compile(
    r"\b(flow(s|ed|ing)?|tributar\w+|navigab\w+|upstream|downstream|estuary|rapids)\b",
    re.IGNORECASE,
)

IN: Final = re.compile(
    r"\b(in|at|near|around|outside|inside|across|from|through|to|toward|towards|throughout|of)"
    r"\s+(?:the\s+|downtown\s+|central\s+|northern\s+|southern\s+|eastern\s+|western\s+)*$",
    re.IGNORECASE,
)

LOCATIVE: Final = frozenset({"in", "at", "near", "around", "outside", "inside", "across"})

PART: Final = re.compile(
    r"\b(northern|southern|eastern|western|central|upstate|rural)\s+$", re.IGNORECASE
)

PAST: Final = re.compile(
    r"\b(?:ancient|antiquity|medieval|pharaohs?|phalanx(?:es)?|crusaders?|conquistadors?"
    r"|B\.?C\.?(?:E\.?)?"
    r"|[A-Z]\w+ (?:the Great|the Conqueror|the Magnificent|the Terrible)|legions|emperors?"
    r"|(?:\w+teenth|ninth|tenth|eleventh|twelfth)[ -]century"
    r"|(?:\w+teenth|ninth|tenth|eleventh|twelfth) and"
    r"|(?:in|of|by|since|until|till|before|after|from|around|about|year) 1[0-7]\d\d(?! GMT| UTC))\b"
)

FOREIGN: Final = re.compile(
    r"\b(?:sanction\w*|occup\w+|tanks|ambassadors?|treat(?:y|ies)|diploma\w*|foreign|troops|invad\w+|invasion"
    r"|annex\w*|ceasefire|sovereignty|independence|embass(?:y|ies)|accession|summit|allian\w+|allies"
    r"|military|missiles?|warships?|war|peace|envoys?|NATO|EU|UN|membership|recogni[sz]\w+|neighbou?rs)\b"
)

YEAR: Final = re.compile(r"(?<![\d,.])(1[0-9]\d\d|20\d\d)(?![\d,]| GMT| UTC)")

THE: Final = re.compile(r"(?:^|[\s(“\"])the $", re.IGNORECASE)

ATTRIBUTE: Final = re.compile(
    r"['’]|[-‑–]|\s(?:government|junta|army|military|regime|coup|putsch|crisis|borders?|frontier|war"
    r"|conflict|fighting|president|minister|office|embassy|delegation|envoys?|team|talks|deal|pact"
    r"|question|issue|problem|elections?|vote|runoff|primary|economy|people|side|case|file|mission"
    r"|uranium|oil|gas|peace|process|accords?|authorities|leadership|airport|branch|plant|mines?"
    r"|project|market|bureau|desk|correspondent|squad|coach|players?|operation|intervention|policy"
    r"|sanctions|aid|summit|base|troops|campaign|rebels|opposition|media|press)\b"
)
"""What a name with an article before it is an attribute of: "the Niger junta"."""

TAIL: Final = re.compile(
    r",\s(?P<place>[A-Z][\w.’'-]+(?:\s[A-Z][\w.’'-]+){0,2})(?=[.,;:)]|$)(?!,? and\b)"
)
