"""`firstline chat` as scripts use it, against a model endpoint over a real socket."""

import json
import re
from pathlib import Path
from typing import Any

from tests.bots.running import firstline, talking
from tests.servers import model

REFUND = "I want a refund for order #88291. The item arrived damaged."


def events(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def endpoint(url: str) -> dict[str, str]:
    return {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "test"}


def scripted(*rules: dict[str, Any]) -> model.ModelServer:
    server = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    server.rules.extend(model.Rule.from_dict(rule) for rule in rules)
    return server


async def test_a_refund_request_ends_waiting_for_approval_for_the_right_order(tmp_path: Path) -> None:
    arguments = {"order_id": "88291", "reason": "The item arrived damaged."}
    server = scripted(
        {"on": "user", "reply": {"tool_calls": [{"name": "initiate_refund", "arguments": arguments}]}},
        {"on": "tool", "reply": {"text": "I have asked a colleague to approve it."}},
    )
    async with model.serve(server) as url:
        ended = await firstline("chat", "--once", REFUND, "--json", folder=tmp_path, env=endpoint(url))
    assert ended.status == 0, ended.err
    said = events(ended.out)
    finished = [each for each in said if each["event"] == "tool_finished"]
    assert [(each["tool"], each["state"]) for each in finished] == [
        ("get_order_status", "done"),
        ("initiate_refund", "waiting"),
    ]
    assert [each["by"] for each in said if each["event"] == "tool_started"] == ["model", "runtime"]
    cards = [each for each in said if each["event"] == "post" and each["kind"] == "card"]
    assert len(cards) == 1
    assert "129.00 EUR" in cards[0]["text"]
    assert [each["text"] for each in said if each["event"] == "end"] == ["I have asked a colleague to approve it."]


async def test_another_customer_is_refused_that_order_as_if_it_did_not_exist(tmp_path: Path) -> None:
    server = scripted(
        {"on": "user", "reply": {"tool_calls": [{"name": "get_order_status", "arguments": {"order_id": "88291"}}]}},
        {"on": "tool", "reply": {"text": "I cannot find that order."}},
    )
    async with model.serve(server) as url:
        ended = await firstline(
            "chat", "--once", "Where is #88291?", "--json", "--as", "C-1002", folder=tmp_path, env=endpoint(url)
        )
    (finished,) = [each for each in events(ended.out) if each["event"] == "tool_finished"]
    assert finished["state"] == "refused"
    assert "cannot find" in finished["summary"]
    assert "Espresso" not in ended.out


async def test_an_unknown_demo_customer_is_named_with_those_there_are(tmp_path: Path) -> None:
    async with model.serve(scripted()) as url:
        ended = await firstline("chat", "--once", "Hi", "--as", "Zork", folder=tmp_path, env=endpoint(url))
    assert ended.status == 2
    assert "C-1001" in ended.err
    assert "Traceback" not in ended.err


async def test_a_picture_that_is_a_web_page_gets_one_clear_line(tmp_path: Path) -> None:
    page = tmp_path / "photo.png"
    page.write_text("<!DOCTYPE html><html><body>Sign in</body></html>")
    async with model.serve(scripted({"reply": {"text": "What happened?"}})) as url:
        ended = await firstline("chat", "--once", "Look", "--image", str(page), folder=tmp_path, env=endpoint(url))
    assert ended.status == 0, ended.err
    assert "looks like a web page" in ended.out


async def test_a_picture_that_is_too_large_gets_one_clear_line(tmp_path: Path) -> None:
    huge = tmp_path / "huge.png"
    with huge.open("wb") as file:
        file.truncate(40_000_000)
    async with model.serve(scripted({"reply": {"text": "What happened?"}})) as url:
        ended = await firstline("chat", "--once", "Look", "--image", str(huge), folder=tmp_path, env=endpoint(url))
    assert "larger than 10 MB" in ended.out


async def test_a_picture_that_does_not_exist_is_said_before_anything_starts(tmp_path: Path) -> None:
    ended = await firstline("chat", "--once", "Look", "--image", "nowhere.png", folder=tmp_path)
    assert ended.status == 1
    assert "nowhere.png" in ended.err
    assert "Traceback" not in ended.err


async def test_a_wrong_key_ends_in_an_honest_line_and_a_hand_over(tmp_path: Path) -> None:
    server = scripted({"reply": {"status": 401}})
    async with model.serve(server) as url:
        ended = await firstline("chat", "--once", "Hi", "--json", folder=tmp_path, env=endpoint(url))
    assert ended.status == 0
    (end,) = [each for each in events(ended.out) if each["event"] == "end"]
    assert "cannot reach my language model" in end["text"]
    assert any(each["event"] == "post" and each["kind"] == "card" for each in events(ended.out))


async def test_a_conversation_goes_on_line_by_line_and_staff_approve_in_it(tmp_path: Path) -> None:
    server = scripted(
        {"on": "user", "reply": {"tool_calls": [
            {"name": "initiate_refund", "arguments": {"order_id": "88305", "reason": "broken"}}]}},
        {"on": "tool", "reply": {"text": "All set."}},
    )  # fmt: skip
    async with model.serve(server) as url:
        ended = await firstline(
            "chat", folder=tmp_path, env=endpoint(url), stdin="refund order 88305, it is broken\n/status\n/quit\n"
        )
    assert ended.status == 0, ended.err
    assert "All set." in ended.out
    assert "with me" in ended.out


async def test_a_question_about_a_policy_is_answered_with_its_source(tmp_path: Path) -> None:
    server = scripted({"reply": {"text": "Refunds reach cards within 3 to 5 working days [1]."}})
    async with model.serve(server) as url:
        ended = await firstline(
            "chat", "--once", "How long does a refund take?", "--json", folder=tmp_path, env=endpoint(url)
        )
    (source,) = [each for each in events(ended.out) if each["event"] == "source"]
    assert source["source"] == "refunds.md"


async def test_a_stranger_verifies_in_the_terminal_and_what_was_asked_is_answered(tmp_path: Path) -> None:
    server = scripted(
        {
            "match": "88410",
            "on": "user",
            "reply": {"tool_calls": [{"name": "get_order_status", "arguments": {"order_id": "88410"}}]},
        },
        {"on": "tool", "reply": {"text": "Your lamp is with **Royal Mail**."}},
    )
    async with (
        model.serve(server) as url,
        talking("chat", "--as", "nobody", folder=tmp_path, env=endpoint(url)) as talk,
    ):
        await talk.until("you> ")
        assert "which customer you are" in await talk.says("Where is my order 88410?", until="you> ")
        assert "Which e-mail address" in await talk.says("/verify", until="address> ")
        assert "code is on its way" in await talk.says("ben.okafor@example.com", until="> ")
        code = ""
        while not code:
            mail = re.search(r"(\d{6}) is your code", await talk.says("/mail", until="> "))
            code = mail[1] if mail else ""
        answered = await talk.says(code, until="you> ")
        assert "I know who you are now" in answered
        assert "Royal Mail" in answered
        assert (await talk.says("/quit")) == ""
    assert code not in str(server.records)
