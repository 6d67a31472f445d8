"""A request of the core as the JSON body that an OpenAI-compatible endpoint takes."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from adapters.models.traits import Feature, Traits
from core.modelling import JsonObject, ModelRequest, PromptMessage, ToolCall, ToolSpec

Body = dict[str, Any]


def body_of(
    request: ModelRequest, *, model: str, traits: Traits, sees_pictures: bool, extra: Mapping[str, JsonValue]
) -> tuple[Body, set[Feature]]:
    """The body, and which of the features that endpoints may refuse it makes use of."""
    messages, used = _messages(request, traits, sees_pictures=sees_pictures)
    body: Body = {"model": model, "messages": messages, "stream": True}
    if traits.length_name:
        body[traits.length_name] = request.max_tokens
        used.add(traits.length_name)
    if traits.takes("temperature"):
        body["temperature"] = request.temperature
        used.add("temperature")
    if request.seed is not None and traits.takes("seed"):
        body["seed"] = request.seed
        used.add("seed")
    if traits.takes("stream_options"):
        body["stream_options"] = {"include_usage": True}
        used.add("stream_options")
    if request.tools and traits.takes("tools"):
        body["tools"] = [_tool(each) for each in request.tools]
        body["tool_choice"] = "auto"
        used.add("tools")
    elif any(each.calls or each.role == "tool" for each in request.messages):
        used.add("tools")
    if request.json_schema is not None and traits.json != "none":
        body["response_format"] = _response_format(request.json_schema, traits.json)
        used.add("json_schema" if traits.json == "schema" else "json_object")
    if extra and traits.takes("extra"):
        body["extra_body"] = dict(extra)
        used.add("extra")
    return body, used


def _response_format(schema: JsonObject, form: str) -> Body:
    if form == "schema":
        return {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema)}}
    return {"type": "json_object"}


def _tool(spec: ToolSpec) -> Body:
    function = {"name": spec.name, "description": spec.description, "parameters": dict(spec.parameters)}
    return {"type": "function", "function": function}


def _messages(request: ModelRequest, traits: Traits, *, sees_pictures: bool) -> tuple[list[Body], set[Feature]]:
    used: set[Feature] = set()
    given = list(request.messages)
    if request.json_schema is not None and traits.json != "schema":
        given = _asking_for_json(given, request.json_schema)
    leading = next((n for n, each in enumerate(given) if each.role != "system"), len(given))
    messages: list[Body] = []
    if leading:
        messages.append({"role": "system", "content": "\n\n".join(each.text for each in given[:leading])})
    for each in given[leading:]:
        message = _message(each, with_pictures=sees_pictures and traits.takes("pictures"))
        if message["role"] == "system":
            used.add("late_system")
            if not traits.takes("late_system"):
                message = {"role": "user", "content": f"(note) {each.text}"}
        if isinstance(message["content"], list):
            used.add("pictures")
        if messages and messages[-1]["role"] == message["role"] != "tool":
            used.add("repeated_roles")
            if not traits.takes("repeated_roles") and _can_join(messages[-1], message):
                messages[-1] = {**messages[-1], "content": f"{messages[-1]['content']}\n\n{message['content']}"}
                continue
        messages.append(message)
    return messages, used


def _can_join(first: Body, second: Body) -> bool:
    return all(isinstance(each["content"], str) and "tool_calls" not in each for each in (first, second))


def _asking_for_json(messages: Sequence[PromptMessage], schema: JsonObject) -> list[PromptMessage]:
    asked = (
        "Answer with one JSON value and nothing else: no explanation, no code fence. "
        f"It must be valid for this JSON schema:\n{json.dumps(schema, ensure_ascii=False)}"
    )
    leading = next((n for n, each in enumerate(messages) if each.role != "system"), len(messages))
    return [*messages[:leading], PromptMessage("system", asked), *messages[leading:]]


def _message(message: PromptMessage, *, with_pictures: bool) -> Body:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
    if message.calls:
        calls = [_call(each) for each in message.calls]
        return {"role": "assistant", "content": message.text or None, "tool_calls": calls}
    if message.pictures and with_pictures:
        parts: list[Body] = [{"type": "text", "text": message.text}] if message.text else []
        for each in message.pictures:
            address = f"data:{each.media_type};base64,{base64.b64encode(each.content).decode()}"
            parts.append({"type": "image_url", "image_url": {"url": address}})
        return {"role": message.role, "content": parts}
    unseen = "(a picture that you cannot see)" if message.pictures else ""
    return {"role": message.role, "content": "\n".join(part for part in (message.text, unseen) if part)}


def _call(call: ToolCall) -> Body:
    # Chat templates of self-hosted models parse the arguments of earlier calls and fail on broken JSON.
    try:
        json.loads(call.arguments)
        arguments = call.arguments
    except ValueError:
        arguments = "{}"
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def prompt_chars(request: ModelRequest) -> int:
    """Characters of a prompt, for an estimate of use."""
    said = sum(len(each.text) + sum(len(call.arguments) for call in each.calls) for each in request.messages)
    return said + sum(len(each.description) + len(json.dumps(each.parameters)) for each in request.tools)
