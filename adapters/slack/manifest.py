"""What a workspace has to be told of the app, to be pasted at api.slack.com/apps."""

from pydantic import JsonValue

from adapters.slack.settings import REDIRECT_PATH, SlackSettings

Manifest = dict[str, JsonValue]

BOT_SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "users:read",
)
"""What the adapter's calls and events need always; nothing else is asked for."""

BOT_EVENTS = (
    "app_context_changed",
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
)

ENDS = ("app_uninstalled", "tokens_revoked")
"""How we learn that a workspace has taken the app out."""

_COMMANDS = (
    ("/support", "Ask a question; the answer comes in a thread", "my parcel has not come"),
    ("/escalate", "Talk to a person about your open case", "reason"),
    ("/status", "See your open cases", ""),
)
SHORTCUTS = (
    ("Ask Firstline", "firstline_ask", "Answer this message in its thread"),
    ("Escalate", "firstline_escalate", "Get a person for this message"),
)
PROMPTS = (
    ("Where is my order?", "Where is my order?"),
    ("My order arrived damaged", "My order arrived damaged. What can I do?"),
    ("Talk to a person", "I would like to talk to a person, please."),
)


def manifest(settings: SlackSettings, *, name: str, public_url: str = "") -> Manifest:
    """The app manifest. `public_url` is where Slack reaches us by HTTP; unused in Socket Mode."""
    by_socket = settings.way_in == "socket"
    address = public_url.rstrip("/") + settings.path
    url: Manifest = {} if by_socket else {"url": address}
    request_url: Manifest = {} if by_socket else {"request_url": address}
    comes_back = settings.is_installable and public_url
    redirect: Manifest = {"redirect_urls": [public_url.rstrip("/") + REDIRECT_PATH]} if comes_back else {}
    return {
        "display_information": {
            "name": name,
            "description": "Answers support questions, and knows when a person should.",
        },
        "features": {
            "agent_view": {
                "agent_description": "Ask about orders, refunds and anything in our help pages.",
                "suggested_prompts": [{"title": title, "message": message} for title, message in PROMPTS],
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {"name": name, "type": "message", "callback_id": key, "description": description}
                for name, key, description in SHORTCUTS
            ],
            "slash_commands": [_command(*each, url=url) for each in _COMMANDS],
        },
        "oauth_config": {**redirect, "scopes": {"bot": [*bot_scopes(settings)]}},
        "settings": {
            "event_subscriptions": {"bot_events": [*bot_events(settings)], **request_url},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": by_socket,
            "token_rotation_enabled": False,
        },
    }


def bot_scopes(settings: SlackSettings) -> tuple[str, ...]:
    """The scopes that the bot has to be given: some only where a setting needs them."""
    wanted = {
        "users:read.email": settings.reads_mail,
        "usergroups:read": any(each.startswith("S") for each in settings.groups),
    }
    return tuple(sorted((*BOT_SCOPES, *(scope for scope, is_needed in wanted.items() if is_needed))))


def bot_events(settings: SlackSettings) -> tuple[str, ...]:
    """The events that have to be subscribed to."""
    return (*BOT_EVENTS, *(ENDS if settings.is_installable else ()))


def _command(name: str, description: str, hint: str, *, url: Manifest) -> Manifest:
    usage: Manifest = {"usage_hint": hint} if hint else {}
    return {"command": name, "description": description, "should_escape": True, **usage, **url}
