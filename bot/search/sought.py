"""What somebody looks for: from what was typed to the databases' own languages. Pure."""

from dataclasses import dataclass

from bot.search.words import STEM, stems, words_of

MOST_WORDS = 12
SHORTEST_BEGINNING = 3  # a word of fewer letters is no beginning of others


@dataclass(frozen=True)
class Sought:
    """The words that all have to be there, folded."""

    words: tuple[str, ...]

    def for_sqlite(self) -> str:
        """As FTS5 reads it; words hold letters and digits alone."""
        return " AND ".join(
            "(" + " OR ".join((_begins(word, '"', "*"), *(f'"{s}"' for s in _stems(word)))) + ")"
            for word in self.words
        )

    def for_postgresql(self) -> str:
        """As a tsquery is written."""
        return " & ".join(
            "(" + " | ".join((_begins(word, "'", ":*"), *(f"'{s}'" for s in _stems(word)))) + ")"
            for word in self.words
        )


def sought(typed: str) -> Sought:
    """What to look for; no words, when nothing that was typed is one."""
    return Sought(tuple(dict.fromkeys(words_of(typed)))[:MOST_WORDS])


def _begins(word: str, quote: str, star: str) -> str:
    quoted = f"{quote}{word}{quote}"
    return quoted + star if len(word) >= SHORTEST_BEGINNING else quoted


def _stems(word: str) -> list[str]:
    return [f"{STEM}{stem}" for stem in sorted(stems(word))]
