"""Settings of the Discord side. The token and addresses come from the environment, the rest from `[discord]`."""

from pydantic import Field, SecretStr

from adapters.discord.pace import ALL_A_SECOND
from core.section import Section

PLATFORM = "discord"


class DiscordSettings(Section):
    """What the adapter needs to speak with its servers."""

    token: SecretStr = SecretStr("")
    """`DISCORD_TOKEN`: of the application's bot."""
    api_url: str = "https://discord.com/api/v10"
    """`DISCORD_API_URL`: another one for a proxy."""
    gateway_url: str = "wss://gateway.discord.gg/"
    """`DISCORD_GATEWAY_URL`: the same for the gateway."""
    support_channels: tuple[str, ...] = ()
    """Ids of text channels or forums in which every post is answered, in a thread."""
    busy_channels: tuple[str, ...] = ()
    """Ids of channels in which people also talk to each other: answered is what calls the bot or asks the room."""
    confident_channels: tuple[str, ...] = ()
    """Ids of channels in which, unless mentioned, the bot answers only questions that its knowledge answers."""
    staff_channel: str = ""
    """Id of the channel of those who approve and take over: whoever can press there is staff."""

    staff_channels: tuple[str, ...] = ()
    """More of them, of several tenants; set from `[[desk.tenants]]`."""
    staff_roles: tuple[str, ...] = ()
    """Ids of roles whose members are staff wherever they press, and alone are staff in the staff channel."""
    shards: int = Field(default=1, ge=0)
    """Connections to the gateway; 0: as many as Discord asks for."""
    private_threads: bool = True
    """Answer in a private thread where a question names an order, a customer number or a mail address."""
    solved_tag: str = "solved"
    """Name or id of the forum tag that posts get whose case is resolved; empty, or not in a forum: none."""
    hears_voice: bool = False
    """Voice messages are put into words; set where `[models.transcription]` is."""
    requests_per_second: int = Field(default=ALL_A_SECOND, ge=10)
    """How many calls Discord takes of this bot, over all channels; it raises this for large bots."""
    direct_messages: bool = True
    """Answer direct messages."""

    @property
    def all_staff(self) -> tuple[str, ...]:
        """All staff channels."""
        return tuple(filter(None, (self.staff_channel, *self.staff_channels)))

    @property
    def places(self) -> tuple[str, ...]:
        """Every channel that is named, once."""
        answered = (*self.support_channels, *self.busy_channels, *self.confident_channels)
        return tuple(dict.fromkeys((*answered, *self.all_staff)))

    def problems(self) -> list[str]:
        """What is missing or wrong, one line each with its fix."""
        found: list[str] = []
        if not self.token.get_secret_value():
            found.append("DISCORD_TOKEN is missing: copy it from your application, Bot, Reset Token.")
        if not self.api_url.startswith(("http://", "https://")):
            found.append("DISCORD_API_URL must be an address like https://discord.com/api/v10.")
        if not self.gateway_url.startswith(("ws://", "wss://")):
            found.append("DISCORD_GATEWAY_URL must be an address like wss://gateway.discord.gg/.")
        ids = [*self.places, *self.staff_roles]
        found.extend(
            f"[discord] {each!r} is not an id: switch on Developer Mode and copy the id of the channel or role."
            for each in ids
            if not each.isdigit()
        )
        return found
