"""Functions of MCP servers as tools: started as a command (stdio) or reached over streamable HTTP.

A connection is made for each call and for the list at start: a server that was restarted is simply there again.
"""

import json
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from pydantic import JsonValue

from adapters.tools.guarded import Forbidden, GuardedTransport
from adapters.tools.openapi import look_up_with
from adapters.tools.settings import McpSource, OutboundSettings
from core.declaring import UNDECLARED, Foreign, declared, result_of
from core.errors import SettingsError, ToolRefused
from core.headers import hidden, secret_headers
from core.tools import Tool, ToolContext, ToolFunction, ToolResult

_MOST_PAGES = 20
_KEY = "firstline/idempotency-key"
"""Where a server that knows us finds the key of an effect, in the call's `_meta`."""


class McpServer:
    """One server; connects for each call."""

    def __init__(self, source: McpSource, outbound: OutboundSettings, environment: Mapping[str, str]) -> None:
        self._source = source
        self._outbound = outbound
        self._limit_bytes = outbound.limit_kb * 1000
        """Of one result; over the line its envelope comes on top."""
        self._where = f"[[tools.mcp]] {source.name or source.url or source.command[0]}"
        self._headers = secret_headers(source.headers_env, environment, self._where)
        passed = {name: environment[name] for name in source.environment if name in environment}
        self._environment = {**{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, **passed}

    async def tools(self) -> list[Tool]:
        """What it offers of what was asked for. Raises `SettingsError`."""
        try:
            async with self._client() as client:
                found = {each.name: each for each in await self._list(client)}
        except Exception as error:
            raise SettingsError(
                [f"{self._where}: the server does not answer ({_kind(error)}). Start it, or check it."]
            ) from error
        wanted = self._source.only or tuple(self._source.declare)
        if unknown := [name for name in (*wanted, *self._source.declare) if name not in found]:
            known = ", ".join(found) or "none"
            raise SettingsError([f"{self._where}: there is no function {name}. Known: {known}." for name in unknown])
        return [self._tool(found, name) for name in wanted]

    def _tool(self, found: Mapping[str, Foreign], name: str) -> Tool:
        declaration = self._source.declare.get(name, UNDECLARED)
        earlier = found.get(declaration.look_up)
        look_up = look_up_with(earlier) if earlier else None
        return declared(found[name], declaration, prefix=self._source.name, look_up=look_up)

    async def _list(self, client: Client) -> list[Foreign]:
        found: list[Foreign] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await client.list_tools(cursor=cursor)
            found += [
                Foreign(each.name, self._told(each.description or ""), each.input_schema, self._function(each.name))
                for each in page.tools
            ]
            cursor = page.next_cursor
            if not cursor:
                break
        return found

    def _function(self, name: str) -> ToolFunction:
        async def run(context: ToolContext, /, **arguments: Any) -> ToolResult:
            try:
                async with self._client() as client:
                    return await self._call(client, name, arguments, context.key)
            except* ToolRefused as refusals:
                raise _first(refusals) from None
            except* Forbidden as errors:
                raise ToolRefused("That cannot be reached from here.") from errors
            except* (MCPError, OSError, httpx2.HTTPError) as errors:
                raise ConnectionError(_kind(errors)) from None

        return run

    async def _call(self, client: Client, name: str, arguments: dict[str, Any], key: str) -> ToolResult:
        answer = await client.call_tool(name, arguments, meta={_KEY: key} if key else None)
        texts = [str(getattr(each, "text", "")) for each in answer.content]
        said = self._told("\n".join(text for text in texts if text))
        if answer.is_error:
            why = f"{name} was refused by the other system: {said[:300]}"
            raise ToolRefused(why, say="The other system refused that.", quotes=True)
        value: JsonValue = said
        if answer.structured_content is not None:
            value = json.loads(self._told(json.dumps(answer.structured_content, ensure_ascii=False)))
        return result_of(value, title=name.replace("_", " ").capitalize())

    def _told(self, text: str) -> str:
        """What a server said, if it is not too large, without our secrets. Raises `ConnectionError`."""
        if len(text.encode()) > self._limit_bytes:
            raise ConnectionError("the answer is too large")
        return hidden(text, self._headers)

    @asynccontextmanager
    async def _client(self) -> AsyncGenerator[Client, None]:
        limit = self._source.connect_limit_s
        if self._source.command:
            program, *arguments = self._source.command
            server = StdioServerParameters(command=program, args=arguments, env=self._environment)
            async with Client(server, read_timeout_seconds=limit) as client:
                yield client
            return
        async with httpx2.AsyncClient(
            transport=GuardedTransport(self._outbound, limit_bytes=2 * self._limit_bytes),
            headers=self._headers,
            timeout=httpx2.Timeout(limit),
            follow_redirects=False,
            trust_env=False,
        ) as http:
            transport = streamable_http_client(self._source.url, http_client=http)
            async with Client(transport, read_timeout_seconds=limit) as client:
                yield client


def _first(error: BaseException) -> BaseException:
    """The error itself, however deep task groups have wrapped it."""
    inner: tuple[BaseException, ...] = getattr(error, "exceptions", ())
    return _first(inner[0]) if inner else error


def _kind(error: BaseException) -> str:
    return type(_first(error)).__name__
