"""Where the playground is served, and what it accepts."""

from ipaddress import ip_address
from typing import Self

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from core.section import Section

PLATFORM = "web"


class WebSettings(Section):
    """The page, its address and its limits."""

    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback leaves the staff side off, unless `staff_everywhere` says so."""
    port: int = Field(default=8300, ge=0, le=65_535)
    """0: a free one."""
    served_names: tuple[str, ...] = ()
    """Host names, besides loopback, under which browsers may ask for the page."""
    staff_everywhere: bool = False
    """Serve the staff side on other addresses too. Whoever reaches the page can then approve."""
    tenant: str = "demo"
    """The tenant of every thread of the page."""
    upload_limit_mb: PositiveFloat = 10
    """Megabytes (10^6 bytes) of one file."""
    files_per_message: PositiveInt = 4
    """Files of one message."""
    keep_uploads_days: PositiveFloat = 7
    """Days after which an uploaded file is deleted from the data folder."""
    text_limit_chars: PositiveInt = 8_000
    """Length of one message."""

    @property
    def upload_limit_bytes(self) -> int:
        """The limit in bytes."""
        return int(self.upload_limit_mb * 1_000_000)

    @property
    def has_staff_side(self) -> bool:
        """Staff can sit at this page."""
        return self.staff_everywhere or is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """The name or address can only be reached from this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class WebDeskSettings(Section):
    """The read-only desk: where it is served, and for how long somebody stays signed in."""

    enabled: bool = False
    """Serve it beside the page, in `firstline run web` and `firstline run all`."""
    host: str = "127.0.0.1"
    """Address to listen on; anything but loopback needs `behind_tls`."""
    port: int = Field(default=8310, ge=0, le=65_535)
    """0: a free one."""
    served_names: tuple[str, ...] = ()
    """Host names, besides loopback, under which browsers may ask for it."""
    behind_tls: bool = False
    """A proxy in front of it speaks TLS: cookies are sent over HTTPS only."""
    session_h: PositiveFloat = 12
    """Hours after which one has to sign in again."""
    idle_min: PositiveFloat = 60
    """Minutes without a look after which one has to sign in again."""
    tries: PositiveInt = 5
    """Wrong passwords for a name, or four times as many from an address, within 15 minutes; then it waits."""
    queue_rows: PositiveInt = 200
    """Cases that the queue shows at most, those with people first."""

    @model_validator(mode="after")
    def _keeps_passwords(self) -> Self:
        if self.enabled and not (self.behind_tls or is_loopback(self.host)):
            raise ValueError(
                f"host {self.host} would carry passwords in the open: put a proxy with TLS in front and set "
                "behind_tls = true, or leave host at 127.0.0.1"
            )
        return self
