"""Was anything lost, doubled, out of order, stale or in limbo? Pure: evidence in, faults out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.handoff.reasons import REASONS
from bot.texts import text
from tests.faults.evidence import Evidence, Line, Place, Sent, Stored

KINDS = ("lost", "doubled", "out of order", "stale", "limbo")
HANDED_OFF = tuple(text(f"handoff.why.{reason}", "en") for reason in REASONS)
JOINED = text("agent.joined", "en", name="").strip()
QUEUED_AGAIN = text("agent.released", "en")
BOT_AGAIN = text("agent.returned_to_bot", "en")
CLOSED = text("agent.closed", "en")
WANTS_HUMAN = text("handoff.wants_human", "en")
ECHO = "echo "


@dataclass
class Verdict:
    """How often each of KINDS happened, and a sentence for each time."""

    problems: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, what: str) -> None:
        """One more."""
        self.problems.append((kind, what))

    def count(self, kind: str) -> int:
        """How many of this kind."""
        return sum(1 for one, _ in self.problems if one == kind)


def judge(evidence: Evidence) -> Verdict:
    """Everything that must be zero."""
    verdict = Verdict()
    by_id = {stored.id: stored for stored in evidence.stored}
    _check_sent(evidence, by_id, verdict)
    _check_precedence(evidence, verdict)
    for stored in evidence.stored:
        _check_sequence(stored, verdict)
        _check_owners(stored, verdict)
        _check_questions(stored, verdict)
        _check_limbo(stored, verdict)
        if evidence.echoes:
            _check_echoes(stored, verdict)
        if stored.channel == "web":
            _check_view(stored, evidence.views.get(stored.id, []), verdict)
        else:
            _check_calls(stored, evidence, verdict)
    for who in evidence.unfinished:
        verdict.add("limbo", who)
    return verdict


def _check_sent(evidence: Evidence, by_id: dict[str, Stored], verdict: Verdict) -> None:
    """What was acknowledged is there, once, where it was said to be; what was refused is not."""
    found = Counter(line.text for stored in evidence.stored for line in stored.lines)
    for sent in evidence.sent:
        times = found[sent.text]
        if sent.refused:
            if times:
                verdict.add("stale", f"{sent.text} was refused and stands in the transcript")
            continue
        if times > 1:
            verdict.add("doubled", f"{sent.text} stands {times} times in the transcript")
        if sent.acked_at is None:
            continue
        if not times:
            verdict.add("lost", f"{sent.text} was acknowledged and is in no transcript")
        elif sent.place is not None and _text_at(by_id, sent.place) != sent.text:
            verdict.add("out of order", f"{sent.text} is not where it was acknowledged")


def _text_at(by_id: dict[str, Stored], place: Place) -> str | None:
    stored = by_id.get(place.conversation)
    lines = () if stored is None else stored.lines
    return next((line.text for line in lines if line.seq == place.seq), None)


def _check_precedence(evidence: Evidence, verdict: Verdict) -> None:
    """Whatever was sent after another one was acknowledged stands after it."""
    positions: dict[str, tuple[int, int]] = {}
    for number, stored in enumerate(evidence.stored):
        for line in stored.lines:
            positions.setdefault(line.text, (number, line.seq))
    placed = [sent for sent in evidence.sent if sent.text in positions]
    for later in placed:
        for earlier in placed:
            if (
                earlier.thread == later.thread
                and earlier.acked_at is not None
                and earlier.acked_at < later.sent_at
                and positions[earlier.text] > positions[later.text]
            ):
                verdict.add("out of order", f"{later.text} stands before {earlier.text}")


def _check_sequence(stored: Stored, verdict: Verdict) -> None:
    if [line.seq for line in stored.lines] != list(range(1, len(stored.lines) + 1)):
        verdict.add("out of order", f"{stored.id}: the sequence numbers have a gap")


def _owners(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """Each line, and who had the conversation when it was said: bot, queue or agent."""
    owner = "bot"
    for line in lines:
        before = owner
        if line.author == "system":
            if line.text.endswith(JOINED):
                owner = "agent"
            elif line.text.startswith((*HANDED_OFF, QUEUED_AGAIN)):
                owner = "queue"
            elif line.text in (BOT_AGAIN, CLOSED):
                owner = "bot"
        yield line, before


def _check_questions(stored: Stored, verdict: Verdict) -> None:
    """The bot is asked about everything that it is told, but for the wish for a person."""
    for line, owner in _owners(stored.lines):
        is_question = line.author == "customer" and line.text != WANTS_HUMAN
        if is_question and owner == "bot" and line.seq not in stored.turns:
            verdict.add("lost", f"{stored.id}: the bot was never asked about {line.text}")


def _check_owners(stored: Stored, verdict: Verdict) -> None:
    """Nobody speaks who has no right to: that is a stale send that reached a customer."""
    for line, owner in _owners(stored.lines):
        if line.author == "bot" and owner != "bot":
            verdict.add(
                "stale", f"{stored.id}: the bot said {line.text!r} while the {owner} had it"
            )
        if line.author == "agent" and owner != "agent":
            verdict.add("stale", f"{stored.id}: an agent said {line.text!r}, the {owner} had it")
        if line.text.endswith(JOINED) and line.author == "system" and owner == "agent":
            verdict.add("doubled", f"{stored.id}: two agents have claimed it")


def _check_echoes(stored: Stored, verdict: Verdict) -> None:
    """The bot answers each message once at most, in order, and with the state of the last."""
    asked = {line.text: line.seq for line in stored.lines if line.author == "customer"}
    echoed: list[str] = []
    for line in stored.lines:
        if line.author != "bot" or not line.text.startswith(ECHO):
            continue
        number, _, words = line.text.removeprefix(ECHO).partition(":")
        echoed.append(words)
        if int(number) != len(echoed):
            verdict.add("lost", f"{stored.id}: {line.text!r} has another answer's dialogue state")
        if asked.get(words, line.seq) > line.seq:
            verdict.add("out of order", f"{stored.id}: {line.text!r} came before its question")
    for words, times in Counter(echoed).items():
        if times > 1:
            verdict.add("doubled", f"{stored.id}: {words} was answered {times} times")
    places = [asked[words] for words in dict.fromkeys(echoed) if words in asked]
    if places != sorted(places):
        verdict.add("out of order", f"{stored.id}: answers stand in another order than questions")
    answered = {seq for seq, status in stored.turns.items() if status == "answered"}
    for words, seq in asked.items():
        if seq in answered and words not in echoed:
            verdict.add("lost", f"{stored.id}: the turn of {words} was answered without an answer")


def _check_limbo(stored: Stored, verdict: Verdict) -> None:
    for seq, status in stored.turns.items():
        if status in ("waiting", "asking"):
            verdict.add("limbo", f"{stored.id}: the turn of message {seq} is still {status}")
    if stored.undelivered:
        verdict.add("limbo", f"{stored.id}: {stored.undelivered} messages wait for delivery")
    if stored.dead:
        verdict.add("limbo", f"{stored.id}: {stored.dead} dead letters")
    if stored.status in ("with_agent", "snoozed") and not stored.has_agent:
        verdict.add("limbo", f"{stored.id} is {stored.status} and has no agent")
    if stored.status == "queued" and not stored.has_queue_time:
        verdict.add("limbo", f"{stored.id} is queued since nobody knows when")


def _check_view(stored: Stored, view: Sequence[Line], verdict: Verdict) -> None:
    """The customer's page shows the transcript: all of it, once, in its order."""
    if list(view) == list(stored.lines):
        return
    _compare(f"{stored.id}, as its customer saw it", stored.lines, view, verdict)


def _check_calls(stored: Stored, evidence: Evidence, verdict: Verdict) -> None:
    """The vendor got what the desk said: all of it, in order; a key again is nothing new."""
    taken: dict[str, Line] = {}
    for call in evidence.calls:
        if call.conversation == stored.id:
            taken.setdefault(call.key, call.line)
    said = [line for line in stored.lines if line.author != "customer"]
    if list(taken.values()) != said:
        _compare(f"{stored.id}, as the vendor got it", said, list(taken.values()), verdict)


def _compare(who: str, wanted: Sequence[Line], got: Sequence[Line], verdict: Verdict) -> None:
    for line in _missing(wanted, got):
        verdict.add("lost", f"{who}: {line.seq} {line.text!r} is missing")
    for line in _missing(got, wanted):
        verdict.add("doubled", f"{who}: {line.seq} {line.text!r} is too much")
    if any(one.seq > other.seq for one, other in pairwise(got)):
        verdict.add("out of order", f"{who}: {[line.seq for line in got]}")


def _missing(wanted: Iterable[Line], got: Iterable[Line]) -> list[Line]:
    return list((Counter(wanted) - Counter(got)).elements())


def repeated_calls(evidence: Evidence) -> int:
    """How often a vendor got a key again: no fault, but a vendor without keys would show it."""
    return sum(times - 1 for times in Counter(call.key for call in evidence.calls).values())


def delivered(evidence: Evidence) -> int:
    """Messages that reached their customer: on the widget's page, or taken by the vendor."""
    shown = sum(1 for view in evidence.views.values() for line in view if line.author != "customer")
    return shown + len({call.key for call in evidence.calls})


def acknowledged(sent: Iterable[Sent]) -> int:
    """Messages that the desk has said to have."""
    return sum(1 for one in sent if one.acked_at is not None)
