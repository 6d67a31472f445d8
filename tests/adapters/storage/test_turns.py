"""Turns: begun from what waits, ended in one transaction, never released to a case that is not the AI's."""

from dataclasses import replace

import pytest

from adapters.storage.store import Store, open_store
from core.case import Case, Handoff, queue
from core.conversation import Thread
from core.helpful import Place
from core.reply import Citation, Post
from core.turn import TurnEnd
from tests.adapters.storage.scene import (
    NOW,
    STAFF,
    THREAD,
    answer,
    answered,
    approval,
    begun,
    message,
    moves,
    record,
    refund,
    says,
)
from tests.fakes.clock import StillClock

ASKED = Handoff("customer_asked", "The customer asked for a person.", tier=2)


async def taken(store: Store, case: Case) -> Case:
    moved = await moves(store, case, "hand_over", to=queue(2), why=ASKED, note="A person takes over.")
    assert moved is not None
    return moved


async def test_a_thread_where_nothing_waits_owes_no_turn(store: Store) -> None:
    assert await store.turns.begin(THREAD, history_lines=40) is None


async def test_all_that_waits_becomes_one_turn_in_a_new_case(store: Store) -> None:
    await says(store, "Hello", id="1")
    await says(store, "My order #88291 is broken", id="2")
    turn = await begun(store)
    assert [each.text for each in turn.messages] == ["Hello", "My order #88291 is broken"]
    assert turn.history == ()
    assert turn.attempt == 1
    assert turn.case.is_with_ai
    assert turn.case.contacts == 1
    assert turn.reply.answers == turn.messages[-1]
    assert 0 < len(turn.reply.nonce) <= 25
    assert [line.text for line in await store.cases.lines(turn.case.id, limit=9)] == [
        "Hello",
        "My order #88291 is broken",
    ]


async def test_an_ended_turn_owes_nothing_and_is_history_to_the_next(store: Store) -> None:
    await says(store, "Hello", id="1")
    await answered(store, "Hi!")
    assert await store.turns.begin(THREAD, history_lines=40) is None
    await says(store, "Where is it?", id="2")
    turn = await begun(store)
    assert [(line.speaker, line.text) for line in turn.history] == [("customer", "Hello"), ("bot", "Hi!")]
    assert turn.case.contacts == 2
    assert turn.case.customer_id == "c-1"


async def test_history_is_the_newest_lines_oldest_first(store: Store) -> None:
    for number in range(3):
        await says(store, f"question {number}", id=str(number))
        await answered(store, f"answer {number}")
    await says(store, "last", id="9")
    turn = await store.turns.begin(THREAD, history_lines=2)
    assert turn is not None
    assert [line.text for line in turn.history] == ["question 2", "answer 2"]


async def test_after_a_crash_the_same_turn_goes_on_in_the_same_reply_with_what_came_meanwhile(
    url: str, clock: StillClock
) -> None:
    async with open_store(url, clock=clock) as store:
        await says(store, "Hello", id="1")
        first = await begun(store)
        await store.turns.opened(first, "ref-1")
    async with open_store(url, clock=clock) as store:
        await says(store, "Are you there?", id="2")
        again = await begun(store)
        assert (again.id, again.attempt, again.began_at) == (first.id, 2, first.began_at)
        assert again.reply == replace(first.reply, ref="ref-1")
        assert [each.text for each in again.messages] == ["Hello", "Are you there?"]
        assert again.history == ()
        assert again.case.contacts == 1
        lines = await store.cases.lines(again.case.id, limit=9)
        assert [line.text for line in lines] == ["Hello", "Are you there?"]


async def test_what_comes_while_a_turn_runs_waits_for_the_next(store: Store) -> None:
    await says(store, id="1")
    turn = await begun(store)
    await says(store, "One more thing", id="2")
    assert await store.turns.finish(turn, answer(), record()) is not None
    assert [each.text for each in (await begun(store)).messages] == ["One more thing"]


async def test_an_open_reply_is_not_delivered_before_its_turn_has_ended(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    await store.turns.opened(turn, "ref-1")
    assert await store.outbox.due(["slack"], limit=9) == []
    delivery = await store.turns.finish(turn, answer("It was delivered."), record())
    assert delivery == replace(turn.reply, ref="ref-1", post=Post("It was delivered."))
    assert await store.outbox.due(["slack"], limit=9) == [delivery]


async def test_an_answer_is_withheld_when_people_took_the_case_meanwhile(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    await store.turns.opened(turn, "ref-1")
    await taken(store, turn.case)
    assert await store.turns.finish(turn, answer("Too late."), record()) is None
    assert await store.outbox.due(["slack"], limit=9) == []
    assert "Too late." not in [line.text for line in await store.cases.lines(turn.case.id, limit=9)]
    assert await store.desk.usage(turn.case.id) == (1, 15)


async def test_a_case_that_went_to_people_and_back_is_another_version_so_the_answer_is_withheld(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    back = await moves(store, await taken(store, turn.case), "hand_back", note="Back.")
    assert back is not None
    assert back.is_with_ai
    assert await store.turns.finish(turn, answer(), record()) is None


async def test_a_cut_turn_closes_the_opened_reply_with_the_fixed_line(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    await store.turns.opened(turn, "ref-1")
    await taken(store, turn.case)
    await store.turns.finish(turn, answer(), record())
    delivery = await store.turns.cut(turn, "It was deliv", "A colleague takes over.")
    assert delivery is not None
    assert (delivery.ref, delivery.post.text) == ("ref-1", "It was deliv\n\nA colleague takes over.")
    assert await store.outbox.due(["slack"], limit=9) == [delivery]
    assert await store.inbox.waiting() == []


async def test_a_cut_turn_that_had_shown_nothing_leaves_nothing(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    await taken(store, turn.case)
    assert await store.turns.cut(turn, "", "A colleague takes over.") is None
    assert await store.outbox.due(["slack"], limit=9) == []
    assert await store.inbox.waiting() == []


async def test_a_crash_between_losing_the_case_and_cutting_leaves_the_opened_reply_owed(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    await store.turns.opened(turn, "ref-1")
    await taken(store, turn.case)
    await store.turns.finish(turn, answer(), record())
    assert await store.inbox.waiting() == [THREAD]
    again = await begun(store)
    assert not again.case.is_with_ai
    assert again.reply.ref == "ref-1"
    assert await store.turns.cut(again, "", "A colleague takes over.") is not None
    assert await store.inbox.waiting() == []


async def test_neither_cut_nor_a_second_finish_changes_an_ended_turn(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    await store.turns.opened(turn, "ref-1")
    delivery = await store.turns.finish(turn, answer(), record())
    assert await store.turns.cut(turn, "It was", "A colleague takes over.") is None
    assert await store.turns.finish(turn, answer("Again."), record()) is None
    assert await store.outbox.due(["slack"], limit=9) == [delivery]
    assert [trace.outcome for trace in await store.desk.trace(turn.id)] == ["answered"]


async def test_while_people_own_the_case_nothing_is_to_be_opened_and_the_words_are_kept(store: Store) -> None:
    await says(store, id="1")
    await answered(store)
    case = await store.cases.find(THREAD)
    assert case is not None
    await taken(store, case)
    await says(store, "Anybody?", id="2")
    turn = await begun(store)
    assert not turn.case.is_with_ai
    assert turn.reply.id == 0
    silent = TurnEnd(None, "silent", "", staff_posts=((STAFF, Post("Anybody?", kind="relay")),))
    assert await store.turns.finish(turn, silent, record()) is None
    assert (await store.cases.lines(turn.case.id, limit=1))[0].text == "Anybody?"
    assert [each.post.text for each in await store.outbox.due(["slack"], limit=9) if each.thread == STAFF] == [
        "Anybody?"
    ]
    assert await store.inbox.waiting() == []


async def test_a_hand_over_moves_the_case_and_posts_its_cards_with_the_answer(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    card = Post("Please take this one.", kind="card")
    end = TurnEnd(Post("A person will help you."), "handed_off", "A person will help you.", ASKED, ((STAFF, card),))
    assert await store.turns.finish(turn, end, record()) is not None
    case = await store.cases.get(turn.case.id)
    assert case is not None
    assert (case.owner, case.version, case.reason) == ("queue:2", 2, ASKED.reason)
    due = {each.thread: each.post.text for each in await store.outbox.due(["slack"], limit=9)}
    assert due == {THREAD: "A person will help you.", STAFF: "Please take this one."}
    assert [line.speaker for line in await store.cases.lines(case.id, limit=9)] == ["customer", "bot", "system"]
    assert await store.outbox.rewrite(f"card:{case.id}:2:0", Post("Taken.", kind="card")) is not None


async def test_a_hand_over_of_a_case_that_moved_already_posts_no_card(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    await taken(store, turn.case)
    end = TurnEnd(Post("A person will help."), "handed_off", "", ASKED, ((STAFF, Post("Card", kind="card")),))
    assert await store.turns.finish(turn, end, record()) is None
    assert await store.outbox.due(["slack"], limit=9) == []


async def test_a_message_after_the_case_was_closed_opens_a_linked_one_with_nothing_of_the_old(store: Store) -> None:
    await says(store, id="1")
    await answered(store)
    old = await store.cases.find(THREAD)
    assert old is not None
    resolved = await moves(store, old, "resolve", why=ASKED, note="Solved.")
    assert resolved is not None
    assert await store.cases.find(THREAD) is None
    assert await moves(store, resolved, "close") is not None
    await says(store, "It broke again", id="2")
    turn = await begun(store)
    assert turn.case.id != old.id
    assert turn.case.linked == old.id
    assert turn.case.is_with_ai
    assert turn.history == ()


@pytest.mark.parametrize(("text", "state"), [("It broke again", "open"), ("Thanks a lot!", "resolved")])
async def test_a_message_after_a_resolved_case_opens_it_again_unless_it_only_says_thanks(
    store: Store, text: str, state: str
) -> None:
    await says(store, id="1")
    await answered(store)
    case = await store.cases.find(THREAD)
    assert case is not None
    assert await moves(store, case, "resolve") is not None
    await says(store, text, id="2")
    turn = await begun(store)
    assert (turn.case.id, turn.case.state, turn.case.owner) == (case.id, state, "ai")


async def test_what_pictures_showed_stands_beside_their_message(store: Store) -> None:
    await says(store, "See the photo", id="7.7")
    turn = await begun(store)
    end = replace(answer(), findings=(("7.7", "a dented box"), ("7.7", "a torn label"), ("7.7", "a dented box")))
    await store.turns.finish(turn, end, record())
    assert (await store.cases.lines(turn.case.id, limit=9))[0].findings == ("a dented box", "a torn label")


async def test_a_decision_alone_is_a_turn_that_answers_the_message_the_wish_came_with(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    await store.actions.propose(refund(state="proposed", turn_id=turn.id, case_id=turn.case.id), approval(), cards=())
    await store.turns.finish(turn, answer("I have asked a colleague."), record())
    await store.actions.decide("A-1", is_approved=True, by="s1", by_name="Sam", place=STAFF)
    assert await store.inbox.waiting() == [THREAD]
    decided = await begun(store)
    assert decided.messages == ()
    assert decided.decisions == ("refund:88291",)
    assert decided.case.id == turn.case.id
    assert decided.case.contacts == 1
    assert decided.reply.answers == turn.messages[0]


async def test_a_decision_about_a_resolved_case_is_heard_in_that_case(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    await store.actions.propose(refund(state="proposed", turn_id=turn.id, case_id=turn.case.id), approval(), cards=())
    await store.turns.finish(turn, answer(), record())
    assert await moves(store, turn.case, "resolve") is not None
    await store.actions.decide("A-1", is_approved=False, by="s1", by_name="Sam", place=STAFF)
    decided = await begun(store)
    assert decided.case.id == turn.case.id
    assert decided.reply.id == 0


async def test_two_threads_never_share_a_turn_or_a_case(store: Store) -> None:
    other = Thread("t2", "slack", "C1", "1.0")
    await says(store, id="1")
    await says(store, id="1", thread=other)
    one, two = await begun(store), await begun(store, other)
    assert one.id != two.id
    assert one.case.id != two.case.id
    assert one.reply.nonce != two.reply.nonce


@pytest.mark.parametrize("what", ["turn", "case"])
async def test_a_turn_can_be_explained_afterwards(store: Store, clock: StillClock, what: str) -> None:
    await says(store)
    turn = await begun(store)
    clock.move(seconds=3)
    await store.turns.finish(turn, answer(), record(tokens=100))
    (trace,) = await store.desk.trace(turn.id if what == "turn" else turn.case.id)
    assert (trace.id, trace.state, trace.outcome, trace.attempt) == (turn.id, "done", "answered", 1)
    assert trace.steps == (("triage", '{"urgency": "normal"}'),)
    assert [used.model for used in trace.used] == ["model-a"]
    assert trace.ended_at is not None
    assert (trace.ended_at - trace.began_at).total_seconds() == 3
    assert await store.desk.usage(turn.case.id) == (1, 105)
    assert await store.desk.usage_of_day(NOW.date()) == (1, 105)
    assert await store.desk.usage_of_day(NOW.date().replace(day=1)) == (0, 0)


async def test_a_desk_reads_the_posts_of_a_thread_with_their_state(store: Store) -> None:
    await says(store)
    delivery = await answered(store)
    await store.outbox.put(THREAD, Post("By the way", kind="notice"), key="n1")
    await store.outbox.delivered(delivery, "ref-1")
    posts = await store.desk.posts(THREAD, after=0, limit=9)
    assert [(each.delivery.post.text, each.state) for each in posts] == [
        ("It was delivered.", "sent"),
        ("By the way", "due"),
    ]
    assert await store.desk.posts(THREAD, after=delivery.id, limit=9) == posts[1:]


async def test_the_last_verdict_of_a_person_about_an_answer_counts(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    assert not await store.feedback.keep("T-0", by="u1", is_good=True, comment="")
    assert await store.feedback.keep(turn.id, by="u1", is_good=True, comment="")
    assert await store.feedback.keep(turn.id, by="u1", is_good=False, comment="wrong order")


async def test_answers_called_helpful_are_known_with_what_they_cited_until_somebody_says_otherwise(
    store: Store,
) -> None:
    await says(store, "When do you open? Write to ada@example.com")
    turn = await begun(store)
    post = Post("At nine. [1]", citations=(Citation(1, "Hours", "hours.md", "We open at nine."),))
    await store.turns.finish(turn, TurnEnd(post, "answered", post.text), record())
    await store.feedback.keep(turn.id, by="u1", is_good=True, comment="")
    await store.feedback.keep(turn.id, by="u2", is_good=True, comment="")
    (helped,) = await store.feedback.helpful(9)
    assert (helped.tenant, helped.cited) == (THREAD.tenant, (Place("hours.md", "We open at nine."),))
    assert helped.question.startswith("When do you open?")
    assert "ada@example.com" not in helped.question
    await store.feedback.keep(turn.id, by="u2", is_good=False, comment="")
    assert await store.feedback.helpful(9) == []


async def test_words_changed_while_their_turn_is_ending_get_a_turn_of_their_own_each_time(store: Store) -> None:
    await says(store, "Where is my order 1?", id="1")
    for number in (2, 3):
        ending = await begun(store)
        await store.turns.opened(ending, f"ref-{ending.id}")
        assert await store.inbox.edit(message(f"Where is my order {number}?", id="1")) is not None
        assert await store.turns.finish(ending, answer(), record()) is not None
    turn = await begun(store)
    assert [each.text for each in turn.messages] == ["Where is my order 3?"]
    assert turn.fence == turn.attempt == 1
    assert turn.reply.id != ending.reply.id
    assert await store.turns.finish(turn, answer("Here."), record()) is not None
    assert await store.turns.begin(THREAD, history_lines=40) is None
