"""All that an agent needs before the first word, made from what is stored. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from bot.handoff.mood import Signal, signals
from bot.handoff.origin import Page, browser_in_words, device_of, page_of
from bot.handoff.promises import Promise, find_promises

# These say how someone talks, not what they need.
SOCIAL_INTENTS = frozenset(
    {
        *("greet", "goodbye", "thank", "affirm", "deny", "cancel"),
        *("bot_challenge", "help", "talk_to_human", "small_talk", "change_language"),
        *("repeat", "dont_know", "correction", "wait", "solved", "not_solved"),
        *("frustrated", "insult"),
    }
)
MISS_INTENTS = frozenset({"nlu_fallback", "out_of_scope"})
BARE_NUMBERS = frozenset({"care_give_order_number", "it_give_ticket_number"})
META_INTENTS = SOCIAL_INTENTS | MISS_INTENTS

CHOICE = "choice"  # what a form's button carries: an answer to its question, no wish
# The dialogue's own slots: the agent sees language and desk elsewhere.
INNER_SLOTS = frozenset(
    {
        *("language", "desk", "requested_slot", "session_started_metadata"),
        *("form_confirmed", "form_progress", CHOICE, "filled", "next_topic"),
    }
)
# Kept with the customer, not with the conversation.
CONTACT = ("customer_name", "email", "phone")
TOP_GUESSES = 3
LEAST_GUESS = 0.005  # less than this is shown as 0 %
LAST_EXCHANGES = 4
MAX_VALUE = 300


@dataclass(frozen=True)
class Guess:
    """What the model took a message for, and how sure it was (0 to 1)."""

    intent: str
    confidence: float


@dataclass(frozen=True)
class Fact:
    """Something that was found out; `seq` is the message that it comes from.

    `before`: what it was until somebody put it right: the customer on the handoff receipt, or an
    agent (`by`, `at`).
    """

    name: str
    value: str
    seq: int | None = None
    before: str | None = None
    label: Mapping[str, str] | None = None  # by language, where the desk's owner named it
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Correction:
    """What a customer put right, or (`by`) an agent; `before` is None where nothing was known."""

    name: str
    value: str
    before: str | None
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class StoredTurn:
    """A customer message as the bot took it; everything may be missing when the engine failed."""

    seq: int
    intent: str | None = None
    confidence: float | None = None
    ranking: tuple[Guess, ...] = ()
    entities: tuple[Mapping[str, object], ...] = ()
    slots: Mapping[str, object] = field(default_factory=dict)
    problem: str | None = None
    asked_for: str | None = None  # the slot that a form had just asked for

    @property
    def answers_form(self) -> bool:
        """Whether the message is only what a form had asked for; then it is no wish."""
        if any(entity.get("entity") == CHOICE for entity in self.entities):
            return True
        if self.asked_for is None:
            return False
        is_told = self.slots.get(self.asked_for) is not None  # whatever else it sounds like
        return is_told or self.intent in MISS_INTENTS | BARE_NUMBERS


@dataclass(frozen=True)
class Said:
    """A message of the transcript."""

    seq: int
    author: str
    text: str


@dataclass(frozen=True)
class EarlierConversation:
    """Another conversation of the same customer."""

    id: str
    status: str
    desk: str
    at: datetime
    intent: str | None


@dataclass(frozen=True)
class Verified:
    """What the host site signed about the customer (bot/identity/)."""

    user_id: str
    name: str | None = None
    email: str | None = None
    account: Mapping[str, str | float | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Reachable:
    """Who the customer is and where to reach them, as far as we know."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    verified: Verified | None = None
    # What the page said without a signature: anybody could have.
    claimed_name: str | None = None
    claimed_email: str | None = None


@dataclass(frozen=True)
class Unhelpful:
    """An answer of the bot to message `seq` that did not help, in the customer's own opinion."""

    seq: int
    intent: str


@dataclass(frozen=True)
class CaseFile:
    """What is stored about a conversation, before anybody has made sense of it."""

    reason: str | None
    language: str
    channel: str
    details: Mapping[str, object] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    turns: Sequence[StoredTurn] = ()
    said: Sequence[Said] = ()
    customer: Reachable = field(default_factory=Reachable)
    before_chat: Sequence[Fact] = ()  # the form, and the consent
    consented_at: datetime | None = None
    earlier: Sequence[EarlierConversation] = ()
    waiting_since: datetime | None = None
    not_helpful: Sequence[Unhelpful] = ()
    corrections: Sequence[Correction] = ()  # oldest first
    due_at: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """What the customer wants. Not clear: the bot did not know, and these are its best guesses."""

    words: str | None
    guesses: tuple[Guess, ...]
    margin: float | None  # how far the first guess is ahead of the second
    is_clear: bool


@dataclass(frozen=True)
class Asked:
    """A customer message that the bot was asked to answer."""

    seq: int
    text: str
    intent: str | None
    confidence: float | None
    problem: str | None


@dataclass(frozen=True)
class Exchange:
    """What the customer asked in a row, and what the bot said to it."""

    asked: tuple[Asked, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Packet:
    """The evidence card."""

    reason: str | None
    action_reason: str | None
    details: tuple[Fact, ...]
    wish: Wish | None
    other_topics: tuple[str, ...]
    facts: tuple[Fact, ...]
    consented_at: datetime | None
    open_question: str | None  # the slot that a form was asking for
    exchanges: tuple[Exchange, ...]
    not_helpful: tuple[Unhelpful, ...]
    language: str
    channel: str
    page: Page | None
    browser: str | None
    device: str | None
    customer: Reachable
    earlier: tuple[EarlierConversation, ...]
    waiting_since: datetime | None
    corrected: frozenset[str]  # names of facts that the customer put right
    by_agents: Mapping[str, Correction]  # the newest that an agent set, by its name
    mood: tuple[Signal, ...]
    promises: tuple[Promise, ...]
    due_at: datetime | None  # until when a human should have it


def build_packet(case: CaseFile) -> Packet:
    """Makes sense of a conversation for the agent who takes it."""
    details = dict(case.details)
    why, named = details.pop("why", None), details.pop("reason", None)
    action_reason = named or why
    wish = find_wish(case.turns, case.said)
    last_slots = case.turns[-1].slots if case.turns else {}
    found = (*case.before_chat, *collect_facts(case.turns))
    wanted_slot = last_slots.get("requested_slot")
    return Packet(
        reason=case.reason,
        action_reason=None if action_reason is None else in_words(action_reason),
        details=tuple(
            corrected(Fact(name, in_words(value)), case.corrections)
            for name, value in details.items()
        ),
        wish=wish,
        other_topics=_other_topics(case.turns, wish),
        facts=(
            *(corrected(fact, case.corrections) for fact in found),
            *_added({*details, *CONTACT, *(fact.name for fact in found)}, case.corrections),
        ),
        consented_at=case.consented_at,
        open_question=None if wanted_slot is None else in_words(wanted_slot),
        exchanges=find_exchanges(case.turns, case.said)[-LAST_EXCHANGES:],
        not_helpful=tuple(case.not_helpful),
        language=case.language,
        channel=case.channel,
        page=page_of(case.context),
        browser=browser_in_words(case.context.get("browser")),
        device=device_of(case.context.get("browser")),
        customer=case.customer,
        earlier=tuple(case.earlier),
        waiting_since=case.waiting_since,
        corrected=frozenset(change.name for change in case.corrections if change.by is None),
        by_agents={change.name: change for change in case.corrections if change.by},
        mood=signals(
            # What a form had asked for shows nothing, whatever it sounds like.
            [(turn.seq, turn.intent) for turn in case.turns if not turn.answers_form],
            [answer.seq for answer in case.not_helpful],
        ),
        promises=find_promises(
            case.details,
            [(turn.seq, turn.slots) for turn in case.turns],
            [
                (line.seq, line.author, line.text)
                for line in case.said
                if line.author in ("bot", "agent")
            ],
        ),
        due_at=case.due_at,
    )


def corrected(fact: Fact, corrections: Iterable[Correction]) -> Fact:
    """The fact as customer and agents say it is. What was found out anew since goes before."""
    for change in corrections:
        if change.name == fact.name and change.before == fact.value:
            before = fact.before or fact.value
            fact = replace(fact, value=change.value, before=before, by=change.by, at=change.at)
    return fact


def _added(known: set[str], corrections: Sequence[Correction]) -> Iterator[Fact]:
    """What only an agent has found out."""
    for change in corrections:
        if change.before is None and change.name not in known:
            known.add(change.name)
            fact = Fact(change.name, change.value, by=change.by, at=change.at)
            yield corrected(fact, corrections)


def find_wish(turns: Sequence[StoredTurn], said: Sequence[Said]) -> Wish | None:
    """The newest message that says what is wanted; small talk only when there is nothing else."""
    for turn in reversed(turns):
        if turn.intent is None or turn.intent in SOCIAL_INTENTS or turn.answers_form:
            continue
        guesses = _guesses(turn, without=META_INTENTS)
        return _wish(turn, guesses, said, is_clear=turn.intent not in MISS_INTENTS)
    for turn in reversed(turns):
        if turn.intent is not None:
            return _wish(turn, _guesses(turn)[:1], said, is_clear=True)
    return None


def _wish(
    turn: StoredTurn, guesses: tuple[Guess, ...], said: Sequence[Said], *, is_clear: bool
) -> Wish:
    ahead = guesses[0].confidence - guesses[1].confidence if len(guesses) > 1 else None
    words = next((line.text for line in said if line.seq == turn.seq), None)
    return Wish(words, guesses, ahead, is_clear)


def _guesses(turn: StoredTurn, *, without: frozenset[str] = frozenset()) -> tuple[Guess, ...]:
    """The best guesses, best first; the intent itself when the ranking is missing."""
    ranking = turn.ranking
    if not ranking and turn.intent is not None and turn.confidence is not None:
        ranking = (Guess(turn.intent, turn.confidence),)
    kept = [guess for guess in ranking if guess.intent not in without]
    best = sorted(kept, key=lambda guess: -guess.confidence)[:TOP_GUESSES]
    return tuple(guess for guess in best if guess is best[0] or guess.confidence >= LEAST_GUESS)


def _other_topics(turns: Sequence[StoredTurn], wish: Wish | None) -> tuple[str, ...]:
    """What else was asked in this conversation, newest first."""
    now_wanted = wish.guesses[0].intent if wish and wish.is_clear and wish.guesses else None
    topics = dict.fromkeys(
        turn.intent
        for turn in reversed(turns)
        if turn.intent is not None
        and turn.intent not in META_INTENTS | {now_wanted}
        and not turn.answers_form
    )
    return tuple(topics)


def collect_facts(turns: Iterable[StoredTurn]) -> tuple[Fact, ...]:
    """The newest value of each slot and entity: a form that is done empties its slots.

    What a form took is not said a second time as the entity that it was read from.
    """
    found: dict[str, Fact] = {}
    taken: dict[str, str] = {}
    for turn in turns:
        slots = dict(_worded(turn.slots.items()))
        entities = [(str(entity.get("entity")), entity.get("value")) for entity in turn.entities]
        taken |= slots
        for name, words in (*_worded(entities), *slots.items()):
            if name not in found or found[name].value != words:
                found[name] = Fact(name, words, turn.seq)
    in_slots = set(taken.values())
    return tuple(
        fact for fact in found.values() if fact.name in taken or fact.value not in in_slots
    )


def _worded(pairs: Iterable[tuple[str, object]]) -> Iterator[tuple[str, str]]:
    """What is known, as text; nothing empty and nothing of the dialogue's own."""
    for name, value in pairs:
        if value is not None and value not in ("", [], {}) and name not in INNER_SLOTS:
            yield name, in_words(value)


def find_exchanges(turns: Sequence[StoredTurn], said: Sequence[Said]) -> tuple[Exchange, ...]:
    """Questions that the bot was given and the answers that follow them, oldest first."""
    by_seq = {turn.seq: turn for turn in turns}
    exchanges: list[Exchange] = []
    heard = [line for line in said if line.seq in by_seq or line.author == "bot"]
    for author, group in groupby(heard, key=lambda line: line.author):
        lines = tuple(group)
        if author != "bot":
            exchanges.append(Exchange(tuple(_asked(line, by_seq[line.seq]) for line in lines), ()))
        elif exchanges:
            answers = tuple(line.text for line in lines if line.text)
            exchanges[-1] = Exchange(exchanges[-1].asked, answers)
    return tuple(exchanges)


def _asked(line: Said, turn: StoredTurn) -> Asked:
    if turn.answers_form:  # nothing had to be understood
        return Asked(line.seq, line.text, None, None, None)
    return Asked(line.seq, line.text, turn.intent, turn.confidence, turn.problem)


def in_words(value: object) -> str:
    """A stored value as text; never more than a card can hold."""
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return words if len(words) <= MAX_VALUE else f"{words[: MAX_VALUE - 1]}…"
