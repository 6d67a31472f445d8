"""Public holidays of a country, or of a part of it, as the library `holidays` keeps them. Loaded where asked for."""

import importlib
from collections.abc import Container
from datetime import date
from typing import Protocol, cast

from core.hours import IsHoliday


class _Library(Protocol):
    def country_holidays(self, country: str, subdiv: str | None = None) -> Container[date]: ...


def public_holidays(place: str) -> IsHoliday:
    """Those of `DE`, or of a part like `DE-BY` (ISO 3166). Raises `ValueError` that says what to do."""
    try:
        library = cast(_Library, importlib.import_module("holidays"))
    except ImportError as error:
        raise ValueError("holidays by country need the extra `desk`: pip install 'firstline[desk]'") from error
    country, _, part = place.strip().upper().partition("-")
    try:
        days = library.country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        raise ValueError(
            f"{place!r} is no country whose holidays are known: write DE, or DE-BY for a part of it (ISO 3166)"
        ) from None
    return lambda day: day in days


def either(one: IsHoliday, other: IsHoliday) -> IsHoliday:
    """The days of both."""
    return lambda day: one(day) or other(day)
