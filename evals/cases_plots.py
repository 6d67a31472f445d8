"""Everyday cases about orders: looking up, refunds, cancelling, addresses, callbacks."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from evals.cases_model import answers, call, calls_then, tell
from evals.cases_people import People
from evals.cases_seats import PATIENCE_S
from evals.cases_stage import Plot, Stage
from tests.servers.model import Reply

Voice = Callable[[str], str]
Maker = Callable[[People, Voice], Plot]

VOICES: tuple[Voice, ...] = (
    lambda words: words,
    lambda words: f"Good morning, I hope you are well. {words} Many thanks in advance.",
    lambda words: words.lower().rstrip("."),
    lambda words: f"{words} I leave for the station in a few minutes, so please be quick.",
    lambda words: f"I came home from my holiday and saw the post on the floor. {words}",
    lambda words: f"hey!! {words} cheers",
)


def order_status(people: People, voice: Voice) -> Plot:
    """Somebody asks for their own order."""
    who = people.customer()
    mind = calls_then(call("get_order_status", order_id=who.order.id), tell)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        is_answered = await stage.ask(seat, voice(f"Where is my order {who.order.id}?"), mind)
        return is_answered and await stage.sees(seat, who.order.canary)

    return Plot("order status", play, (who,))


def order_status_german(people: People, voice: Voice) -> Plot:
    """The same in German."""
    who = people.customer(state="shipped")
    mind = calls_then(call("get_order_status", order_id=who.order.id), tell)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        is_answered = await stage.ask(seat, voice(f"Wo ist meine Bestellung {who.order.id}?"), mind)
        return is_answered and await stage.sees(seat, who.order.canary)

    return Plot("order status in German", play, (who,))


def all_orders(people: People, voice: Voice) -> Plot:
    """Somebody knows no number."""
    who = people.customer()

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        is_answered = await stage.ask(seat, voice("Which orders do I have?"), calls_then(call("find_customer"), tell))
        return is_answered and await stage.sees(seat, who.order.canary)

    return Plot("all orders", play, (who,))


def _refund(order: str) -> Reply:
    return call("initiate_refund", order_id=order, reason="it came broken")


def refund_small(people: People, voice: Voice) -> Plot:
    """A refund that needs nobody."""
    who = people.customer(price="20.00")
    mind = calls_then(_refund(who.order.id), tell)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        await stage.ask(seat, voice(f"I want a refund for order {who.order.id}, it came broken."), mind)
        return await stage.sees(seat, "was started")

    return Plot("small refund", play, (who,), {who.id: ("RF",)})


_WAITING = answers("I have asked a colleague to look at that.")


def refund_approved(people: People, voice: Voice) -> Plot:
    """A refund that a person agrees to."""
    who = people.customer(price="129.00")
    mind = calls_then(_refund(who.order.id), _WAITING)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        await stage.ask(seat, voice(f"Please refund order {who.order.id}, it came broken."), mind)
        await stage.world.press_card(seat, f"#{who.order.id}", "approve")
        return await stage.sees(seat, "was started")

    return Plot("refund with approval", play, (who,), {who.id: ("RF",)})


def refund_denied(people: People, voice: Voice) -> Plot:
    """A refund that a person does not agree to: nothing may be paid, and the customer hears of it."""
    who = people.customer(price="140.00")
    mind = calls_then(_refund(who.order.id), _WAITING)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        await stage.ask(seat, voice(f"Please refund order {who.order.id}, it came broken."), mind)
        before = len(seat.shown())
        await stage.world.press_card(seat, f"#{who.order.id}", "deny")
        sim = stage.world.slack if seat.tenant.platform == "slack" else stage.world.discord
        await sim.changes.until(lambda: len(seat.shown()) > before, timeout_s=PATIENCE_S)
        return not any("was started" in each for each in seat.shown())

    return Plot("refund refused by staff", play, (who,))


def refund_impossible(people: People, voice: Voice) -> Plot:
    """A refund of what was never charged: the shop refuses, and the customer is told so."""
    who = people.customer(state="processing")
    mind = calls_then(_refund(who.order.id), tell)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        text = voice(f"I want my money back for order {who.order.id}.")
        is_answered = await stage.ask(seat, text, mind)
        return is_answered and not any("was started" in each for each in seat.shown())

    return Plot("refund the shop refuses", play, (who,))


def cancel(people: People, voice: Voice) -> Plot:
    """An order that was not sent is cancelled."""
    who = people.customer(state="processing")
    mind = calls_then(call("cancel_order", order_id=who.order.id, reason="changed my mind"), tell)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        await stage.ask(seat, voice(f"Please cancel order {who.order.id}."), mind)
        return await stage.sees(seat, "was cancelled")

    return Plot("cancel", play, (who,), {who.id: ("CN",)})


def cancel_too_late(people: People, voice: Voice) -> Plot:
    """An order that was sent cannot be cancelled."""
    who = people.customer(state="shipped")
    mind = calls_then(call("cancel_order", order_id=who.order.id, reason="changed my mind"), tell)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        is_answered = await stage.ask(seat, voice(f"Please cancel order {who.order.id}."), mind)
        return is_answered and not any("was cancelled" in each for each in seat.shown())

    return Plot("cancel too late", play, (who,))


def new_address(people: People, voice: Voice) -> Plot:
    """A new address waits for the customer's yes."""
    who = people.customer(state="processing")
    to = {"street": "Elm Road 7", "postcode": "40210", "city": "Springfield", "country": "Germany"}
    mind = calls_then(call("change_address", order_id=who.order.id, **to), answers("One moment."))

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        text = f"Please send order {who.order.id} to Elm Road 7, 40210 Springfield, Germany."
        await stage.ask(seat, voice(text), mind)
        await stage.write(seat, "Yes, please.", answers("It is as you wished."))
        return await stage.sees(seat, "was changed to")

    return Plot("new address after a yes", play, (who,), {who.id: ("AD",)})


def callback(people: People, voice: Voice) -> Plot:
    """A call at a time the customer named."""
    who = people.customer()
    when = (datetime.now(UTC) + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
    mind = calls_then(call("schedule_callback", when=when.isoformat(), topic="a late parcel"), tell)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        await stage.ask(seat, voice(f"Please call me back on {when:%Y-%m-%d} at 10:00 UTC about a late parcel."), mind)
        return await stage.sees(seat, "callback is scheduled")

    return Plot("callback", play, (who,), {who.id: ("CB",)})


ORDERS: Sequence[tuple[Maker, int]] = (
    (order_status, 6),
    (order_status_german, 2),
    (all_orders, 4),
    (refund_small, 6),
    (refund_approved, 6),
    (refund_denied, 4),
    (refund_impossible, 4),
    (cancel, 4),
    (cancel_too_late, 3),
    (new_address, 4),
    (callback, 4),
)
"""A plot, and in how many voices it is played on each platform."""
