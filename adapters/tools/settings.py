"""Settings of tools that exist elsewhere; light, so that reading settings needs none of their libraries."""

from typing import Self

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from core.declaring import Declaration
from core.section import Count, Section


class OutboundSettings(Section):
    """`[tools.outbound]`: what tools may reach over HTTP."""

    private_hosts: tuple[str, ...] = ()
    """Host names or addresses in a private network that may be reached, also without TLS."""
    limit_kb: PositiveInt = 512
    """Kilobytes (1000 bytes) of one answer."""
    time_limit_s: PositiveFloat = 15
    redirects: Count = 0
    """Redirects of a GET that are followed, each checked like the first address."""


class OpenApiSource(Section):
    """`[[tools.openapi]]`: a description and what of it is offered."""

    name: str
    """Goes before every tool's name; empty: nothing does."""
    source: str
    """A file or an https address."""
    base_url: str = ""
    """Where it is served; empty: its first server."""
    operations: tuple[str, ...]
    """Operation ids that become tools."""
    tenants: tuple[str, ...] = ()
    """Slack workspace or Discord server ids whose conversations alone may use it; empty: all."""
    headers_env: dict[str, str] = Field(default_factory=dict[str, str])
    """Header to the environment variable that holds its value."""
    declare: dict[str, Declaration] = Field(default_factory=dict[str, Declaration])
    """By operation id; an operation that is not here is a write that staff approve."""


class McpSource(Section):
    """`[[tools.mcp]]`: a server, and what of it is offered."""

    name: str
    """Goes before every tool's name; empty: nothing does."""
    command: tuple[str, ...] = ()
    """Program and arguments of a server on this machine."""
    url: str = ""
    """Address of a server that speaks streamable HTTP."""
    environment: tuple[str, ...] = ()
    """Variables of ours that the command gets; no others but PATH and HOME."""
    headers_env: dict[str, str] = Field(default_factory=dict[str, str])
    """Header to the environment variable that holds its value."""
    only: tuple[str, ...] = ()
    """Functions that become tools; empty: those that are declared."""
    tenants: tuple[str, ...] = ()
    """Slack workspace or Discord server ids whose conversations alone may use it; empty: all."""
    declare: dict[str, Declaration] = Field(default_factory=dict[str, Declaration])
    """By function; one that is not here is a write that staff approve."""
    connect_limit_s: PositiveFloat = 20

    @model_validator(mode="after")
    def _has_one_way(self) -> Self:
        if bool(self.command) == bool(self.url):
            raise ValueError("an MCP server has either a command or a url")
        return self


class BackOfficeOfTenants(Section):
    """`[[backoffice.tenants]]`: other systems for some workspaces or servers."""

    name: str = Field(pattern=r"^[\w.-]{1,40}$")
    """What it is called in our own records; what was done once there counts there alone. Do not change it."""
    tenants: tuple[str, ...] = Field(min_length=1)
    """Slack workspace or Discord server ids."""
    url: str = Field(min_length=1)
    headers_env: dict[str, str] = Field(default_factory=dict[str, str])


class BackOfficeSettings(Section):
    """`[backoffice]`: the shop's own systems, behind the REST contract of `docs/backoffice.md`."""

    url: str = ""
    """Where it is served; empty: there is none."""
    headers_env: dict[str, str] = Field(default_factory=dict[str, str])
    """Header to the environment variable that holds its value."""
    offers: tuple[str, ...] = ()
    """The ready-made tools that are offered; empty: all."""
    refund_promise: str = ""
    """A sentence after each refund: when the money arrives."""
    ticket_promise: str = ""
    """A sentence after each ticket: when somebody looks."""
    reset_promise: str = ""
    """A sentence after each link for a new password: how long it holds."""
    tenants: tuple[BackOfficeOfTenants, ...] = ()
    """Other systems for tenants whose customers are not in the common ones."""

    @property
    def is_set(self) -> bool:
        """There is one for somebody."""
        return bool(self.url or self.tenants)

    @model_validator(mode="after")
    def _is_clear(self) -> Self:
        named = [each.name for each in self.tenants]
        listed = [tenant for each in self.tenants for tenant in each.tenants]
        if len(set(named)) < len(named) or len(set(listed)) < len(listed):
            raise ValueError("[[backoffice.tenants]] has a name or a tenant more than once")
        return self
