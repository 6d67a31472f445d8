"""Every model call of a turn is priced, capped and written down."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from adapters.storage.moneytables import model_call
from core.counting import message_bytes, tools_bytes
from core.metering import repeated_share
from core.modelling import ModelEvent, ModelRequest, PromptMessage, TextPiece, Used
from core.phrases import BUDGET
from core.prices import PriceRow
from core.settings import BudgetSettings
from tests.core.rig import Rig, rig
from tests.fakes.model import ScriptedModel, calls, says

PRICES = (PriceRow(model="scripted", input=Decimal(1), output=Decimal(2)),)


async def ledger(here: Rig) -> list[tuple[str, int, int, int | None, str]]:
    rows = await here.store.database.read(
        lambda connection: connection.execute(select(model_call).order_by(model_call.c.turn_id, model_call.c.n)).all()
    )
    return [(row.route, row.requests, row.input_tokens, row.nanos, row.outcome) for row in rows]


async def test_each_call_of_a_turn_is_a_line_of_the_ledger_with_its_price(tmp_path: Path) -> None:
    model = ScriptedModel(calls("get_order_status", '{"order_id": "88291"}'), says("It was delivered."))
    async with rig(tmp_path, model, prices=PRICES) as here:
        await here.says("Where is order #88291?")
        await here.settled()
        assert await ledger(here) == [("chat", 1, 10, 20_000, "done"), ("chat", 1, 10, 16_000, "done")]
        total = await here.store.costs.total()
        assert total.repeated_tokens > 0


async def test_a_cap_met_in_the_middle_of_a_turn_gives_one_clear_line_and_a_person(tmp_path: Path) -> None:
    model = ScriptedModel(calls("get_order_status", '{"order_id": "88291"}'))
    budget = BudgetSettings(requests_per_turn=1, block_requests=1)
    async with rig(tmp_path, model, budget=budget) as here:
        await here.says("Where is order #88291?")
        await here.settled()
        [text] = here.texts
        assert text.count(BUDGET) == 1
        assert any("1 model requests in this turn" in card for card in here.cards)


async def test_a_cap_in_money_holds_before_anything_is_asked(tmp_path: Path) -> None:
    budget = BudgetSettings(money_per_case=Decimal("0.0001"))
    async with rig(tmp_path, ScriptedModel(), budget=budget, prices=PRICES) as here:
        await here.says("Where is my parcel?")
        await here.settled()
        assert BUDGET in here.texts[0]
        assert any("0.0001 of the currency in this case" in card for card in here.cards)
        assert await ledger(here) == []


def test_what_a_prompt_repeats_is_counted_from_its_beginning() -> None:
    rules = PromptMessage("system", "r" * 60)
    first = ModelRequest((rules, PromptMessage("user", "a" * 20)))
    assert repeated_share(first, ModelRequest((rules, PromptMessage("user", "a" * 10 + "b" * 30)))) == 0.7
    assert repeated_share(first, ModelRequest((PromptMessage("system", "x"), *first.messages))) == 0.0


class Dense(ScriptedModel):
    """Counts every byte of a prompt as a token, the most that any endpoint can."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.requests.append(request)
        size = tools_bytes(request.tools) + sum(map(message_bytes, request.messages))
        yield TextPiece("It takes three days.")
        yield Used("dense", size, request.max_tokens)


async def test_a_strict_cap_holds_whatever_an_endpoint_counts(tmp_path: Path) -> None:
    budget = BudgetSettings(tokens_per_case=12_000, strict=True)
    model = Dense()
    async with rig(tmp_path, model, budget=budget) as here:
        for n in range(9):
            await here.says(f"How long does parcel {n} take?")
            await here.settled()
        spent = (await here.store.costs.total()).input_tokens + (await here.store.costs.total()).output_tokens
        assert 0 < spent <= 12_000
        assert len(model.requests) > 1
        assert any(BUDGET in text for text in here.texts)
