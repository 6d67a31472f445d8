"""Codes by mail: over a real connection to a mail server of ours, with and without TLS."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.identity.mail import MailSender
from adapters.identity.settings import IdentityTable, MailSettings
from core.errors import DeliveryError
from core.identity import OnFile
from tests.servers.mail import MailServer, Security, serve

ADA = OnFile("c-ada", "ada@example.com")
CODE = "204 816"


def sender(server: MailServer, *, password: str = "", is_believed: bool = True, **more: Any) -> MailSender:
    settings = MailSettings(
        host="localhost", port=server.port, security=server.security, sender="Our Shop <help@shop.example>", **more
    )
    return MailSender(settings, password, trusts=server.trusts if is_believed else None)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_code_goes_to_the_address_on_file_under_tls(security: Security, tmp_path: Path) -> None:
    async with serve(MailServer(security, login=("bot", "pass")), tmp_path) as server:
        await sender(server, user="bot", password="pass").send(ADA, CODE, minutes=7)
    mail = server.taken[0]
    assert (mail["To"], mail["From"]) == ("ada@example.com", "Our Shop <help@shop.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_content()
    assert CODE in body
    assert "within 7 minutes" in body
    assert b"pass" not in b"".join(server.in_clear)
    assert CODE.encode() not in b"".join(server.in_clear)


async def test_a_relay_on_this_host_is_used_without_tls_only_where_the_settings_say_so(tmp_path: Path) -> None:
    async with serve(MailServer(), tmp_path) as server:
        await sender(server).send(ADA, CODE, minutes=7)
        assert len(server.taken) == 1
        wants_tls = MailSettings(host="localhost", port=server.port, sender="help@shop.example")
        with pytest.raises(DeliveryError, match="no TLS"):
            await MailSender(wants_tls, "").send(ADA, CODE, minutes=7)
    assert len(server.taken) == 1, "nothing is sent in clear where TLS was asked for"


async def test_a_certificate_that_nobody_vouches_for_gets_no_code(tmp_path: Path) -> None:
    async with serve(MailServer("starttls"), tmp_path) as server:
        with pytest.raises(DeliveryError, match="certificate"):
            await sender(server, is_believed=False).send(ADA, CODE, minutes=7)
    assert server.taken == []


async def test_errors_tell_neither_address_nor_code_nor_password(tmp_path: Path) -> None:
    said: list[str] = []
    async with serve(MailServer("tls", login=("bot", "right"), refuses=frozenset({ADA.address})), tmp_path) as server:
        for password in ("wrong", "right"):
            with pytest.raises(DeliveryError) as refused:
                await sender(server, user="bot", password=password).send(ADA, CODE, minutes=7)
            said.append(str(refused.value))
    with pytest.raises(DeliveryError) as gone:
        await sender(server).send(ADA, CODE, minutes=7)
    said.append(str(gone.value))
    assert said == [
        "the mail server refuses the login (535)",
        "the mail server refuses the address on file",
        "the mail server does not answer (ConnectionRefusedError)",
    ]


async def test_a_server_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    async with serve(MailServer(is_silent=True), tmp_path) as server:
        with pytest.raises(DeliveryError, match="does not answer"):
            await sender(server, time_limit_s=0.05).send(ADA, CODE, minutes=7)


@pytest.mark.parametrize("address", ["ada@example.com\r\nBcc: eve@example.com", "ada@example.com\nX: y"])
async def test_an_address_cannot_add_headers(address: str, tmp_path: Path) -> None:
    async with serve(MailServer(), tmp_path) as server:
        with pytest.raises(DeliveryError):
            await sender(server).send(OnFile("c-ada", address), CODE, minutes=7)
    assert server.taken == []


async def test_the_doctor_sees_whether_the_server_lets_us_in(tmp_path: Path) -> None:
    async with serve(MailServer("tls", login=("bot", "right")), tmp_path) as server:
        assert (await sender(server, user="bot", password="right").examine()).is_fine
        assert "FIRSTLINE_SMTP_PASSWORD" in (await sender(server, user="bot", password="no").examine()).fix
    assert server.taken == []


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"mail": {"host": "mx"}}, "sender must be an address"),
        ({"mail": {"host": "mx", "sender": "a@b.example"}}, "address on file"),
        ({"mail": {"host": "mx", "sender": "a@b.example", "user": "u", "security": "none"}}, "without TLS"),
        ({"mail": {"text": "no code"}}, "needs {code}"),
        ({"mail": {"text": "{code} {name}"}}, "no other braces"),
        ({"mail": {"subject": "two\nlines"}}, "one line"),
        ({"codes": {"url": "ftp://x"}}, "pattern"),
        (
            {"module": "m", "mail": {"host": "mx", "sender": "a@b.example"}, "codes": {"url": "https://x"}},
            "not by both",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused_at_start(table: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        IdentityTable(**table)
