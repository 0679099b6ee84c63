"""What others wrote, made short and harmless for a card. Pure."""

from datetime import datetime

from connectors.slack.mrkdwn import escape


def cut(words: str, most: int) -> str:
    """No longer than this; escaped text is not cut in the middle of a sign."""
    if len(words) <= most:
        return words
    short = words[: most - 1]
    sign = short.rfind("&")
    if sign >= len(short) - 5 and ";" not in short[sign:]:
        short = short[:sign]
    return f"{short.rstrip()}…"


def quoted(words: str) -> str:
    """Every line of it as a quotation."""
    return "\n".join(f"> {line}" for line in words.splitlines())


def one_line(words: str, most: int) -> str:
    """Cut, in one line, and harmless."""
    return cut(escape(" ".join(words.split())), most)


def moment(at: datetime, form: str = "{date_short_pretty} {time}") -> str:
    """On each reader's own clock; without, in UTC."""
    return f"<!date^{int(at.timestamp())}^{form}|{at:%Y-%m-%d %H:%M} UTC>"
