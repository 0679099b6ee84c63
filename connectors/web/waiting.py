"""Frames for customers who wait for a person, as docs/widget-protocol.md gives them."""

from bot.channel import HandoffReceipt, LeftMessage, PlaceInQueue, ThreadStatus, WaitingDesk
from connectors.web.frames import Frame
from connectors.web.parse import Leave

WHILE = "queued"  # the status in which a customer waits


def place_in_queue(found: PlaceInQueue) -> Frame:
    """Where they stand in the queue, and from how many to how many minutes it may take."""
    return {
        "type": "place",
        "conversation": found.conversation,
        "place": found.place,
        "minutes": list(found.minutes) if found.minutes else None,
    }


def receipt(found: HandoffReceipt, answers: str | None = None) -> Frame:
    """What was passed on; `answers`: the id of the correction that it comes after."""
    return {
        "type": "receipt",
        "id": answers,
        "conversation": found.conversation,
        "reason": found.reason,
        "asked": found.asked,
        "facts": [
            {
                "name": fact.name,
                "label": fact.label,
                "value": fact.value,
                "corrected": fact.is_corrected,
                "open": fact.is_open,
            }
            for fact in found.facts
        ],
    }


def left(said: Leave) -> LeftMessage:
    """What they leave, as the desk takes it."""
    return LeftMessage(said.contact, said.name)


async def told(
    desk: WaitingDesk,
    place: tuple[str, str, str],
    status: ThreadStatus,
    *,
    answers: str | None = None,
) -> list[Frame]:
    """All that a customer is told while they wait; nothing to others. `place`: channel, thread and
    the language that their chat speaks, whatever they wrote in."""
    if status.status != WHILE:
        return []
    channel, thread, language = place
    passed_on = await desk.handoff_receipt(channel, thread, language=language)
    found = desk.place_of(status.conversation)
    said = [receipt(passed_on, answers)] if passed_on else []
    return [*said, place_in_queue(found)] if found else said
