"""The survey's frames, as docs/widget-protocol.md gives them."""

from bot.channel import Rating, RatingReceipt, SurveyOffer
from connectors.web.frames import Frame
from connectors.web.parse import Rate

WHEN = "closed"  # the status after which the customer is asked


def offer(found: SurveyOffer) -> Frame:
    """Whom the customer may rate; nobody when they have done so, in whichever tab."""
    return {
        "type": "survey",
        "conversation": found.conversation,
        "parts": list(found.parts),
        "until": found.until.isoformat() if found.until else None,
    }


def rated(client_id: str, receipt: RatingReceipt) -> Frame:
    """The rating is committed, or there was one already."""
    return {
        "type": "rated",
        "id": client_id,
        "conversation": receipt.conversation,
        "duplicate": receipt.duplicate,
    }


def rating(said: Rate) -> Rating:
    """The customer's answer as the desk takes it."""
    return Rating(said.conversation, said.scores, said.comment)
