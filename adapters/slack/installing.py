"""Letting workspaces install the app by OAuth, with the client library's own flow over our store."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from logging import Logger

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store import Installation as Installed
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters.slack.api import quiet_logger
from adapters.slack.chat import PLATFORM
from adapters.slack.manifest import bot_scopes
from adapters.slack.settings import INSTALL_PATH, REDIRECT_PATH, SlackSettings
from adapters.slack.workspaces import Workspaces
from core.errors import BotError
from core.installing import Installation, Installations

log = logging.getLogger(__name__)

_STATE_S = 600
_REASONS = {
    "access_denied": "You did not allow it. Nothing was installed.",
    "invalid_browser": "This page was not opened from the browser that began. Begin again, with cookies allowed.",
    "invalid_state": "That took longer than ten minutes, or the page was opened twice. Begin again.",
    "invalid_code": "Slack did not accept the answer. Begin again.",
    "missing_code": "Slack's answer is not complete. Begin again.",
    "whole_organization": "Choose one workspace in the list at the top right, not the whole organization.",
    "not_invited": "This app is not offered to your workspace. Ask whoever runs it.",
}
_AGAIN = f'<p><a href="{INSTALL_PATH}">Begin again</a></p>'
_LIMIT_S = 20.0
_OTHERWISE = "That did not work just now. Begin again in a moment."


class Refusal(BoltError):
    """An installation that is not taken; its text is a key of the reasons."""


class Installs(AsyncInstallationStore):
    """The client library's store over our own."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    @property
    def logger(self) -> Logger:
        """The client library's own lines name codes and tokens."""
        return quiet_logger()

    async def async_save(self, installation: Installed) -> None:
        """Keep a workspace's installation. Raises `Refusal`."""
        if installation.is_enterprise_install or not installation.team_id:
            raise Refusal("whole_organization")
        allowed = self._workspaces.settings.workspaces
        if allowed and installation.team_id not in allowed:
            raise Refusal("not_invited")
        new = Installation(
            platform=PLATFORM,
            tenant=installation.team_id,
            name=installation.team_name or installation.team_id,
            token=installation.bot_token or "",
            by=installation.user_id,
            at=datetime.now(UTC),
        )
        try:
            await self._workspaces.install(new)
        except BotError as error:
            log.error("an installation is not kept", extra={"why": str(error)})
            raise Refusal("not_kept") from error

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Nothing: which workspace an event belongs to is answered by who is open, see `Workspaces`."""

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Take a workspace's installation away. Raises `StoreError`."""
        if team_id:
            await self._workspaces.uninstall(team_id)


class States(AsyncOAuthStateStore):
    """One-time states over our own store, so that any replica can finish what another began."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    @property
    def logger(self) -> Logger:
        """See `Installs`."""
        return quiet_logger()

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """A new state."""
        state = secrets.token_urlsafe(32)
        await self._installations.begin(state, until=datetime.now(UTC) + timedelta(seconds=_STATE_S))
        return state

    async def async_consume(self, state: str) -> bool:
        """Use it up, once."""
        return await self._installations.finish(state)


class Installing:
    """The two pages of an installation. Mount `routes`."""

    def __init__(self, workspaces: Workspaces, installations: Installations) -> None:
        self._settings = workspaces.settings
        self._flow = AsyncOAuthFlow(
            client=AsyncWebClient(base_url=self._settings.api_url, logger=quiet_logger()),
            logger=quiet_logger(),
            settings=AsyncOAuthSettings(
                client_id=self._settings.client_id,
                client_secret=self._settings.client_secret.get_secret_value(),
                scopes=[*bot_scopes(self._settings)],
                authorization_url=authorization_url(self._settings),
                install_path=INSTALL_PATH,
                redirect_uri_path=REDIRECT_PATH,
                install_page_rendering_enabled=False,
                installation_store=Installs(workspaces),
                state_store=States(installations),
                state_expiration_seconds=_STATE_S,
                callback_options=AsyncCallbackOptions(_welcome, _sorry),
                logger=quiet_logger(),
            ),
        )

    def routes(self) -> list[web.RouteDef]:
        """Where an installation begins, and where Slack sends people back to."""
        return [web.get(INSTALL_PATH, self._begin), web.get(REDIRECT_PATH, self._end)]

    async def _begin(self, request: web.Request) -> web.Response:
        return await self._shown(self._flow.handle_installation(await to_bolt_request(request)))

    async def _end(self, request: web.Request) -> web.Response:
        return await self._shown(self._flow.handle_callback(await to_bolt_request(request)))

    async def _shown(self, page: Awaitable[BoltResponse]) -> web.Response:
        try:
            async with asyncio.timeout(_LIMIT_S):
                return await to_aiohttp_response(await page)
        except (BotError, SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.error("a page of an installation fails", extra={"why": type(error).__name__})
            return await to_aiohttp_response(_page(503, "Not installed", _OTHERWISE, _AGAIN))


def authorization_url(settings: SlackSettings) -> str:
    """The page on which Slack asks whoever installs, on the host that serves the API."""
    return str(URL(settings.api_url).with_path("/oauth/v2/authorize").with_query(None))


async def _welcome(args: AsyncSuccessArgs) -> BoltResponse:
    name = escape(args.installation.team_name or "your workspace")
    line = f"Firstline is in {name} now. Invite it to a channel, or write to it directly."
    return _page(200, "Installed", line)


async def _sorry(args: AsyncFailureArgs) -> BoltResponse:
    reason = str(args.error) if isinstance(args.error, Refusal) else args.reason
    log.info("not installed", extra={"why": reason if reason in _REASONS else "other"})
    status = 403 if isinstance(args.error, Refusal) and reason in _REASONS else args.suggested_status_code
    return _page(status, "Not installed", escape(_REASONS.get(reason, _OTHERWISE)), _AGAIN)


def _page(status: int, title: str, line: str, more: str = "") -> BoltResponse:
    style = "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}"
    body = (
        f"<!DOCTYPE html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{title}</title><style>{style}</style><h1>{title}</h1><p>{line}</p>{more}</html>"
    )
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return BoltResponse(status=status, body=body, headers=headers)
