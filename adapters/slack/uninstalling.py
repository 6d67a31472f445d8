"""How Slack says that a workspace has taken the app out."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Tokens(_Part):
    bot: tuple[str, ...] = ()


class _Event(_Part):
    type: str
    tokens: _Tokens = _Tokens()


class _Envelope(_Part):
    event: _Event


def is_end(body: dict[str, Any]) -> bool:
    """The app is out, or our own token is taken away; tokens of single people are none of ours."""
    try:
        event = _Envelope.model_validate(body).event
    except ValidationError:
        return False
    return event.type == "app_uninstalled" or (event.type == "tokens_revoked" and bool(event.tokens.bot))
