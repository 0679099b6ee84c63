"""The language of filters: from a line of text to a tree, or to what is wrong and where. Pure.

    either  = both ("or" both)*
    both    = single ("and"? single)*         two tests side by side mean “and”
    single  = "not" single | "(" either ")" | test
    test    = field sign value ("," value)*   or words alone, which are looked for in the texts
    sign    = ":" | "=" | "!=" | "<" | "<=" | ">" | ">="

Values with spaces stand in double quotes. Keywords may be Polish (`i`, `lub`, `nie`).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.filters.errors import Problem, UnreadableFilter
from bot.filters.fields import FIELDS, NAMES, Field, Kind, read_date, read_span
from bot.search.words import fold

LONGEST = 400
DEEPEST = 20
AND, OR, NOT = {"and", "i", "oraz"}, {"or", "lub", "albo"}, {"not", "nie"}
TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<sign><=|>=|!=|[:=<>])|(?P<comma>,)"
    r'|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<broken>"[^"]*$)|(?P<word>[^\s()<>=!:,"]+)|(?P<odd>\S))'
)

Value = str | timedelta | date


@dataclass(frozen=True)
class Compare:
    """One comparison; several values mean “one of these”. The field `text` has words."""

    field: Field
    sign: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Not:
    """The opposite."""

    item: "Tree"


@dataclass(frozen=True)
class All:
    """Every one of these."""

    items: tuple["Tree", ...]


@dataclass(frozen=True)
class Some:
    """At least one of these."""

    items: tuple["Tree", ...]


Tree = Compare | Not | All | Some


@dataclass(frozen=True)
class Token:
    """A piece of the line; `at` is its place, counted from 0."""

    kind: str  # open, close, sign, comma, quoted, word, end
    text: str
    at: int

    def is_one_of(self, words: set[str]) -> bool:
        """Whether it is a keyword; in quotes it is none."""
        return self.kind == "word" and self.text.casefold() in words


def parse(line: str) -> Tree:
    """The tree; raises UnreadableFilter, which says where it was lost and what was expected."""
    if len(line) > LONGEST:
        raise UnreadableFilter(Problem.TOO_LONG, LONGEST, limit=LONGEST)
    return _Reader(_tokens(line)).whole()


def _tokens(line: str) -> list[Token]:
    found, at = [], 0
    while match := TOKEN.match(line, at):
        kind = str(match.lastgroup)
        start = match.start(kind) - (kind == "quoted")
        if kind == "broken":
            raise UnreadableFilter(Problem.QUOTE, start)
        if kind == "odd":
            raise UnreadableFilter(Problem.SIGN, start, found=match[kind])
        words = re.sub(r"\\(.)", r"\1", match[kind]) if kind == "quoted" else match[kind]
        found.append(Token(kind, words, start))
        at = match.end()
    return [*found, Token("end", "", len(line.rstrip()))]


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def whole(self) -> Tree:
        tree = self._either()
        if self._next.kind == "close":
            raise UnreadableFilter(Problem.NOT_OPENED, self._next.at)
        if self._next.kind != "end":
            raise UnreadableFilter(Problem.TEST, self._next.at, found=self._next.text)
        return tree

    def _either(self) -> Tree:
        items = [self._both()]
        while self._next.is_one_of(OR):
            self._take()
            items.append(self._both())
        return items[0] if len(items) == 1 else Some(tuple(items))

    def _both(self) -> Tree:
        items = [self._single()]
        while self._goes_on():
            if self._next.is_one_of(AND):
                self._take()
            items.append(self._single())
        return items[0] if len(items) == 1 else All(tuple(items))

    def _goes_on(self) -> bool:
        return self._next.kind in ("open", "word", "quoted") and not self._next.is_one_of(OR)

    def _single(self) -> Tree:
        first = self._take()
        self._depth += 1
        if self._depth > DEEPEST:
            raise UnreadableFilter(Problem.TOO_DEEP, first.at)
        try:
            return self._single_after(first)
        finally:
            self._depth -= 1

    def _single_after(self, first: Token) -> Tree:
        if first.is_one_of(NOT):
            return Not(self._single())
        if first.kind == "open":
            tree = self._either()
            if self._next.kind != "close":
                raise UnreadableFilter(Problem.NOT_CLOSED, self._next.at, opened=first.at + 1)
            self._take()
            return tree
        if first.kind == "end":
            raise UnreadableFilter(Problem.NOTHING if self._at == 1 else Problem.ENDED, first.at)
        if first.kind not in ("word", "quoted") or first.is_one_of(AND | OR):
            raise UnreadableFilter(Problem.TEST, first.at, found=first.text)
        if first.kind == "word" and self._next.kind == "sign":
            return self._test(first)
        return Compare(FIELDS["text"], ":", (first.text,))

    def _test(self, name: Token) -> Tree:
        field = NAMES.get(fold(name.text))
        if field is None:
            raise UnreadableFilter(Problem.FIELD, name.at, found=name.text)
        sign = self._take()
        if sign.text not in field.signs:
            raise UnreadableFilter(
                Problem.COMPARISON, sign.at, field=field.name, signs=" ".join(field.signs)
            )
        values = [self._value(field)]
        while self._next.kind == "comma":
            self._take()
            values.append(self._value(field))
        if len(values) > 1 and sign.text not in (":", "=", "!="):
            raise UnreadableFilter(Problem.ONE_VALUE, sign.at, found=sign.text)
        return Compare(field, "=" if sign.text == ":" else sign.text, tuple(values))

    def _value(self, field: Field) -> Value:
        token = self._take()
        if token.kind not in ("word", "quoted") or not token.text.strip():
            raise UnreadableFilter(Problem.VALUE, token.at, field=field.name)
        return _read(field, token)


def _read(field: Field, token: Token) -> Value:
    if field.kind is Kind.SPAN:
        span = read_span(token.text)
        if span is None:
            raise UnreadableFilter(Problem.SPAN, token.at, found=token.text)
        return span
    if field.kind is Kind.DATE:
        day = read_date(token.text)
        if day is None:
            raise UnreadableFilter(Problem.DATE, token.at, found=token.text)
        return day
    if field.kind is Kind.CHOICE:
        choice = field.choice(token.text)
        if choice is None:
            choices = ", ".join(field.choices)
            raise UnreadableFilter(Problem.CHOICE, token.at, found=token.text, choices=choices)
        return choice
    return token.text.strip()
