"""What people type, made plainer for the featurizers. Pure; what was written stays as it is.

Two depths: `readable` takes away what carries no meaning (emoji, shouting, repeated letters, the
polite frame of a letter) and is what sentence encoders read; `plain` also drops accents and
punctuation, for counting words and pieces of words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_EMOJI = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d\u200b-\u200f]+")
_LONG_DRAWN = re.compile(r"([^\W\d_])\1{2,}")
_MARKS = re.compile(r"([!?.,…])[!?.,…]+")
_SPACES = re.compile(r"\s+")
_LETTERS = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d+")
_LONG_NUMBER = re.compile(r"\d{5,}")
_NOT_WORD = re.compile(r"[^\w\s]+|_")
_SHOUTING = 0.7  # share of capitals
_KEPT_WORDS = 2  # a frame is only taken away when this much is left

_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|dear (?:sir|madam|team|all|support"
    r"|colleagues)(?: (?:or|and) (?:sir|madam))?|to whom it may concern|dzień dobry|dzien dobry|dobry wieczór"
    r"|dobry wieczor|witam(?: serdecznie)?|witajcie|cześć|czesc|hej|hejka|siema|szanowni państwo|szanowni panstwo"
    r"|szanowna pani|szanowny panie|drodzy państwo|drogi zespole)(?: (?:there|all|team|everyone|wszystkim))?[\s,.!:;–-]+)+",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"[\s,.!;–-]+(?:(?:many |with )?(?:thanks|thank you|kind regards|best regards|regards|cheers|thx|ty)"
    r"(?: (?:in advance|so much|a lot|very much))?|dziękuję|dziekuje|dzięki|dzieki|z góry dziękuję|z gory dziekuje"
    r"|pozdrawiam|z poważaniem|z powazaniem|z wyrazami szacunku|pozdro)(?: (?:bardzo|serdecznie|z góry|z gory"
    r"|za pomoc|za odpowiedź|i pozdrawiam))*[\s,.!]*$",
    re.IGNORECASE,
)


# Every featurizer of a pipeline asks this of one message.
@lru_cache(maxsize=4)
def readable(text: str) -> str:
    """The sentence without decoration: "HELLO!!! wheeere is my parcel 😡" → "where is my parcel"."""
    clean = unicodedata.normalize("NFC", _EMOJI.sub(" ", text))
    letters = _LETTERS.findall(clean)
    if len(letters) > 3 and sum(letter.isupper() for letter in letters) / len(letters) > _SHOUTING:
        clean = clean.lower()
    # Three of a letter are one: English and Polish have doubles, and no word needs three.
    clean = _MARKS.sub(r"\1", _LONG_DRAWN.sub(r"\1", clean))
    # Which order or ticket it is says nothing about what is wanted.
    clean = _SPACES.sub(" ", _LONG_NUMBER.sub("12345", clean)).strip()
    return without_frame(clean) or text.strip()


def without_frame(text: str) -> str:
    """Greeting and farewell go when a matter stands between them; alone they are the matter."""
    for frame in (_GREETING, _FAREWELL):
        rest = frame.sub("", text, count=1)
        if len(rest.split()) >= _KEPT_WORDS:
            text = rest
    return text


def plain(text: str) -> str:
    """Small letters without accents and punctuation; every number is a 0."""
    small = unicodedata.normalize("NFKD", readable(text).lower().replace("ł", "l"))
    letters = "".join(letter for letter in small if not unicodedata.combining(letter))
    return _SPACES.sub(" ", _NUMBER.sub("0", _NOT_WORD.sub(" ", letters))).strip()
