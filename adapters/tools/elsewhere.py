"""Every tool that exists elsewhere, as `firstline.toml` lists them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from adapters.tools.backoffice import ready_tools
from adapters.tools.guarded import open_outbound
from adapters.tools.mcp import McpServer
from adapters.tools.openapi import openapi_tools
from adapters.tools.settings import BackOfficeSettings, McpSource, OpenApiSource, OutboundSettings
from core.tools import Tool


@asynccontextmanager
async def open_elsewhere(
    servers: Sequence[McpSource],
    descriptions: Sequence[OpenApiSource],
    backoffice: BackOfficeSettings,
    settings: OutboundSettings,
    environment: Mapping[str, str],
) -> AsyncGenerator[list[Tool], None]:
    """All of them, in order. Raises `SettingsError` naming the first source that does not answer."""
    async with open_outbound(settings) as outbound:
        tools = ready_tools(backoffice, outbound, environment) if backoffice.is_set else []
        for server in servers:
            tools += _for(server.tenants, await McpServer(server, settings, environment).tools())
        for description in descriptions:
            tools += _for(description.tenants, await openapi_tools(description, outbound, environment))
        yield tools


def _for(tenants: tuple[str, ...], tools: Sequence[Tool]) -> list[Tool]:
    return [replace(each, tenants=tenants) for each in tools]
