"""Public holidays by country, from the `holidays` package."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

import holidays

from bot.availability.hours import Words
from bot.texts import LANGUAGES


class NoSuchCountry(ValueError):
    """The package does not know it; the message says what is possible."""


def public_holidays(place: str) -> Callable[[date], Words | None]:
    """The names of a country's holiday on a day, by language: `PL`, or with a region `DE-BY`.

    Where the package has no name in a language of ours, the one that it has stands in.
    """
    country, _, region = place.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise NoSuchCountry(f"there is no country {country!r}; use two letters such as PL")
    if region and region not in known[country]:
        some = _some(known[country])
        raise NoSuchCountry(f"{country} has no region {region!r}; it has {some}")
    calendars = {
        language: holidays.country_holidays(
            country, subdiv=region or None, language=_nearest(country, language)
        )
        for language in LANGUAGES
    }

    @lru_cache(maxsize=2048)
    def on(day: date) -> Words | None:
        if day not in calendars[LANGUAGES[0]]:
            return None
        return {language: str(found.get(day)) for language, found in calendars.items()}

    return on


def _nearest(country: str, language: str) -> str | None:
    offered = holidays.list_localized_countries(include_aliases=True).get(country, [])
    return next((tag for tag in offered if tag.split("_")[0] == language), None)


def _some(regions: Iterable[str]) -> str:
    found = list(regions)
    return ", ".join(found[:20]) + ("…" if len(found) > 20 else "") if found else "none"
