"""What somebody wrote in Slack's markup, as the words that a reader sees. Pure."""

import html
import re
from collections.abc import Mapping

_MARKUP = re.compile(r"<([^<>\n]*)>")
_SPECIAL = {"!channel": "@channel", "!here": "@here", "!everyone": "@everyone"}
# Slack's own marks at the edges of words: a star for bold, where ours (docs/markup.md) has two.
_CODE = re.compile(r"```\n?(?P<block>.+?)\n?```|`[^`\n]+`", re.DOTALL)
_BOLD = re.compile(r"(?<![\w*])\*(?![\s*])([^*\n]*[^*\s])\*(?![\w*])")
_STRUCK = re.compile(r"(?<![\w~])~(?![\s~])([^~\n]*[^~\s])~(?![\w~])")
# One emoji or several and nothing else: by name, or as such.
_EMOJI = re.compile(
    r"(?:\s|:[\w+'-]+:|[\u200d\ufe0f\u20e3\u2190-\u2bff\U0001f000-\U0001faff\U000e0020-\U000e007f])+"
)


def words_of(text: str, *, without: str, names: Mapping[str, str]) -> str:
    """The words, without mentions of the user `without`; others are called by `names`."""

    def replace(found: re.Match[str]) -> str:
        inner, _, label = found[1].partition("|")
        if inner.startswith("@"):
            return "" if inner[1:] == without else f"@{label or names.get(inner[1:], inner[1:])}"
        if inner.startswith("#"):
            return f"#{label or inner[1:]}"
        if inner.startswith("!"):
            return _SPECIAL.get(inner.split("^")[0], label or f"@{inner[1:]}")
        address = inner.removeprefix("mailto:").removeprefix("tel:")
        return f"{label} ({address})" if label and label not in (address, inner) else address

    replaced = _MARKUP.sub(replace, text)
    return html.unescape(re.sub(r"[ \t]+(\n|$)", r"\1", replaced)).strip()


def to_markup(words: str) -> str:
    """What an agent wrote in Slack, in the marks of agents' messages; struck words are plain."""
    parts, end = [], 0
    for code in _CODE.finditer(words):
        parts.append(_marked(words[end : code.start()]))
        parts.append(code[0] if code["block"] is None else f"\n```\n{code['block']}\n```\n")
        end = code.end()
    parts.append(_marked(words[end:]))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()


def _marked(words: str) -> str:
    return _STRUCK.sub(r"\1", _BOLD.sub(r"**\1**", words))


def mentioned(text: str) -> frozenset[str]:
    """The ids of all users whom it mentions."""
    return frozenset(re.findall(r"<@([A-Z0-9]+)(?:\|[^>]*)?>", text))


def is_only_emoji(words: str) -> bool:
    """Whether it says nothing but a face or a thumb."""
    return bool(words.strip()) and _EMOJI.fullmatch(words) is not None
