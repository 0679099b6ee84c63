"""Block Kit as HTML, for the pictures of docs/slack.md. Pure.

Not Slack's look but a plain one of ours: what is shown, in which order and with which buttons is
exactly the JSON that Firstline sends. A kind of block or element that this page does not know is
an error, so that no picture leaves anything out.
"""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# `Any`: JSON.
Json = dict[str, Any]
LABEL = {
    "en": "Drawn from the blocks that Firstline sends. Not a screenshot of Slack.",
    "pl": "Narysowane z bloków, które wysyła Firstline. To nie jest zrzut ekranu Slacka.",
}
STROKE = 'fill="none" stroke="currentColor" stroke-width="1.6"'
DRAWN = {
    "red_circle": '<circle cx="8" cy="8" r="6" fill="#d2373f"/>',
    "large_green_circle": '<circle cx="8" cy="8" r="6" fill="#1f8a4c"/>',
    "lock": f'<path {STROKE} d="M5 7V5a3 3 0 0 1 6 0v2M3 7h10v7H3z"/>',
    "hourglass": f'<path {STROKE} d="M4 2h8L4 14h8z"/>',
    "eyes": f'<g {STROKE}><ellipse cx="4.5" cy="8" rx="3" ry="5"/><ellipse cx="11.5" cy="8" rx="3"'
    ' ry="5"/></g><circle cx="5.5" cy="9" r="1.6"/><circle cx="12.5" cy="9" r="1.6"/>',
    "paperclip": f'<path {STROKE} d="M12 7 7 12a3 3 0 0 1-4-4l6-6a2 2 0 0 1 3 3L6 11"/>',
    "speech_balloon": f'<path {STROKE} d="M2 3h12v8H8l-3 3v-3H2z"/>',
    "robot_face": f'<path {STROKE} d="M3 5h10v9H3zM8 5V2M6 9v1M10 9v1"/>',
    "information_source": f'<path {STROKE} d="M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 7v5M8 4v1"/>',
    "outbox_tray": f'<path {STROKE} d="M2 9v5h12V9M8 11V2M5 5l3-3 3 3"/>',
    "white_check_mark": f'<path {STROKE} d="M2 8l4 4 8-9"/>',
    "warning": f'<path {STROKE} d="M8 2 15 14H1zM8 6v4M8 11v1"/>',
    "zzz": f'<path {STROKE} d="M3 4h6L3 12h6M10 3h4l-4 4h4"/>',
}
STYLE = """
* { box-sizing: border-box }
body { margin: 0; padding: 14px; background: #fff; color: #1d1c1d; font: 14px/1.45 sans-serif }
main { width: 620px; border: 1px solid #c9c9cc; border-radius: 8px; overflow: hidden }
header { padding: 8px 14px; border-bottom: 1px solid #ddd; font-weight: 700 }
footer { padding: 6px 14px; border-top: 1px dashed #999; color: #555; font-size: 11px }
article { padding: 8px 14px; display: flex; gap: 10px }
article + article { border-top: 1px solid #f0f0f0 }
.face { flex: 0 0 32px; height: 32px; border-radius: 6px; background: #5b4b8a; color: #fff;
  font: 700 14px/32px sans-serif; text-align: center }
.face.app { background: #0b6b62 }
.what { flex: 1; min-width: 0 }
.who b { margin-right: 6px } .who i { font-style: normal; font-size: 10px; padding: 0 3px;
  border-radius: 3px; background: #e3e3e6; color: #444 }
.seen { width: fit-content; margin-top: 3px; padding: 0 8px; border: 1px solid #b9c8e8;
  border-radius: 10px; background: #eef3fd; font-size: 12px }
.block { margin: 5px 0; overflow-wrap: break-word }
.context { color: #5a5a5e; font-size: 12px } .context > span { margin-right: 10px }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 14px; margin-top: 4px }
.row { display: flex; flex-wrap: wrap; gap: 6px } .section { display: flex; gap: 10px }
.section > :first-child { flex: 1; min-width: 0 }
.button { display: inline-block; padding: 3px 10px; border: 1px solid #b0b0b4; border-radius: 5px;
  font-weight: 700; font-size: 13px; background: #fff; white-space: nowrap }
.primary { background: #007a5a; border-color: #007a5a; color: #fff }
.danger { background: #b3261e; border-color: #b3261e; color: #fff }
.field { border: 1px solid #9a9a9e; border-radius: 5px; padding: 6px 9px; color: #555;
  margin: 3px 0 }
.many { min-height: 58px } .tick { display: block }
.tick::before { content: "☐"; margin-right: 7px } .tick.on::before { content: "☑" }
.label { font-weight: 700 } .label small { font-weight: 400; color: #666 }
blockquote { margin: 2px 0; padding-left: 9px; border-left: 3px solid #c4c4c8 }
code { background: #f2f2f4; border: 1px solid #ddd; border-radius: 3px; padding: 0 3px }
a, .name { color: #1264a3; text-decoration: none } .name { background: #e8f1fb; border-radius: 3px }
.ends { padding: 10px 14px; border-top: 1px solid #ddd; text-align: right }
svg { width: 13px; height: 13px; vertical-align: -2px }
"""


class Look:
    """Turns JSON into a page. `names`: what ids of people and channels are called."""

    def __init__(self, names: Mapping[str, str], *, language: str = "en") -> None:
        self._names = names
        self._language = language

    def thread(self, title: str, posts: list[Json], *, seen: str | None = None) -> str:
        """Posts under each other; the one with the time stamp `seen` has our eyes under it."""
        drawn = "".join(self._post(post, seen=post["ts"] == seen) for post in posts)
        return self._page(f"<header>{html.escape(title)}</header>{drawn}")

    def modal(self, view: Json, filled: Mapping[str, Any] | None = None) -> str:
        """A window; `filled`: what somebody has typed or ticked, by block."""
        blocks = "".join(self._block(block, filled or {}) for block in view["blocks"])
        ends = self._ends(view)
        title = html.escape(view["title"]["text"])
        return self._page(
            f"<header>{title}</header><article><div class=what>{blocks}</div></article>{ends}"
        )

    def home(self, view: Json, title: str) -> str:
        """The app's home page."""
        blocks = "".join(self._block(block, {}) for block in view["blocks"])
        head = f"<header>{html.escape(title)}</header>"
        return self._page(f"{head}<article><div class=what>{blocks}</div></article>")

    def _page(self, inner: str) -> str:
        label = LABEL[self._language]
        return (
            f'<!doctype html><html lang="{self._language}"><meta charset="utf-8">'
            f"<style>{STYLE}</style><main>{inner}<footer>{label}</footer></main>"
        )

    def _ends(self, view: Json) -> str:
        parts = [("close", "button"), ("submit", "button primary")]
        drawn = [
            f'<span class="{kind}">{html.escape(view[part]["text"])}</span>'
            for part, kind in parts
            if part in view
        ]
        return f"<div class=ends>{' '.join(drawn)}</div>"

    def _post(self, post: Json, *, seen: bool) -> str:
        is_app = bool(post.get("bot_id"))
        name = "Firstline" if is_app else self._names[post["user"]]
        blocks = post.get("blocks") or []
        inner = "".join(self._block(block, {}) for block in blocks) or self._words(post["text"])
        for file in post.get("files") or ():
            inner += (
                f"<div class=block>{drawn_emoji('paperclip')} {html.escape(file['title'])}</div>"
            )
        eyes = f'<div class="seen">{drawn_emoji("eyes")} 1</div>' if seen else ""
        app = " <i>APP</i>" if is_app else ""
        return (
            f'<article><div class="face{" app" if is_app else ""}">{html.escape(name[0])}</div>'
            f"<div class=what><div class=who><b>{html.escape(name)}</b>{app}</div>{inner}{eyes}"
            "</div></article>"
        )

    def _block(self, block: Json, filled: Mapping[str, Any]) -> str:
        match block["type"]:
            case "section":
                inner = f"<div>{self._section(block)}</div>{self._accessory(block)}"
                return f'<div class="block section">{inner}</div>'
            case "context":
                spans = "".join(f"<span>{self._words(e['text'])}</span>" for e in block["elements"])
                return f'<div class="block context">{spans}</div>'
            case "actions":
                row = "".join(self._element(element) for element in block["elements"])
                return f'<div class="block row">{row}</div>'
            case "input":
                return self._input(block, filled.get(block["block_id"]))
            case "divider":
                return "<hr>"
        raise ValueError(f"A block of a kind that is not drawn: {block['type']}")

    def _section(self, block: Json) -> str:
        words = self._words(block["text"]["text"]) if "text" in block else ""
        fields = "".join(
            f"<div>{self._words(one['text'])}</div>" for one in block.get("fields", ())
        )
        return words + (f"<div class=fields>{fields}</div>" if fields else "")

    def _accessory(self, block: Json) -> str:
        return f"<div>{self._element(block['accessory'])}</div>" if "accessory" in block else ""

    def _element(self, element: Json) -> str:
        match element["type"]:
            case "button":
                kind = f"button {element.get('style', '')}".strip()
                return f'<span class="{kind}">{html.escape(element["text"]["text"])}</span>'
            case "static_select":
                return (
                    f'<span class="button">{html.escape(element["placeholder"]["text"])} ▾</span>'
                )
            case "overflow":
                return '<span class="button">⋯</span>'
        raise ValueError(f"An element of a kind that is not drawn: {element['type']}")

    def _input(self, block: Json, value: Any) -> str:
        label = html.escape(block["label"]["text"])
        optional = {"en": "(optional)", "pl": "(opcjonalnie)"}[self._language]
        note = f" <small>{optional}</small>" if block.get("optional") else ""
        hint = block.get("hint", {}).get("text")
        under = f'<div class="context">{html.escape(hint)}</div>' if hint else ""
        field = self._field(block["element"], value)
        return f"<div class=block><div class=label>{label}{note}</div>{field}{under}</div>"

    def _field(self, element: Json, value: Any) -> str:
        match element["type"]:
            case "plain_text_input" | "email_text_input":
                many = " many" if element.get("multiline") else ""
                first = element.get("initial_value", "")
                words = html.escape(str(value or first)).replace("\n", "<br>")
                return f'<div class="field{many}">{words or "&nbsp;"}</div>'
            case "checkboxes":
                return "".join(
                    f'<span class="tick{" on" if one["value"] in (value or ()) else ""}">'
                    f"{html.escape(one['text']['text'])}</span>"
                    for one in element["options"]
                )
            case "file_input":
                choose = {"en": "Choose files", "pl": "Wybierz pliki"}[self._language]
                return f'<span class="button">{choose}</span>'
            case "static_select" | "radio_buttons":
                chosen = element.get("initial_option") or element["options"][0]
                words = html.escape(chosen["text"]["text"])
                return f'<div class="field">{words} ▾</div>'
            case "datepicker":
                return '<div class="field">📅</div>'
        raise ValueError(f"A field of a kind that is not drawn: {element['type']}")

    def _words(self, mrkdwn: str) -> str:
        """Slack's mrkdwn, whose `<`, `>` and `&` are escaped already."""
        lines, quoted = [], False
        for line in mrkdwn.split("\n"):
            is_quote = line.startswith("&gt; ") or line.startswith("> ")
            words = self._inline(line.partition(" ")[2] if is_quote else line)
            if is_quote and not quoted:
                words = f"<blockquote>{words}"
            elif quoted and not is_quote:
                words = f"</blockquote>{words}"
            quoted = is_quote
            lines.append(words)
        joined = "<br>".join(lines).replace("<br></blockquote>", "</blockquote>")
        return f"{joined}</blockquote>" if quoted else joined

    def _inline(self, words: str) -> str:
        words = re.sub(r"<([^<>]+)>", self._marked, words)
        words = re.sub(r"(?<![\w*])\*(\S(?:[^*]*?\S)?)\*(?![\w*])", r"<b>\1</b>", words)
        words = re.sub(r"(?<![\w_])_(\S(?:[^_]*?\S)?)_(?![\w_])", r"<em>\1</em>", words)
        words = re.sub(r"`([^`]+)`", r"<code>\1</code>", words)
        return re.sub(r":([a-z_]+):", lambda found: drawn_emoji(found[1]), words)

    def _marked(self, found: re.Match[str]) -> str:
        inner, _, label = found[1].partition("|")
        if inner.startswith("@"):
            return f"<span class=name>@{html.escape(self._names[inner[1:]])}</span>"
        if inner.startswith("#"):
            return f"<span class=name>#{html.escape(self._names[inner[1:]])}</span>"
        if inner.startswith("!date^"):
            at = datetime.fromtimestamp(int(inner.split("^")[1]), UTC)
            ago = {"en": "5 minutes ago", "pl": "5 minut temu"}[self._language]
            return ago if "{ago}" in inner else f"{at:%H:%M}"
        return f"<a>{label or inner}</a>"


def drawn_emoji(name: str) -> str:
    """A small drawing: no font here has them."""
    return f'<svg viewBox="0 0 16 16" role="img" aria-label="{name}">{DRAWN[name]}</svg>'
