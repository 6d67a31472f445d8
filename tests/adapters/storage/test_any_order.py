"""Whatever happens in whatever order: every message ends in one turn, every row in one post."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, ExitStack
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from adapters.storage.store import Store, open_store
from core.case import Handoff, queue
from core.conversation import Thread
from core.reply import Delivery, Post
from core.turn import Turn, TurnEnd
from tests.adapters.storage.scene import NOW, answer, moves, record, says
from tests.fakes.clock import StillClock
from tests.servers.postgres import fresh_database

THREADS = [Thread("t1", "slack", "C1"), Thread("t1", "slack", "C2")]
WHY = Handoff("urgent", "It burns.", tier=2)

threads = st.sampled_from(THREADS)


class AnyOrder(RuleBasedStateMachine):
    """Customers write, turns run and crash, people take cases and give them back, posts fail and arrive."""

    def __init__(self, url: str = "sqlite://") -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = StillClock(NOW)
        self.held = AsyncExitStack()
        self.store: Store = self.runner.run(self.held.enter_async_context(open_store(url, clock=self.clock)))
        self.sent: list[str] = []
        self.running: dict[Thread, Turn] = {}
        self.ended: Counter[str] = Counter()
        self.withheld: set[str] = set()
        self.posted: dict[str, list[str]] = {}
        """What stands in the chat: nonce to every text that the message had."""
        self.notices: dict[Thread, list[str]] = {thread: [] for thread in THREADS}

    def teardown(self) -> None:
        try:
            self.runner.run(self._settle())
        finally:
            self.runner.run(self.held.aclose())
            self.runner.close()

    @rule(thread=threads)
    def customer_writes(self, thread: Thread) -> None:
        id = str(len(self.sent))
        self.sent.append(id)
        assert self.runner.run(says(self.store, id, id=id, thread=thread))
        assert not self.runner.run(says(self.store, id, id=id, thread=thread))

    @rule(thread=threads, is_opened=st.booleans())
    def turn_begins(self, thread: Thread, is_opened: bool) -> None:
        if thread not in self.running:
            self.runner.run(self._begin(thread, is_opened=is_opened))

    @rule(thread=threads)
    def process_crashes(self, thread: Thread) -> None:
        self.running.pop(thread, None)

    @rule(thread=threads, hands_over=st.booleans())
    def turn_ends(self, thread: Thread, hands_over: bool) -> None:
        if turn := self.running.pop(thread, None):
            self.runner.run(self._end(turn, hands_over=hands_over))

    @rule(thread=threads, is_taken=st.booleans())
    def case_moves(self, thread: Thread, is_taken: bool) -> None:
        self.runner.run(self._move(thread, is_taken=is_taken))

    @rule(thread=threads)
    def staff_posts(self, thread: Thread) -> None:
        key = f"notice {sum(map(len, self.notices.values()))}"
        self.notices[thread].append(key)
        assert self.runner.run(self.store.outbox.put(thread, Post(key, kind="notice"), key=key))

    @rule(outcome=st.sampled_from(["arrives", "fails", "arrives and crashes"]))
    def courier_calls(self, outcome: str) -> None:
        self.runner.run(self._deliver(outcome))

    @rule()
    def time_passes(self) -> None:
        self.clock.move(seconds=60)

    @invariant()
    def no_thread_has_two_posts_under_way(self) -> None:
        due = self.runner.run(self.store.outbox.due(["slack"], limit=99))
        assert len({each.thread for each in due}) == len(due)

    async def _begin(self, thread: Thread, *, is_opened: bool) -> None:
        turn = await self.store.turns.begin(thread, history_lines=5)
        if turn is None:
            return
        self.running[thread] = turn
        if is_opened and turn.case.is_with_ai and not turn.reply.ref:
            self.posted.setdefault(turn.reply.nonce, [""])
            await self.store.turns.opened(turn, turn.reply.nonce)

    async def _end(self, turn: Turn, *, hands_over: bool) -> None:
        if not turn.case.is_with_ai:
            if turn.reply.ref:
                assert await self.store.turns.cut(turn, "", "A person takes over.") is not None
            else:
                await self.store.turns.finish(turn, TurnEnd(None, "silent", ""), record())
        else:
            text = f"answer {turn.id}"
            handed_over = TurnEnd(Post(text), "handed_off", text, WHY)
            end = handed_over if hands_over else answer(text)
            if await self.store.turns.finish(turn, end, record()) is None:
                self.withheld.add(text)
                await self.store.turns.cut(turn, "", "A person takes over.")
        self.ended.update(message.id for message in turn.messages)

    async def _move(self, thread: Thread, *, is_taken: bool) -> None:
        case = await self.store.cases.find(thread)
        if case is not None and case.is_with_ai == is_taken:
            act, to = ("hand_over", queue(2)) if is_taken else ("hand_back", "")
            assert await moves(self.store, case, act, to=to, note="It moves.") is not None

    async def _deliver(self, outcome: str) -> bool:
        due = await self.store.outbox.due(["slack"], limit=99)
        for delivery in due:
            if outcome == "fails":
                await self.store.outbox.failed(delivery, "down", retry_at=self.clock.now() + timedelta(seconds=30))
                continue
            self._arrives(delivery)
            if outcome == "arrives":
                await self.store.outbox.delivered(delivery, delivery.nonce)
        return bool(due)

    def _arrives(self, delivery: Delivery) -> None:
        # A platform drops a second post with the same nonce and edits what has a ref: one message either way.
        self.posted.setdefault(delivery.nonce, []).append(delivery.post.text)

    async def _settle(self) -> None:
        """Bring everything to its end, then see that nothing was lost or doubled."""
        for _ in range(3):
            for thread in await self.store.inbox.waiting():
                await self._begin(thread, is_opened=True)
                await self._end(self.running.pop(thread), hands_over=False)
        self.clock.move(hours=1)
        while await self._deliver("arrives"):
            pass
        assert await self.store.inbox.waiting() == []
        assert self.ended == Counter(self.sent)
        final = [texts[-1] for texts in self.posted.values()]
        assert "" not in final, "an opened reply never stays empty"
        assert not self.withheld & {text for texts in self.posted.values() for text in texts}
        answers = Counter(text for text in final if text.startswith("answer"))
        assert max(answers.values(), default=1) == 1
        for kept in self.notices.values():
            assert [text for text in final if text in kept] == kept
        customers = [
            line.message_id
            for thread in THREADS
            if (case := await self.store.cases.find(thread))
            for line in await self.store.cases.lines(case.id, limit=999)
            if line.speaker == "customer"
        ]
        assert Counter(customers) == Counter(self.sent)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.mark.postgres
def test_any_order_in_postgresql(postgres: str) -> None:
    """The same, over the other database; each example has a fresh one."""
    with ExitStack() as made:

        def machine() -> AnyOrder:
            return AnyOrder(made.enter_context(fresh_database(postgres)))

        # It takes any callable that makes a machine, whatever its annotation says.
        run_state_machine_as_test(
            cast(Any, machine), settings=settings(max_examples=8, stateful_step_count=30, deadline=None)
        )
