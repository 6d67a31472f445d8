"""Prices, costs, forecasts and comparisons."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.costs import Spent, compared, forecast
from core.modelling import Used
from core.prices import Offer, Price, PriceBook, PriceRow, money, nanos

BOOK = PriceBook(
    (
        PriceRow(endpoint="api.example.com", model="big-*", input=Decimal("0.60"), output=Decimal("0.80")),
        PriceRow(endpoint="api.example.com", model="*", request=Decimal("0.002")),
        PriceRow(model="local", input=Decimal(0)),
    )
)


def spent(key: str = "", *, cost: str = "0", calls: int = 1, tokens: int = 1_000) -> Spent:
    return Spent(key, calls, calls, tokens, 0, 0, 0, nanos(Decimal(cost)), 0, 0, 0, 1, 1, 0)


def test_the_first_row_that_fits_prices_a_call() -> None:
    used = Used("big-70b", 1_000_000, 500_000, endpoint="api.example.com:443")
    assert money(BOOK.cost(used) or 0) == Decimal("1.00")
    assert BOOK.cost(Used("small", 9_999, 1, endpoint="api.example.com")) == nanos(Decimal("0.002"))
    assert BOOK.cost(Used("local", 9, 9, endpoint="127.0.0.1:8080")) == 0
    assert BOOK.cost(Used("other", 9, 9, endpoint="elsewhere")) is None


def test_cached_tokens_cost_less_where_the_book_says_so() -> None:
    price = Price.of(PriceRow(input=Decimal(1), cached=Decimal("0.1")))
    assert money(price.cost(input_tokens=1_000_000, output_tokens=0, cached_tokens=900_000)) == Decimal("0.19")


@given(st.integers(0, 10**7), st.integers(0, 10**6), st.integers(0, 10**7))
def test_no_call_costs_more_than_the_ceiling(tokens_in: int, tokens_out: int, cached: int) -> None:
    for row in (("big-1", "api.example.com"), ("x", "api.example.com")):
        cost = BOOK.cost(Used(row[0], tokens_in, tokens_out, cached, endpoint=row[1]))
        assert cost is not None
        assert cost <= BOOK.ceiling.cost(input_tokens=tokens_in, output_tokens=tokens_out)


def test_a_forecast_needs_a_whole_day_and_counts_quiet_ones() -> None:
    today = date(2026, 3, 10)
    assert forecast([spent("2026-03-10", cost="9")], today=today) is None
    told = forecast([spent("2026-03-06", cost="4"), spent("2026-03-08", cost="4")], today=today)
    assert told is not None
    assert told.from_days == 4
    assert money(told.expected_nanos) == 60
    assert told.low_nanos < told.expected_nanos < told.high_nanos


def test_long_prompts_are_cheaper_by_the_request() -> None:
    offers = (Offer(name="tokens", input=Decimal(1)), Offer(name="requests", request=Decimal("0.001")))
    told = compared(spent(calls=10, tokens=200_000), offers)
    assert [(each.name, money(each.nanos)) for each in told] == [
        ("requests", Decimal("0.01")),
        ("tokens", Decimal("0.2")),
    ]
