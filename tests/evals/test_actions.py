"""The evaluation of actions finds what is wrong, on a shop of our own with one order."""

import copy
import pickle
from typing import Any

import pytest

from evals.actions_mutations import mutations
from evals.actions_replay import Domain, differences, replay, unwanted
from evals.actions_schemas import gold_calls
from evals.actions_world import World, changed, digest, same

ADDRESS = {"address1": "1 A", "address2": "", "city": "B", "country": "C", "state": "D", "zip": "1"}
ORDER: dict[str, Any] = {
    "order_id": "#W1", "user_id": "u", "address": ADDRESS, "status": "pending", "fulfillments": [],
    "items": [{"name": "Cup", "product_id": "p", "item_id": "i", "price": 5.0, "options": {}}],
    "payment_history": [{"transaction_type": "payment", "amount": 5.0, "payment_method_id": "card"}],
}  # fmt: skip
USER = {
    "user_id": "u", "name": {"first_name": "A", "last_name": "B"}, "address": ADDRESS, "email": "a@example.com",
    "payment_methods": {"card": {"source": "credit_card", "id": "card"}}, "orders": ["#W1"],
}  # fmt: skip
TEXT = {"type": "string"}
FUNCTIONS = (
    {"name": "get_order_details", "parameters": {"properties": {"order_id": TEXT}, "required": ["order_id"]}},
    {"name": "cancel_pending_order", "parameters": {"properties": {"order_id": TEXT, "reason": TEXT}}},
)


def domain() -> Domain:
    rows = {"orders": {"#W1": ORDER}, "users": {"u": USER}, "products": {}}
    found = Domain("retail", pickle.dumps((rows, None)), FUNCTIONS, {}, ())
    world = found.world("t")
    before = copy.deepcopy(world.rows)
    cancelling = {"order_id": "#W1", "reason": "no longer needed"}
    calls = [("get_order_details", {"order_id": "#W1"}), ("cancel_pending_order", cancelling)]
    outputs = [world.call(name, "", arguments)[0] for name, arguments in calls]
    steps = [
        {"tool": name, "requestor": "assistant", "arguments": arguments, "output": output, "error": False}
        for (name, arguments), output in zip(calls, outputs, strict=True)
    ]
    diff = [{"op": op, "path": path, "value": value} for op, path, value in changed(before, world.rows)]
    gold = {"task_id": "t", "steps": steps, "db_diff": diff, "user_db_diff": None, "env_assertions": []}
    return Domain("retail", found.rows, FUNCTIONS, {}, (gold,))


async def test_a_gold_run_through_the_agent_equals_itself() -> None:
    here = domain()
    (gold,) = here.golds
    assert differences(here, gold, await replay(here, gold, here.wanted(gold))) == []


@pytest.mark.parametrize("kind", ["dropped", "repeated", "swapped"])
async def test_a_run_with_one_thing_wrong_is_noticed_and_does_nothing_unwanted(kind: str) -> None:
    here = domain()
    (gold,) = here.golds
    calls = dict(mutations(here, gold))[kind]
    run = await replay(here, gold, calls)
    assert differences(here, gold, run)
    assert unwanted(here, gold, run) == 0


def test_changes_name_what_was_set_and_what_is_gone() -> None:
    assert list(changed({"a": 1, "b": {"c": [1]}}, {"b": {"c": [2]}})) == [("remove", "/a", None), ("set", "/b/c", [2])]
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    assert same('{"a": 1.0}', '{"a": 1}')


def test_sums_are_worked_out_without_running_code() -> None:
    assert World({}).calculate("2 * (3.5 - 1) / 5") == "1.0"
    assert World({}).call("calculate", "", {"expression": "__import__('os')"})[1]


def test_a_gold_call_takes_the_first_listed_value_and_leaves_out_what_may_be() -> None:
    record = {"ground_truth": [{"f": {"a": [5, 6], "b": ["", "x"], "c": [{"d": [[1], [2]]}], "e": []}}]}
    assert list(gold_calls(record)) == [("f", {"a": 5, "c": {"d": [1]}, "e": []})]
