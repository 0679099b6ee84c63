""" "I don't want to cancel": a wish that is turned down by its own words. Pure.

Classifiers hear the verb and miss the "not". Only a verb of wishing (or a plea: "please don't …")
right before the verb of an action counts. "I can't cancel", "the printer doesn't want to print" and
"I don't want to wait for my refund" describe trouble, and the shop that "doesn't want to refund" is
no customer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HUMAN = "talk_to_human"
# What the actions are called, right after the wish: English, then Polish.
_ACTIONS = {
    "care_cancel_order": (r"cancel", r"anulow\w*|anuluj\w*|rezygnow\w*|odwoł\w*|odwol\w*"),
    "care_change_address": (
        r"(?:change|update|correct)\w* (?:\w+ ){0,3}address",
        r"(?:zmieni\w*|zmian\w*|popraw\w*) (?:\w+ ){0,2}adres\w*",
    ),
    "care_change_order": (
        r"(?:change|modify|edit)\w* (?:\w+ ){0,2}order",
        r"(?:zmieni\w*|zmian\w*) (?:\w+ ){0,2}zam[oó]wieni\w*",
    ),
    "care_delete_account": (
        r"(?:delete|close|remove)\w* (?:\w+ ){0,2}account",
        r"(?:usuwa|usun|zamyka|zamkn|skasowa|kasowa)\w* (?:\w+ ){0,2}konta?\b",
    ),
    "care_exchange_item": (r"exchange|swap|replacement", r"wymien\w*|wymian\w*"),
    "care_refund_status": (
        r"refund|money back",
        r"zwrot\w* (?:\w+ )?(?:pieni[eę]dzy|kasy|kosztów|środków|srodkow|gotówki)",
    ),
    "care_return_item": (
        r"return|(?:send|give|ship) (?:it|them|this|these|the \w+) back|send back",
        r"zwr[oó]ci[cć]|zwraca\w*|zwrot\w*|odda[cćw]\w*|odes[lł]a\w*|odsy[lł]a\w*",
    ),
    "care_warranty_claim": (
        r"(?:warranty )?claim\b|claim (?:\w+ )?warranty",
        r"reklamow\w*|reklamac\w*",
    ),
    "care_complaint": (r"complain\w*", r"skar[zż]y\w*|skarg\w*"),
    "care_callback": (
        r"call(?:ed)? (?:me|us)|called|call ?back|phone call|a call\b",
        r"dzwo[nń]\w*|oddzwo[nń]\w*|oddzwania\w*|zadzwon\w*|telefonu od",
    ),
    "it_password_reset": (
        r"(?:reset|change)\w* (?:\w+ ){0,2}password|password reset",
        r"(?:reset\w*|zresetowa\w*|zmienia\w*|zmieni\w*) (?:\w+ ){0,2}has[lł]\w*",
    ),
    "it_mfa_new_phone": (
        r"(?:reset|move|change)\w* (?:\w+ ){0,2}(?:mfa|authenticator|2fa)",
        r"(?:reset\w*|przenosi\w*|zmienia\w*) (?:\w+ ){0,2}(?:mfa|authenticator\w*|2fa)",
    ),
    "it_access_request": (
        r"(?:request\w* |order\w* )?access to",
        r"(?:prosi\w* o |wnioskow\w* o )?dost[eę]pu? do",
    ),
    "it_hardware_request": (
        r"(?:order\w* )?(?:new |another )?(?:laptop|monitor|mouse|keyboard|headset|hardware"
        r"|equipment|phone|computer)\b",
        r"(?:zamawia\w* )?(?:nowego |nowej |nowych |innego )?(?:laptopa|monitora|myszki|myszy"
        r"|klawiatury|zestawu|sprz[eę]tu|telefonu|komputera)\b",
    ),
    "it_incident_report": (
        r"(?:report\w* |open\w* |file\w* |create\w* )?(?:ticket|incident)\b",
        r"zg[lł]asza\w*|zg[lł]osze\w*|zg[lł]osi\w*|zak[lł]ada\w* zg[lł]osze\w*",
    ),
    "it_software_install": (r"install\w*", r"instalow\w*|zainstalow\w*|instalac\w*"),
    "it_device_return": (
        r"(?:return|give back|hand in)\w* (?:\w+ ){0,2}(?:laptop|phone|device|computer|equipment)",
        r"(?:zdawa\w*|oddawa\w*|zwraca\w*|odda[cć]) (?:\w+ ){0,2}(?:laptop\w*|telefon\w*"
        r"|sprz[eę]t\w*|komputer\w*)",
    ),
    HUMAN: (
        r"(?:(?:talk|speak|chat|write)\w* (?:to|with) )?(?:a |an |any |some )?(?:real |live )?"
        r"(?:human|person|agent|consultant|anyone|someone|somebody)\b",
        r"(?:rozmawia\w* |gada\w* |pisa\w* )?(?:z )?(?:[zż]adn\w+ )?(?:cz[lł]owiek\w*|konsultant\w*"
        r"|doradc\w*|pracownik\w*|agent\w*|nikim)\b",
    ),
}
_START = r"(?:^|[,.;:!?–-]\s*|\b(?:but|and|so|actually|sorry|well|hi|hello|hey|ok|okay)\s+)"
_START_PL = r"(?:^|[,.;:!?–-]\s*|\b(?:ale|no|więc|wiec|i|a|to|jednak|ja|dobra|ok|bo|hej)\s+)"
_NOT = r"(?:do not|don['’]?t|no longer|would not|wouldn['’]?t|never)"
_WISH = re.compile(
    rf"{_START}\W*(?:(?:i|we)\s+)?(?:really |actually |just |currently )?{_NOT}\s+"
    r"(?:really |actually )?(?:want(?:ed)?|wish|need|intend|plan|like)\b"
    rf"|{_START}\W*(?:i'd|i would|i) rather not\b"
    rf"|{_START}\W*(?:please\s+)?(?:do not|don['’]?t|never)(?= )(?! (?:you|we|they|i)\b)"
    r"|\bplease,? (?:do not|don['’]?t|never)(?= )",
    re.IGNORECASE,
)
_WISH_PL = re.compile(
    r"\bnie (?:chcę|chcia[lł](?:a)?bym|zamierzam|mam zamiaru|planuję|życzę sobie|potrzebuję)\b"
    rf"|{_START_PL}\W*(?:ju[zż] |wcale |jednak |naprawd[eę] )?"
    r"nie (?:chce|chcemy|planuje|zycze sobie|potrzebuje)\b(?! mi\b| nam\b| si[eę]\b)"
    r"|\bprosz[eę],? (?:mi |mnie |do mnie |nas |tylko |o )*nie(?= )"
    rf"|{_START_PL}\W*nie(?= \w+(?:uj|aj|ij|yj|[nń])(?:cie|my)?\b)",
    re.IGNORECASE,
)
_FILLERS = re.compile(
    r"(?:\s+(?:to|you|anyone|anybody|me|be|have|get|make|do|file|open|a|an|any|the|my|this|that|it"
    r"|really|anymore|any more|now|yet|our|your|another)\b(?! call))*\s+",
    re.IGNORECASE,
)
_FILLERS_PL = re.compile(
    r"(?:\s+(?:ju[zż]|teraz|jednak|wcale|na razie|niczego|nic|[zż]adn\w+|tego|tej|tych|moj\w+"
    r"|[zż]eby(?:[sś]cie)?|aby(?:[sś]cie)?|mi|go|jej|ich|sk[lł]ada[cć]|robi[cć]|do mnie|o)\b)*\s+",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[,.;:!?]|\b(?:but|only|just|instead|rather|tylko|ale|lecz|raczej|natomiast)\b", re.IGNORECASE
)
# Not the action is turned down, but its manner, its hour or its size.
_MANNER = re.compile(
    r"\b(?:by|via|through|without|before|until|at|in|yet|because|whole|entire|all|every|both"
    r"|przez|bez|zanim|dopóki|jeszcze|w|na|całe\w*|całość|wszystk\w+|poczt[aą]|kurierem|osobiście)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 6
# The form that does it: turned down inside of it, it is left.
FORMS = {
    "care_return_item": "return_form",
    "care_refund_status": "refund_form",
    "care_change_address": "address_form",
    "care_warranty_claim": "warranty_form",
    "care_callback": "callback_form",
    "it_password_reset": "password_reset_form",
    "it_mfa_new_phone": "mfa_reset_form",
    "it_access_request": "access_request_form",
    "it_hardware_request": "hardware_request_form",
    "it_incident_report": "incident_report_form",
}
INTENTS = tuple(_ACTIONS)
_PREFIX = {"customer-care": "care_", "it-help": "it_"}


@dataclass(frozen=True)
class Negated:
    """What is not wanted, and the rest of the message, which may say what is."""

    intent: str
    rest: str


def negated(text: str, *, desk: str, best: list[str]) -> Negated | None:
    """The action that the customer turns down; `best`: what the message was taken for, best first.

    Of actions that the same words may mean, the best guess counts.
    """
    plain = " ".join(text.split())
    for wishes, fillers, language in ((_WISH, _FILLERS, 0), (_WISH_PL, _FILLERS_PL, 1)):
        for wish in wishes.finditer(plain):
            filler = fillers.match(plain, wish.end())
            start = wish.end() if filler is None else filler.end()
            found = _action(plain[start:], language, desk, best)
            if found is not None:
                intent, end = found
                rest = f"{plain[: wish.start()]} {plain[start + end :]}"
                return Negated(intent, rest.strip(" ,.;:!?–-"))
    return None


def _action(said: str, language: int, desk: str, best: list[str]) -> tuple[str, int] | None:
    """The action that begins here, and where its clause ends."""
    close = _CLAUSE_END.search(said)
    clause = said if close is None else said[: close.start()]
    meant: dict[str, re.Match[str]] = {}
    for intent, words in _ACTIONS.items():
        match = re.match(rf"(?:{words[language]})", clause, re.IGNORECASE)
        if match is not None and (intent == HUMAN or intent.startswith(_PREFIX.get(desk, ""))):
            meant[intent] = match
    if not meant:
        return None
    ranked = [intent for intent in best if intent in meant]
    intent = ranked[0] if ranked else next(iter(meant))
    tail = clause[meant[intent].end() :]
    if _MANNER.search(tail) or len(tail.split()) > _MOST_WORDS:
        return None
    return intent, len(clause)
