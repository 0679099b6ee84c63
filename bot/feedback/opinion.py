"""What a customer thinks of an answer, as the buttons of "Was this helpful?" carry it. Pure."""

import json
from dataclasses import dataclass

from bot.channel.opinions import HELPFUL as PAYLOAD


@dataclass(frozen=True)
class Opinion:
    """What the customer says of the answer to message `seq`."""

    seq: int
    helpful: bool

    def payload(self) -> str:
        """Short: some channels take no more than 64 bytes."""
        body = {"turn": self.seq, "helpful": self.helpful}
        return PAYLOAD + json.dumps(body, separators=(",", ":"))


def pressed(payload: str) -> Opinion | None:
    """The opinion that the payload carries, if it is one of these."""
    if not payload.startswith(PAYLOAD):
        return None
    try:
        body = json.loads(payload.removeprefix(PAYLOAD))
        return Opinion(int(body["turn"]), helpful=body["helpful"] is True)
    except (ValueError, KeyError, TypeError):
        return None
