"""Times of the day, in figures and in words."""

import pytest

from engine.nlu.entities import times

CASES: dict[str, list[str]] = {
    "14:30": ["14:30"],
    "at 3 pm": ["15:00"],
    "at 12 am": ["00:00"],
    "10 a.m. please": ["10:00"],
    "call me at 10": ["10:00"],
    "at 10 o'clock": ["10:00"],
    "between 10 and 12": ["10:00", "12:00"],
    "half past seven": ["07:30"],
    "quarter to nine": ["08:45"],
    "by noon": ["12:00"],
    "o 14": ["14:00"],
    "o 14-tej": ["14:00"],
    "o godz. 14.30": ["14:30"],
    "o czternastej": ["14:00"],
    "o ósmej wieczorem": ["20:00"],
    "o 3 po południu": ["15:00"],
    "o wpół do ósmej": ["07:30"],
    "kwadrans po dziesiątej": ["10:15"],
    "za kwadrans ósma": ["07:45"],
    "za pięć dwunasta": ["11:55"],
    "dziesięć po ósmej": ["08:10"],
    "od 9 do 17": ["09:00", "17:00"],
    "dzwoncie po 17": ["17:00"],
    "o 11 przyjeżdżają goście": ["11:00"],
    # No times.
    "o 10 procent taniej": [],
    "o 60 minut za późno": [],
    "at 98 percent": [],
    "at 5 Main Street": [],
    "po 5 miesiącach": [],
    "od 10 do 12 sztuk": [],
    "5 to 10 days": [],
    "za pięć dni": [],
    "do 65 cali": [],
    "25:70": [],
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_a_message_names_these_times(text: str, expected: list[str]) -> None:
    assert [found.value for found in times.find(text)] == expected
