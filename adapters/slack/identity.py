"""Who we are in the workspace, asked once at start."""

import logging
from dataclasses import dataclass

from adapters.slack.api import SlackApi
from adapters.slack.errors import BAD_TOKEN, Refused
from core.errors import SettingsError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Own:
    """The bot in its workspace."""

    team: str
    user: str
    bot: str
    enterprise: str


async def ask_own(api: SlackApi) -> Own:
    """Ask Slack who the token is. Raises `SettingsError` on a bad token, `DeliveryError` without an answer."""
    try:
        answer = await api.call("auth.test")
    except Refused as refusal:
        if refusal.code not in BAD_TOKEN and not refusal.is_final:
            raise
        raise SettingsError(
            [
                f"Slack does not accept SLACK_BOT_TOKEN ({refusal.code}): "
                "copy the bot token from OAuth & Permissions, after installing the app."
            ]
        ) from refusal
    return Own(
        team=str(answer.get("team_id", "")),
        user=str(answer.get("user_id", "")),
        bot=str(answer.get("bot_id", "")),
        enterprise=str(answer.get("enterprise_id") or ""),
    )


async def ask_socket_url(api: SlackApi) -> str:
    """An address for Socket Mode. Raises `SettingsError` on a bad app token, `DeliveryError` without an answer."""
    try:
        return await api.open_socket_url()
    except Refused as refusal:
        raise SettingsError(
            [
                f"Slack does not accept SLACK_APP_TOKEN ({refusal.code}): make an app-level token "
                "with the scope connections:write under Basic Information, and switch Socket Mode on."
            ]
        ) from refusal
