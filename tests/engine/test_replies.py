"""Whatever a bot's author sends becomes text, buttons and images, or an order to the desk."""

from typing import Any

import pytest

from engine.replies import handoff_of, shown

NOTHING: dict[str, Any] = {
    **{"text": None, "buttons": [], "image": None},
    **{"attachment": None, "custom": None},
}


def reply(**parts: Any) -> dict[str, Any]:
    return NOTHING | parts


@pytest.mark.parametrize(
    ("message", "replies"),
    [
        ({"text": "hi"}, [reply(text="hi")]),
        ({"text": 42}, [reply(text="42")]),
        ({"text": ""}, []),
        ({"image": "a.png"}, [reply(image="a.png")]),
        (
            {"quick_replies": [{"title": "Yes", "content_type": "text"}]},
            [reply(buttons=[{"title": "Yes", "payload": "Yes"}])],
        ),
        (
            {"text": "See", "buttons": [{"title": "Site", "type": "web_url", "url": "u"}, "x", {}]},
            [reply(text="See\nSite: u")],
        ),
        (
            {"attachment": {"type": "image", "payload": {"src": "a.png"}}},
            [reply(image="a.png")],
        ),
        ({"attachment": "a.pdf"}, [reply(text="a.pdf", attachment="a.pdf")]),
        (
            {"attachment": {"type": "video", "payload": {"title": "How to", "src": "a.mp4"}}},
            [
                reply(
                    text="How to a.mp4",
                    attachment={"type": "video", "payload": {"title": "How to", "src": "a.mp4"}},
                )
            ],
        ),
        (
            {
                "elements": [
                    {
                        **{"title": "Bike", "subtitle": "red", "image_url": "b.png"},
                        "buttons": [{"title": "Buy", "payload": "/buy"}],
                    }
                ]
            },
            [
                reply(
                    text="Bike\nred",
                    image="b.png",
                    buttons=[{"title": "Buy", "payload": "/buy"}],
                )
            ],
        ),
        ({"custom": {"chart": [1, 2]}}, [reply(custom={"chart": [1, 2]})]),
        ({"custom": {"handoff": {"reason": "action"}}}, []),
        ({"text": "One moment.", "custom": {"handoff": True}}, [reply(text="One moment.")]),
    ],
)
def test_what_is_shown(message: dict[str, Any], replies: list[dict[str, Any]]) -> None:
    assert shown(message) == replies


@pytest.mark.parametrize(
    ("custom", "handoff"),
    [
        (None, None),
        ("words", None),
        ({"chart": 1}, None),
        ({"handoff": None}, None),
        ({"handoff": True}, {"reason": "action", "details": {}}),
        ({"handoff": "invoice"}, {"reason": "invoice", "details": {}}),
        ({"handoff": {"details": {"a": 1}}}, {"reason": "action", "details": {"a": 1}}),
        (
            {"handoff": {"reason": "x", "details": "why"}},
            {"reason": "x", "details": {"note": "why"}},
        ),
        (
            {"handoff_host": "https://b.example", "title": "Billing"},
            {
                "reason": "action",
                "details": {"handoff_host": "https://b.example", "title": "Billing"},
            },
        ),
    ],
)
def test_how_a_human_is_asked_for(custom: Any, handoff: Any) -> None:
    assert handoff_of({"custom": custom}) == handoff
