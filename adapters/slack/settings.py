"""Settings of the Slack side. Tokens and addresses come from the environment, the rest from `[slack]`."""

from typing import Literal

from pydantic import Field, SecretStr

from core.section import Section

_NOTHING = SecretStr("")
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"


class SlackSettings(Section):
    """What the adapter needs to speak with one workspace."""

    bot_token: SecretStr = _NOTHING
    """`SLACK_BOT_TOKEN`: of the installed app, begins with xoxb-."""
    app_token: SecretStr = _NOTHING
    """`SLACK_APP_TOKEN`: for Socket Mode, begins with xapp-; scope `connections:write`."""
    signing_secret: SecretStr = _NOTHING
    """`SLACK_SIGNING_SECRET`: proves that HTTP requests come from Slack."""
    client_id: str = ""
    """`SLACK_CLIENT_ID`: lets other workspaces install the app; see Basic Information, as for the next one."""
    client_secret: SecretStr = _NOTHING
    """`SLACK_CLIENT_SECRET`."""
    workspaces: tuple[str, ...] = ()
    """Ids of workspaces that may install the app; empty: any that Slack lets."""
    api_url: str = "https://slack.com/api/"
    """`SLACK_API_URL`: another one for GovSlack or a proxy."""
    mode: Literal["", "socket", "http"] = ""
    """How events come in; empty: `socket` where an app token is set, else `http`."""
    support_channels: tuple[str, ...] = ()
    """Ids of channels in which every message is answered, in a thread."""
    mention_channels: tuple[str, ...] = ()
    """Ids of channels in which only messages that mention the bot are answered, in its own threads too."""
    busy_channels: tuple[str, ...] = ()
    """Ids of channels in which people also talk to each other: answered is what calls the bot or asks the room."""
    confident_channels: tuple[str, ...] = ()
    """Ids of channels in which, unless mentioned, the bot answers only questions that its knowledge answers."""
    known_bots: tuple[str, ...] = ()
    """Ids of other bots whose messages are taken in; set from `[manners] bots`."""
    staff_channel: str = ""
    """Id of the channel of those who approve and take over: whoever can press there is staff."""
    staff_channels: tuple[str, ...] = ()
    """More of them, of several tenants; set from `[[desk.tenants]]`."""
    groups: tuple[str, ...] = ()
    """User groups that give roles at the desk; set from `[desk.roles]`."""
    reads_mail: bool = False
    """The company's own members are known by their confirmed address; set from `[identity] workspace_domains`."""
    direct_messages: bool = True
    """Answer direct messages."""
    streaming: bool = True
    """Write answers into a native stream where the workspace offers it; else post and edit."""
    path: str = Field(default="/slack/events", pattern="^/")
    """Where signed HTTP requests are taken: events, commands and button presses alike."""

    def is_staff(self, channel: str) -> bool:
        """Whoever can press there is staff."""
        return channel in self.desks

    @property
    def desks(self) -> tuple[str, ...]:
        """Every staff channel, once."""
        return tuple(dict.fromkeys(each for each in (self.staff_channel, *self.staff_channels) if each))

    @property
    def is_installable(self) -> bool:
        """Other workspaces can install the app."""
        return bool(self.client_id)

    @property
    def own_paths(self) -> tuple[str, ...]:
        """Where requests come from elsewhere, each with a proof of its own."""
        return (self.path, INSTALL_PATH, REDIRECT_PATH) if self.is_installable else (self.path,)

    @property
    def places(self) -> tuple[str, ...]:
        """Every channel that is named, once."""
        answered = (*self.support_channels, *self.mention_channels, *self.busy_channels, *self.confident_channels)
        return tuple(dict.fromkeys((*answered, *self.desks)))

    @property
    def way_in(self) -> Literal["socket", "http"]:
        """The mode that applies."""
        return self.mode or ("socket" if self.app_token.get_secret_value() else "http")

    def problems(self) -> list[str]:
        """What is missing or wrong, one line each with its fix."""
        found: list[str] = []
        bot, app = self.bot_token.get_secret_value(), self.app_token.get_secret_value()
        if self.is_installable and not self.client_secret.get_secret_value():
            found.append("SLACK_CLIENT_SECRET is missing: copy it from Basic Information, beside the client id.")
        if not bot and not self.is_installable:
            found.append("SLACK_BOT_TOKEN is missing: copy it from your Slack app, OAuth & Permissions.")
        elif bot and not bot.startswith("xox"):
            found.append("SLACK_BOT_TOKEN is not a bot token: it begins with xoxb-, see OAuth & Permissions.")
        if self.way_in == "socket" and not app:
            found.append("SLACK_APP_TOKEN is missing: Socket Mode needs an app-level token with connections:write.")
        elif self.way_in == "socket" and not app.startswith("xapp-"):
            found.append("SLACK_APP_TOKEN is not an app-level token: it begins with xapp-, see Basic Information.")
        if self.way_in == "http" and not self.signing_secret.get_secret_value():
            found.append(
                "SLACK_SIGNING_SECRET is missing: copy it from Basic Information,"
                " or set SLACK_APP_TOKEN to use Socket Mode."
            )
        if not self.api_url.startswith(("http://", "https://")):
            found.append("SLACK_API_URL must be an address like https://slack.com/api/.")
        return found
