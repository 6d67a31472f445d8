"""Settings of ready-made ways to know customers again; light, so that reading settings needs no library of theirs."""

import string
from email.utils import parseaddr
from typing import Literal, Self

from pydantic import Field, PositiveFloat, field_validator, model_validator

from core.section import Section
from core.settings import IdentitySettings

_FIELDS = frozenset({"code", "minutes"})
_HTTP = r"^(|https?://\S+)$"


class MailSettings(Section):
    """`[identity.mail]`: one-time codes by your own mail server."""

    host: str = ""
    """The SMTP server; empty: none."""
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    """starttls: TLS after the greeting, or nothing is sent. tls: from the first byte. none: a relay on this host."""
    user: str = ""
    """Who logs in, with FIRSTLINE_SMTP_PASSWORD; empty: nobody does."""
    sender: str = ""
    """Whom the mail is from, `Support <support@example.com>`."""
    subject: str = "Your code for the chat with our support"
    text: str = (
        "{code} is your code. Enter it in the chat within {minutes} minutes.\n\n"
        "You did not ask for it? Then ignore this mail. Never give the code to anybody, not even to us.\n"
    )
    """What the mail says; `{code}` and `{minutes}` are filled in."""
    time_limit_s: PositiveFloat = 15

    @field_validator("subject")
    @classmethod
    def _is_one_line(cls, subject: str) -> str:
        if len(subject.splitlines()) != 1:
            raise ValueError("a subject is one line")
        return subject

    @field_validator("text")
    @classmethod
    def _holds_the_code(cls, text: str) -> str:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        if "code" not in names or names - _FIELDS:
            raise ValueError("the text of the mail needs {code}, may have {minutes}, and no other braces")
        return text

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.host and "@" not in parseaddr(self.sender)[1]:
            raise ValueError("with a host, sender must be an address like Support <support@example.com>")
        if self.user and self.security == "none":
            raise ValueError("a password is not sent without TLS: set security to starttls or tls, or leave user out")
        return self


class CodesSettings(Section):
    """`[identity.codes]`: one-time codes by a service of your own."""

    url: str = Field(default="", pattern=_HTTP)
    """Codes are posted there; empty: none."""
    headers_env: dict[str, str] = Field(default_factory=dict[str, str])
    """Header to the environment variable that holds its value."""


class RecordsOfTenants(Section):
    """`[[identity.records.tenants]]`: other records for some workspaces or servers."""

    tenants: tuple[str, ...] = Field(min_length=1)
    """Slack workspace or Discord server ids."""
    url: str = Field(pattern=r"^https?://\S+$")
    headers_env: dict[str, str] = Field(default_factory=dict[str, str])


class RecordsSettings(Section):
    """`[identity.records]`: your customer records, asked over HTTP."""

    url: str = Field(default="", pattern=_HTTP)
    """Where they are looked up; empty: they are not."""
    headers_env: dict[str, str] = Field(default_factory=dict[str, str])
    """Header to the environment variable that holds its value."""
    tenants: tuple[RecordsOfTenants, ...] = ()


class IdentityTable(IdentitySettings):
    """`[identity]` with the ready-made ways."""

    mail: MailSettings = MailSettings()
    codes: CodesSettings = CodesSettings()
    records: RecordsSettings = RecordsSettings()

    @model_validator(mode="after")
    def _has_one_way(self) -> Self:
        if self.mail.host and self.codes.url:
            raise ValueError("codes go either by [identity.mail] or by [identity.codes], not by both")
        has_records = self.module or self.records.url or self.records.tenants
        if (self.mail.host or self.codes.url) and not has_records:
            raise ValueError("codes go to the address on file: name [identity.records] url, or a module")
        return self
