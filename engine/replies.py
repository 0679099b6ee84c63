"""One message of the bot, of whatever shape, as the service can show it; or an order to it.

Rasa's channels know text, buttons, quick replies, images, attachments, cards (`elements`) and
custom JSON. A chat shows text, buttons and images, so everything else becomes those.
"""

from __future__ import annotations

from typing import Any

# `Any`: JSON as a bot's author wrote it; nothing about its shape is certain.
Json = dict[str, Any]
_SHOWN_AS_IMAGE = ("image",)


def handoff_of(message: Json) -> Json | None:
    """The wish for a human that a custom message may carry: ours, or the one of Rasa's demos."""
    custom = message.get("custom")
    if not isinstance(custom, dict):
        return None
    if custom.get("handoff"):
        return _ours(custom["handoff"])
    if "handoff_host" in custom:
        kept = {name: custom[name] for name in ("handoff_host", "title") if custom.get(name)}
        return {"reason": "action", "details": kept}
    return None


def _ours(asked: Any) -> Json:
    if not isinstance(asked, dict):
        return {"reason": asked if isinstance(asked, str) else "action", "details": {}}
    details = asked.get("details")
    kept = details if isinstance(details, dict) else {} if details is None else {"note": details}
    return {"reason": str(asked.get("reason") or "action"), "details": kept}


def shown(message: Json) -> list[Json]:
    """What of it can be shown, in order; empty when it is an order alone, or nothing at all."""
    custom = None if handoff_of(message) else message.get("custom") or None
    image, attachment, link = _attached(message.get("attachment"))
    buttons, links = _buttons(message.get("buttons"), message.get("quick_replies"))
    text = "\n".join(filter(None, [_text(message.get("text")), *links, link])) or None
    first = {
        "text": text,
        "buttons": buttons,
        "image": _text(message.get("image")) or image,
        "attachment": attachment,
        "custom": custom,
    }
    return [reply for reply in (first, *_cards(message.get("elements"))) if any(reply.values())]


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _buttons(*lists: Any) -> tuple[list[Json], list[str]]:
    """Buttons that send something, and the links among them as lines of text."""
    buttons, links = [], []
    for button in [one for each in lists if isinstance(each, list) for one in each]:
        if not isinstance(button, dict):
            continue
        title, payload = _text(button.get("title")), _text(button.get("payload"))
        if title and button.get("url") and payload is None:
            links.append(f"{title}: {button['url']}")
        elif title or payload:
            # Without a payload a tap says what stands on the button, as in Rasa's channels.
            buttons.append({"title": title or payload, "payload": payload or title})
    return buttons, links


def _attached(attachment: Any) -> tuple[str | None, Any, str | None]:
    """An attachment as an image, as it is, and as a line of text: at most two of them."""
    if not attachment:
        return None, None, None
    if isinstance(attachment, str):
        return None, attachment, attachment
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    inner = payload if isinstance(payload, dict) else {}
    place = _text(inner.get("src") or inner.get("url"))
    if place and attachment.get("type") in _SHOWN_AS_IMAGE:
        return place, None, None
    named = " ".join(filter(None, [_text(inner.get("title")), place]))
    return None, attachment, named or None


def _cards(elements: Any) -> list[Json]:
    cards = []
    for element in elements if isinstance(elements, list) else []:
        if isinstance(element, dict):
            buttons, links = _buttons(element.get("buttons"))
            lines = [_text(element.get("title")), _text(element.get("subtitle")), *links]
            cards.append(
                {
                    "text": "\n".join(filter(None, lines)) or None,
                    "buttons": buttons,
                    "image": _text(element.get("image_url")),
                    "attachment": None,
                    "custom": None,
                }
            )
    return cards
