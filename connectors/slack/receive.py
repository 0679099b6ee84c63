"""From a post to the desk: its words, its files, its author; then it cannot be lost any more."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.channel import FirstlineError, InboundMessage, Receipt, Upload
from bot.texts import text
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.parse import Posted
from connectors.slack.people import Person
from connectors.slack.place import Place, message_key
from connectors.slack.plain import mentioned, words_of
from connectors.slack.tell import tell
from connectors.slack.uploads import Taken, take_files

MOST_NAMES = 10  # of a post, that are looked up
SHOWN_AT_LEAST = 200


@dataclass(frozen=True)
class Wish:
    """A post on its way in."""

    desk: str
    place: Place
    posted: Posted
    person: Person
    words: str
    customer: str  # whose conversation it is
    language: str
    for_bot: bool = True


async def words_in(slack: SlackChannel, team: str, markup: str) -> str:
    """What a reader sees, without our own name."""
    workspace = await slack.calls.teams.of(team)
    others = sorted(mentioned(markup) - {workspace.bot_user})[:MOST_NAMES]
    names = {user: (await slack.people.find(team, user)).name or user for user in others}
    return words_of(markup, without=workspace.bot_user, names=names)


async def receive(slack: SlackChannel, wish: Wish) -> Receipt:
    """Hands it to the desk; raises what a call of Slack raises, and Busy: then it comes again."""
    posted, person = wish.posted, wish.person
    taken = await take_files(
        slack, wish.place, posted.files, wish.language, is_last_try=posted.is_last_try
    )
    words, taken = await _shortened(slack, wish, taken)
    inbound = InboundMessage(
        channel=CHANNEL,
        thread=wish.place.key,
        customer=wish.customer,
        desk=wish.desk,
        external_id=message_key(posted.team, posted.channel, posted.ts),
        language=wish.language,
        text=words or ("" if taken.ids else " ".join(f"[{file.name}]" for file in posted.files)),
        customer_name=person.name or None,
        customer_email=person.email,
        context=_context(person),
        attachments=taken.ids,
        for_bot=wish.for_bot,
    )
    receipt = await slack.desk.receive_customer_message(inbound)
    if taken.refusals and not receipt.duplicate:
        slack.later.start(
            tell(slack.calls, wish.place, "\n".join(taken.refusals)), "slack file refusals"
        )
    return receipt


async def _shortened(slack: SlackChannel, wish: Wish, taken: Taken) -> tuple[str, Taken]:
    """What is longer than the desk takes goes along as a file, and is said in its first words."""
    words, most = wish.words, slack.text_limit
    if len(words) <= most:
        return words, taken
    limits = slack.desk.file_limits
    note = text("slack.cut", wish.language)
    if limits is not None and len(taken.ids) < limits.count:
        upload = Upload(CHANNEL, wish.place.key, f"text:{wish.posted.ts}", "message.txt")
        try:
            kept = await slack.desk.receive_file(upload, _pieces_of(words))
        except FirstlineError:
            pass  # no such files here: then its beginning has to do
        else:
            taken = Taken((*taken.ids, kept.id), taken.refusals)
            note = text("slack.whole_attached", wish.language)
    return cut(words, most, note), taken


def cut(words: str, most: int, note: str) -> str:
    """At most so many characters; what is cut ends with the note, which says so."""
    if len(words) <= most:
        return words
    room = max(most - len(note) - 2, min(SHOWN_AT_LEAST, most))
    return f"{words[:room]}\n\n{note}"[:most]


async def _pieces_of(words: str) -> AsyncIterator[bytes]:
    yield words.encode()


def _context(person: Person) -> dict[str, str]:
    return {"time_zone": person.zone} if person.zone else {}
