# pyright: basic
"""A model server for tests and load runs: OpenAI-compatible, scriptable, and it keeps records.

It answers ``/v1/chat/completions`` and ``/v1/responses`` (plain and streamed),
``/v1/embeddings`` and ``/v1/models``, at a set time to first token and a set token rate,
with scripted texts, tool calls, JSON and faults. See README.md for the command line, the
script format and the records.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import itertools
import json
import math
import random
import re
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from aiohttp import web

from tests.servers.running import Changes, listen, run
from tests.servers.turns import TAG

Json = dict[str, Any]

_TEXT = """\
Here is what usually helps when a parcel has not come.

Please have a look at these first:

- the tracking page, with the number from the mail
- whether a neighbour took it in
- whether the address in the order is right

If none of that helps, tell us the order number and what you see, \
and we look at it together with you. There is no need to order again.

"""
_WORDS = re.findall(r"\S+\s+", _TEXT)
_MILD = ("neutral", "low", "other", "none", "product", 1)


def prose(tokens: int, tag: str | None = None) -> list[str]:
    """A Markdown text of `tokens` tokens (one word each); with a tag, between its two marks."""
    words = list(itertools.islice(itertools.cycle(_WORDS), max(tokens, 2)))
    if tag is not None:
        words[0], words[-1] = f"begin-{tag} ", f"end-{tag}"
    return words


def tokens_of(text: str) -> list[str]:
    """`text` in token-like pieces that join to it again."""
    return re.findall(r"\s*\S+\s*$|\s*\S+", text) or ([text] if text else [])


def json_for(schema: Json, root: Json | None = None, depth: int = 0) -> Any:
    """A small value that is valid for a JSON schema (of the subset that models accept)."""
    root = schema if root is None else root
    if depth > 12:
        return None
    if ref := schema.get("$ref"):
        node: Any = root
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
        return json_for(node, root, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:  # the mild one of a scale, so that a triage does not escalate by itself
        return next((x for x in schema["enum"] if x in _MILD), schema["enum"][0])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return json_for(schema[key][0], root, depth + 1)
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        wanted = schema.get("required", list(schema.get("properties", {})))
        return {k: json_for(schema.get("properties", {}).get(k, {}), root, depth + 1) for k in wanted}
    if kind == "array":
        return [json_for(schema.get("items", {}), root, depth + 1) for _ in range(schema.get("minItems", 1))]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return {"string": "text", "boolean": False, "null": None}.get(kind)


def embed(text: str, dimensions: int) -> list[float]:
    """A unit vector by hashed words: texts with words in common are near to each other."""
    vector = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()) or [""]:
        digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
        vector[int.from_bytes(digest[:4], "big") % dimensions] += 1.0 if digest[4] & 1 else -1.0
    norm = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / norm for x in vector]


@dataclass(slots=True)
class Reply:
    """How to answer one request. Unset pace fields take the server's."""

    text: str | None = None
    """The answer; None: prose of `tokens` tokens, marked with the user's tag."""
    tokens: int | None = None
    ttft_s: float | None = None
    tokens_per_s: float | None = None
    tool_calls: list[Json] = field(default_factory=list)
    """Each {"name": …, "arguments": object, or a string sent as it is (so not always JSON)}."""
    json: Any = None
    """A value to answer as JSON text."""
    finish_reason: str | None = None
    status: int | None = None
    """An HTTP error to answer with (429, 500, …) instead."""
    retry_after: float | None = None
    fault: str | None = None
    """`stall`, `drop` or `bad_sse`, after `fault_after` tokens of a streamed answer."""
    fault_after: int = 3
    stall_s: float = 60.0

    @classmethod
    def from_dict(cls, raw: Json) -> Reply:
        unknown = set(raw) - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(f"unknown reply fields: {sorted(unknown)}")
        return cls(**raw)


@dataclass(slots=True)
class Rule:
    """Answers requests whose last user text matches `match` (a regular expression)."""

    match: str
    reply: Reply
    times: int | None = None
    """How many requests it answers; None: all."""
    on: str = "any"
    """`user`: only when the last message is the user's; `tool`: only after a tool's result."""
    format: str = "any"
    """`json`: only requests for `json_object` or `json_schema`; `text`: only the others."""

    @classmethod
    def from_dict(cls, raw: Json) -> Rule:
        reply = Reply.from_dict(raw.get("reply", {}))
        on = raw.get("on", "user" if reply.tool_calls else "any")
        wanted = raw.get("format", "any")
        if wanted not in ("any", "json", "text"):
            raise ValueError(f"unknown format: {wanted!r}")
        return cls(match=raw.get("match", ""), reply=reply, times=raw.get("times"), on=on, format=wanted)


@dataclass(slots=True)
class Record:
    """What happened to one request; times are `time.monotonic()` seconds."""

    id: int
    path: str
    tag: str | None
    stream: bool
    arrival: float
    first_chunk: float | None = None
    """The first text (or tool call) was written."""
    end: float | None = None
    """The last byte was written."""
    status: int = 200
    tokens: int = 0
    aborted: bool = False
    """The client went away before the end."""
    fault: str | None = None
    images: int = 0
    tools: int = 0
    messages: int = 0
    body: Json = field(default_factory=dict)


@dataclass(slots=True)
class Pace:
    """The server's own pace and random errors; each field can be set by `POST /_config`."""

    ttft_s: float = 0.3
    tokens_per_s: float = 60.0
    tokens: int = 200
    dimensions: int = 256
    error_rate: float = 0.0
    """Share of requests answered with `error_status`."""
    error_status: int = 500
    retry_after: float | None = None
    seed: int = 1


def last_user_text(messages: list[Json]) -> str:
    for message in reversed(messages):
        if message.get("role") == "user":
            return text_of(message.get("content"))
    return ""


def text_of(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(p.get("text", "") for p in content if isinstance(p, dict))
    return content if isinstance(content, str) else ""


def count_images(messages: list[Json]) -> int:
    parts = itertools.chain.from_iterable(m["content"] for m in messages if isinstance(m.get("content"), list))
    return sum(p.get("type") in ("image_url", "input_image") for p in parts)


class Dropped(Exception):
    """The scripted fault: the connection is to be cut."""


class ModelServer:
    """The server's state and handlers. In a test: ``async with serve(ModelServer()) as url``."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.changes = Changes()
        self.pace = pace or Pace()
        self.rules: list[Rule] = []
        self.records: list[Record] = []
        self.heard: list[str] = []
        """What recordings say, one after the other."""
        self.recordings: list[tuple[str, str, bytes]] = []
        """Model, file name and content of each that was sent."""
        self.in_flight = 0
        self.most_in_flight = 0
        self._random = random.Random(self.pace.seed)

    # ---- choosing the answer -----------------------------------------------------------

    def choose(self, messages: list[Json], response_format: Json) -> Reply:
        """The reply for a conversation: the first rule that matches, or the server's own."""
        if self.pace.error_rate and self._random.random() < self.pace.error_rate:
            return Reply(status=self.pace.error_status, retry_after=self.pace.retry_after)
        last = messages[-1] if messages else {}
        after_tool = last.get("role") == "tool" or last.get("type") == "function_call_output"
        said = last_user_text(messages)
        kind = response_format.get("type")
        other = "text" if kind in ("json_object", "json_schema") else "json"
        for rule in self.rules:
            if rule.times == 0 or rule.on == ("user" if after_tool else "tool") or rule.format == other:
                continue
            if re.search(rule.match, said):
                if rule.times is not None:
                    rule.times -= 1
                return replace(rule.reply)
        if kind == "json_object":
            return Reply(json={"answer": "text"})
        if kind == "json_schema":
            schema = response_format.get("json_schema", response_format).get("schema", {})
            return Reply(json=json_for(schema))
        return Reply()

    def pieces(self, reply: Reply, tag: str | None) -> list[str]:
        if reply.json is not None:
            return tokens_of(json.dumps(reply.json))
        if reply.text is not None:
            return tokens_of(reply.text.replace("{tag}", tag or ""))
        if reply.tool_calls:
            return []
        return prose(reply.tokens or self.pace.tokens, tag)

    async def paced(self, reply: Reply, pieces: list[Any], start: float) -> AsyncIterator[list[Any]]:
        """Yield the pieces at the token rate, as many at once as are due."""
        rate = reply.tokens_per_s or self.pace.tokens_per_s
        ttft = self.pace.ttft_s if reply.ttft_s is None else reply.ttft_s
        begin, sent = start + ttft, 0
        fault_at = reply.fault_after if reply.fault else None
        while sent < len(pieces):
            now = time.monotonic()
            due = min(len(pieces), int((now - begin) * rate) + 1) if now >= begin else 0
            if fault_at is not None and due > fault_at:
                due = fault_at
            if due > sent:
                yield pieces[sent:due]
                sent = due
            elif fault_at is not None and sent >= fault_at:
                fault_at = None
                if reply.fault == "stall":
                    await asyncio.sleep(reply.stall_s)
                elif reply.fault == "drop":
                    raise Dropped
                elif reply.fault == "bad_sse":
                    yield [None]
            else:
                await asyncio.sleep(max(begin + sent / rate - now, 0))

    # ---- the request's frame -----------------------------------------------------------

    @asynccontextmanager
    async def recorded(self, request: web.Request, body: Json, messages: list[Json]) -> AsyncIterator[Record]:
        tag = TAG.search(last_user_text(messages))
        record = Record(
            id=len(self.records),
            path=request.path,
            tag=tag[0] if tag else None,
            stream=bool(body.get("stream")),
            arrival=time.monotonic(),
            images=count_images(messages),
            tools=len(body.get("tools") or []),
            messages=len(messages),
            body=body,
        )
        self.records.append(record)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield record
        except (ConnectionResetError, asyncio.CancelledError):
            record.aborted = True
            raise
        finally:
            record.end = time.monotonic()
            self.in_flight -= 1

    def error(self, record: Record, reply: Reply) -> web.Response:
        status = reply.status or 500
        record.status, record.fault = status, str(status)
        headers = {} if reply.retry_after is None else {"retry-after": f"{reply.retry_after:g}"}
        kind = "rate_limit_exceeded" if status == 429 else "server_error"
        payload = {"error": {"message": f"scripted {status}", "type": kind, "param": None, "code": kind}}
        return web.json_response(payload, status=status, headers=headers)

    @staticmethod
    async def open_stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream", "cache-control": "no-cache"})
        await response.prepare(request)
        return response

    @staticmethod
    def arguments_of(call: Json) -> str:
        arguments = call.get("arguments", {})
        return arguments if isinstance(arguments, str) else json.dumps(arguments)

    # ---- /v1/chat/completions ----------------------------------------------------------

    async def chat(self, request: web.Request) -> web.StreamResponse:
        body: Json = await request.json()
        messages: list[Json] = body.get("messages", [])
        async with self.recorded(request, body, messages) as record:
            reply = self.choose(messages, body.get("response_format") or {})
            if reply.status:
                return self.error(record, reply)
            record.fault = reply.fault
            pieces = self.pieces(reply, record.tag)
            calls = [
                {
                    "id": f"call_{record.id}_{i}",
                    "type": "function",
                    "function": {"name": call["name"], "arguments": self.arguments_of(call)},
                }
                for i, call in enumerate(reply.tool_calls)
            ]
            finish = reply.finish_reason or ("tool_calls" if calls else "stop")
            base = {"id": f"chatcmpl-{record.id}", "created": int(time.time()), "model": body.get("model", "test")}
            usage = self.usage(body, len(pieces) + 8 * len(calls))
            if not record.stream:
                async for part in self.paced(reply, pieces or [""], record.arrival):
                    record.first_chunk = record.first_chunk or time.monotonic()
                    record.tokens += len(part)
                message: Json = {"role": "assistant", "content": "".join(pieces) if pieces else None}
                if calls:
                    message["tool_calls"] = calls
                choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
                return web.json_response(base | {"object": "chat.completion", "choices": [choice], "usage": usage})
            return await self.chat_stream(request, record, reply, base, pieces, calls, finish, usage)

    async def chat_stream(
        self,
        request: web.Request,
        record: Record,
        reply: Reply,
        base: Json,
        pieces: list[str],
        calls: list[Json],
        finish: str,
        usage: Json,
    ) -> web.StreamResponse:
        response = await self.open_stream(request)
        with_usage = (record.body.get("stream_options") or {}).get("include_usage")
        head = json.dumps(base | {"object": "chat.completion.chunk"})[:-1] + (', "usage": null' if with_usage else "")

        def chunk(delta: Json, reason: str | None = None) -> bytes:
            choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
            return f'data: {head}, "choices": [{json.dumps(choice)}]}}\n\n'.encode()

        deltas = [chunk({"content": piece}) for piece in pieces]
        for i, call in enumerate(calls):
            first = call | {"index": i, "function": call["function"] | {"arguments": ""}}
            deltas.append(chunk({"tool_calls": [first]}))
            for part in re.findall(r"(?s).{1,12}", call["function"]["arguments"]):
                deltas.append(chunk({"tool_calls": [{"index": i, "function": {"arguments": part}}]}))
        if deltas:
            deltas[0] = chunk({"role": "assistant", "content": None if calls else ""}) + deltas[0]
        try:
            async for part in self.paced(reply, deltas, record.arrival):
                await response.write(b"".join(d or b"data: {not json\n\n" for d in part))
                record.first_chunk = record.first_chunk or time.monotonic()
                record.tokens += len(part)
        except Dropped:
            if request.transport is not None:
                request.transport.abort()
            return response
        tail = chunk({}, finish)
        if with_usage:
            last = base | {"object": "chat.completion.chunk", "choices": [], "usage": usage}
            tail += f"data: {json.dumps(last)}\n\n".encode()
        await response.write(tail + b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    @staticmethod
    def usage(body: Json, completion: int) -> Json:
        prompt = len(json.dumps(body.get("messages", body.get("input", "")))) // 4
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}

    # ---- /v1/responses -----------------------------------------------------------------

    async def responses(self, request: web.Request) -> web.StreamResponse:
        body: Json = await request.json()
        given = body.get("input", "")
        messages: list[Json] = [{"role": "user", "content": given}] if isinstance(given, str) else given
        async with self.recorded(request, body, messages) as record:
            reply = self.choose(messages, (body.get("text") or {}).get("format") or {})
            if reply.status:
                return self.error(record, reply)
            record.fault = reply.fault
            pieces = self.pieces(reply, record.tag)
            items = self.output_items(record, reply, pieces)
            usage = self.usage(body, len(pieces))
            final: Json = {
                "id": f"resp_{record.id}",
                "object": "response",
                "created_at": int(time.time()),
                "model": body.get("model", "test"),
                "status": "completed",
                "error": None,
                "incomplete_details": None,
                "instructions": body.get("instructions"),
                "metadata": {},
                "output": items,
                "parallel_tool_calls": True,
                "temperature": 1.0,
                "tool_choice": body.get("tool_choice", "auto"),
                "tools": body.get("tools") or [],
                "top_p": 1.0,
                "usage": {
                    "input_tokens": usage["prompt_tokens"],
                    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                    "output_tokens": usage["completion_tokens"],
                    "output_tokens_details": {"reasoning_tokens": 0},
                    "total_tokens": usage["total_tokens"],
                },
            }
            if not record.stream:
                async for part in self.paced(reply, pieces or [""], record.arrival):
                    record.first_chunk = record.first_chunk or time.monotonic()
                    record.tokens += len(part)
                return web.json_response(final)
            return await self.responses_stream(request, record, reply, pieces, final)

    def output_items(self, record: Record, reply: Reply, pieces: list[str]) -> list[Json]:
        items: list[Json] = []
        if pieces:
            content = {"type": "output_text", "text": "".join(pieces), "annotations": [], "logprobs": []}
            items.append(
                {
                    "id": f"msg_{record.id}",
                    "type": "message",
                    "role": "assistant",
                    "status": "completed",
                    "content": [content],
                }
            )
        for i, call in enumerate(reply.tool_calls):
            items.append(
                {
                    "id": f"fc_{record.id}_{i}",
                    "type": "function_call",
                    "status": "completed",
                    "call_id": f"call_{record.id}_{i}",
                    "name": call["name"],
                    "arguments": self.arguments_of(call),
                }
            )
        return items

    async def responses_stream(
        self, request: web.Request, record: Record, reply: Reply, pieces: list[str], final: Json
    ) -> web.StreamResponse:
        response = await self.open_stream(request)
        numbers = itertools.count()

        def event(kind: str, **data: Any) -> bytes:
            payload = {"type": kind, "sequence_number": next(numbers)} | data
            return f"event: {kind}\ndata: {json.dumps(payload)}\n\n".encode()

        started = final | {"status": "in_progress", "output": [], "usage": None}
        await response.write(
            event("response.created", response=started) + event("response.in_progress", response=started)
        )
        for index, item in enumerate(final["output"]):
            where = {"output_index": index, "item_id": item["id"]}
            try:
                if item["type"] == "message":
                    part = item["content"][0]
                    empty = item | {"status": "in_progress", "content": []}
                    opening = event("response.output_item.added", output_index=index, item=empty) + event(
                        "response.content_part.added", **where, content_index=0, part=part | {"text": ""}
                    )
                    async for due in self.paced(reply, pieces, record.arrival):
                        data = b"".join(
                            b"data: {not json\n\n"
                            if piece is None
                            else event("response.output_text.delta", **where, content_index=0, delta=piece, logprobs=[])
                            for piece in due
                        )
                        await response.write(opening + data)
                        opening = b""
                        record.first_chunk = record.first_chunk or time.monotonic()
                        record.tokens += len(due)
                    closing = event(
                        "response.output_text.done", **where, content_index=0, text=part["text"], logprobs=[]
                    ) + event("response.content_part.done", **where, content_index=0, part=part)
                else:
                    async for _ in self.paced(reply, [""], record.arrival):
                        record.first_chunk = record.first_chunk or time.monotonic()
                    empty = item | {"status": "in_progress", "arguments": ""}
                    closing = (
                        event("response.output_item.added", output_index=index, item=empty)
                        + event("response.function_call_arguments.delta", **where, delta=item["arguments"])
                        + event(
                            "response.function_call_arguments.done",
                            **where,
                            name=item["name"],
                            arguments=item["arguments"],
                        )
                    )
            except Dropped:
                if request.transport is not None:
                    request.transport.abort()
                return response
            await response.write(closing + event("response.output_item.done", output_index=index, item=item))
        await response.write(event("response.completed", response=final))
        await response.write_eof()
        return response

    # ---- /v1/embeddings, /v1/models ----------------------------------------------------

    async def embeddings(self, request: web.Request) -> web.StreamResponse:
        body: Json = await request.json()
        given = body.get("input", [])
        texts = [given] if isinstance(given, str) else [str(x) for x in given]
        async with self.recorded(request, body, [{"role": "user", "content": "\n".join(texts)}]) as record:
            if self.pace.error_rate and self._random.random() < self.pace.error_rate:
                return self.error(record, Reply(status=self.pace.error_status, retry_after=self.pace.retry_after))
            data = []
            for index, text in enumerate(texts):
                vector: Any = embed(text, body.get("dimensions") or self.pace.dimensions)
                if body.get("encoding_format") == "base64":
                    vector = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
                data.append({"object": "embedding", "index": index, "embedding": vector})
            used = sum(len(t) // 4 + 1 for t in texts)
            usage = {"prompt_tokens": used, "total_tokens": used}
            return web.json_response({"object": "list", "data": data, "model": body.get("model"), "usage": usage})

    async def transcriptions(self, request: web.Request) -> web.Response:
        """The next of `heard`; 400 for what is no recording, 500 when there is nothing left to say."""
        form = await request.post()
        file = form.get("file")
        if not isinstance(file, web.FileField) or not str(file.content_type).startswith("audio/"):
            return web.json_response({"error": {"message": "not a recording"}}, status=400)
        self.recordings.append((str(form.get("model")), file.filename, file.file.read()))
        if not self.heard:
            return web.json_response({"error": {"message": "nothing heard"}}, status=500)
        return web.json_response({"text": self.heard.pop(0)})

    async def models(self, request: web.Request) -> web.Response:
        names = ("test", "test-vision", "test-embedding")
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "bench"} for name in names]
        return web.json_response({"object": "list", "data": data})

    # ---- control -----------------------------------------------------------------------

    async def script(self, request: web.Request) -> web.Response:
        """`{"rules": […], "clear": true?}`: put rules before those already there."""
        body: Json = await request.json()
        try:
            rules = [Rule.from_dict(r) for r in body.get("rules", [])]
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        self.rules = rules + ([] if body.get("clear") else self.rules)
        return web.json_response({"rules": len(self.rules)})

    async def config(self, request: web.Request) -> web.Response:
        """Set fields of `Pace`; answers with all of them."""
        body: Json = await request.json() if request.can_read_body else {}
        try:
            self.pace = replace(self.pace, **body)
        except TypeError as error:
            return web.json_response({"error": str(error)}, status=400)
        self._random = random.Random(self.pace.seed)
        return web.json_response(asdict(self.pace))

    async def stats(self, request: web.Request) -> web.Response:
        """The records, without bodies unless `?bodies=1`; `?since=ID` leaves out older ones."""
        since = int(request.query.get("since", 0))
        records = [asdict(r) for r in self.records[since:]]
        if request.query.get("bodies") != "1":
            for record in records:
                del record["body"]
        return web.json_response(
            {
                "requests": len(self.records),
                "in_flight": self.in_flight,
                "most_in_flight": self.most_in_flight,
                "records": records,
            }
        )

    async def reset(self, request: web.Request) -> web.Response:
        self.records.clear()
        self.rules.clear()
        self.most_in_flight = self.in_flight
        return web.json_response({"ok": True})

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 2**20, middlewares=[self.changes.middleware])
        app.add_routes(
            [
                web.post("/v1/chat/completions", self.chat),
                web.post("/v1/responses", self.responses),
                web.post("/v1/embeddings", self.embeddings),
                web.post("/v1/audio/transcriptions", self.transcriptions),
                web.get("/v1/models", self.models),
                web.post("/_script", self.script),
                web.post("/_config", self.config),
                web.get("/_stats", self.stats),
                web.post("/_reset", self.reset),
            ]
        )
        return app


@asynccontextmanager
async def serve(server: ModelServer, port: int = 0) -> AsyncIterator[str]:
    """Run the server in this event loop; yields its address, ``http://127.0.0.1:PORT``."""
    async with listen(server.app(), port) as url:
        yield url


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8801)
    for name, default in ((f.name, f.default) for f in fields(Pace)):
        kind = float if default is None else type(default)
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=default)
    args = vars(parser.parse_args())
    port = args.pop("port")

    async def work() -> None:
        async with serve(ModelServer(Pace(**args)), port) as url:
            print(f"model server at {url}/v1", flush=True)
            await asyncio.Event().wait()

    run(work())


if __name__ == "__main__":
    main()
