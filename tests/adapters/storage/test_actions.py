"""Effects once; approvals by somebody else, in time, and by whoever is first."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.storage.store import Store
from core.actions import Decision
from core.conversation import Thread
from core.errors import OverCap, StoreError
from core.identity import ChatUser, Link
from core.policy import Caps
from core.reply import Post
from core.tools import ToolResult
from tests.adapters.storage.scene import NOW, STAFF, THREAD, approval, begun, refund, says
from tests.fakes.clock import StillClock

CARD = ((STAFF, Post("Approve?", kind="card")),)


async def decides(
    store: Store, *, is_approved: bool = True, by: str = "s1", place: Thread = STAFF, id: str = "A-1"
) -> Decision:
    return await store.actions.decide(id, is_approved=is_approved, by=by, by_name="Sam", place=place)


async def proposed(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    wish = refund(state="proposed", turn_id=turn.id, case_id=turn.case.id)
    assert (await store.actions.propose(wish, approval(), CARD)).state == "proposed"


async def test_of_many_callers_one_may_run_the_effect(store: Store) -> None:
    flags = await asyncio.gather(*(store.actions.intend(refund()) for _ in range(20)))
    assert sum(is_mine for _, is_mine in flags) == 1
    assert {action.state for action, _ in flags} == {"intended"}


async def test_an_action_comes_back_whole(store: Store) -> None:
    action, _ = await store.actions.intend(refund())
    assert action == refund()
    assert await store.actions.find("refund:88291") == action
    assert await store.actions.of_case("C-1") == [action]
    assert await store.actions.find("refund:1") is None


async def test_what_is_done_has_one_receipt_and_is_never_run_again(store: Store) -> None:
    await store.actions.intend(refund())
    done = await store.actions.settle("refund:88291", "done", ToolResult("Refunded.", {"id": 7}, "re_7"))
    assert done.receipt_id.startswith("R-")
    assert done.result == ToolResult("Refunded.", {"id": 7}, "re_7")
    assert await store.actions.settle("refund:88291", "failed", ToolResult("Late.")) == done
    assert await store.actions.intend(refund()) == (done, False)


async def test_what_failed_may_be_tried_again_by_one_caller_with_the_new_arguments(store: Store) -> None:
    await store.actions.intend(refund())
    await store.actions.settle("refund:88291", "failed", ToolResult("The back end refused."))
    flags = await asyncio.gather(*(store.actions.intend(refund(amount="70", turn_id="T-2")) for _ in range(5)))
    assert sum(is_mine for _, is_mine in flags) == 1
    assert flags[0][0].arguments["amount"] == "70"


async def test_an_unknown_outcome_is_not_run_again_until_it_is_settled(store: Store) -> None:
    await store.actions.intend(refund())
    await store.actions.settle("refund:88291", "unknown", ToolResult("No answer."))
    assert (await store.actions.intend(refund()))[1] is False
    assert (await store.actions.settle("refund:88291", "done", ToolResult("It had worked."))).receipt_id


async def test_settling_what_was_never_intended_is_an_error(store: Store) -> None:
    with pytest.raises(StoreError, match="no action"):
        await store.actions.settle("refund:1", "done", ToolResult("?"))


async def test_a_proposed_action_is_not_run_before_it_was_approved(store: Store) -> None:
    await proposed(store)
    assert (await store.actions.intend(refund()))[1] is False
    await decides(store)
    action, is_mine = await store.actions.intend(refund(amount="9000", turn_id="T-2"))
    assert is_mine
    assert action.arguments["amount"] == "80", "what was approved is what runs"
    assert action.turn_id == "T-2"
    assert (await store.actions.intend(refund()))[1] is False


async def test_a_second_wish_finds_the_first_and_posts_no_second_card(store: Store) -> None:
    await proposed(store)
    again = await store.actions.propose(refund(state="proposed", amount="90"), approval("A-2"), CARD)
    assert again.arguments["amount"] == "80"
    assert len(await store.outbox.due(["slack"], limit=9)) == 1
    assert (await decides(store, id="A-2")).state == "unknown"


async def test_a_decision_reaches_the_thread_of_the_wish_once(store: Store) -> None:
    await proposed(store)
    decision = await decides(store)
    assert decision.state == "approved"
    assert decision.approval is not None
    assert decision.approval.decided_by == "Sam"
    assert (await begun(store)).decisions == ("refund:88291",)


async def test_of_two_presses_at_once_one_decides_and_the_other_learns_who_did(store: Store) -> None:
    await proposed(store)
    decisions = await asyncio.gather(decides(store), decides(store, is_approved=False, by="s2"))
    states = {decision.state for decision in decisions}
    assert states in ({"already", "approved"}, {"already", "denied"}), "on PostgreSQL either may be first"
    assert all(decision.approval and decision.approval.decided_by == "Sam" for decision in decisions)
    assert len((await begun(store)).decisions) == 1


async def test_a_denied_action_never_runs_and_its_customer_hears_of_it(store: Store) -> None:
    await proposed(store)
    decision = await decides(store, is_approved=False)
    assert decision.action is not None
    assert (decision.state, decision.action.state) == ("denied", "denied")
    assert (await store.actions.intend(refund()))[1] is False
    assert await store.inbox.waiting() == [THREAD]


async def test_nobody_decides_about_their_own_wish(store: Store) -> None:
    await proposed(store)
    assert (await decides(store, by="u1")).state == "own"
    elsewhere = Thread("t1", "discord", "7")
    assert (await decides(store, by="u1", place=elsewhere)).state == "approved", (
        "the same id elsewhere is another person"
    )


async def test_an_approval_that_ran_out_decides_nothing_and_the_wish_can_be_made_anew(
    store: Store, clock: StillClock
) -> None:
    await proposed(store)
    clock.move(hours=72)
    assert (await decides(store)).state == "expired"
    assert (await decides(store)).state == "expired"
    assert (await store.actions.intend(refund()))[1] is False
    anew = replace(approval("A-2"), expires_at=clock.now().replace(year=2027))
    assert (await store.actions.propose(refund(state="proposed", amount="70"), anew, CARD)).arguments["amount"] == "70"
    assert (await decides(store, id="A-2")).state == "approved"


async def test_an_unknown_approval_is_said_to_be_unknown(store: Store) -> None:
    assert (await decides(store)).state == "unknown"


async def test_nobody_decides_about_their_own_wish_from_another_platform(store: Store) -> None:
    await proposed(store)
    there = Thread("t1", "discord", "7")
    await store.links.put(Link(ChatUser("t1", "discord", "d9"), "c-1", "code", NOW))
    assert (await decides(store, by="d9", place=there)).state == "own"


async def test_a_cap_is_looked_at_where_the_intent_is_saved(store: Store) -> None:
    caps = Caps(Decimal(200), Decimal(0), NOW - timedelta(hours=24))

    async def pay(n: int) -> bool:
        try:
            return (await store.actions.intend(refund(key=f"refund:{n}"), caps=caps))[1]
        except OverCap:
            return False

    assert sum(await asyncio.gather(*(pay(n) for n in range(6)))) == 2
    kept = [n for n in range(6) if await store.actions.find(f"refund:{n}")]
    assert len(kept) == 2, "what does not fit leaves no row"
