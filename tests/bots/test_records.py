"""Where customers are looked up and how codes reach them, as the settings say it."""

from pathlib import Path
from typing import Any

import pytest

from bots.records import examine, open_records
from bots.settings import Configuration, Environment, Settings
from core.errors import SettingsError
from tests.servers.mail import MailServer, serve


def settings(table: dict[str, Any], **environment: Any) -> Settings:
    written: dict[str, Any] = {
        "identity": table,
        "tools": {"modules": [], "outbound": {"private_hosts": ["127.0.0.1"]}},
    }
    return Settings(Environment(**environment), Configuration.model_validate(written))


async def test_each_tenant_has_the_records_that_are_named_for_it(tmp_path: Path) -> None:
    table = {
        "records": {
            "url": "https://a.example/records",
            "tenants": [{"tenants": ["T2", "T3"], "url": "https://b.example/records"}],
        },
    }
    async with open_records(settings(table), tmp_path) as records:
        assert records.of("T1") is records.directory is not None
        assert records.of("T2") is records.of("T3") is not records.directory
        assert records.sender is None


async def test_a_bot_without_them_has_none(tmp_path: Path) -> None:
    async with open_records(settings({}), tmp_path) as records:
        assert (records.directory, records.sender) == (None, None)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"records": {"url": "https://a.example", "headers_env": {"X-Key": "NOT_SET_ANYWHERE"}}}, "NOT_SET_ANYWHERE"),
        (
            {
                "records": {"url": "https://a.example"},
                "mail": {"host": "mx.example", "sender": "a@b.example", "user": "bot"},
            },
            "FIRSTLINE_SMTP_PASSWORD",
        ),
        (
            {
                "records": {
                    "tenants": [
                        {"tenants": ["T1"], "url": "https://a.example"},
                        {"tenants": ["T1"], "url": "https://b.example"},
                    ]
                }
            },
            "more than once",
        ),
    ],
)
async def test_what_is_missing_is_named_at_start(table: dict[str, Any], why: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=why):
        async with open_records(settings(table), tmp_path):
            raise AssertionError("it started")


async def test_the_doctor_looks_at_records_and_mail(tmp_path: Path) -> None:
    async with serve(MailServer(), tmp_path) as server:
        table = {
            "records": {"url": "http://127.0.0.1:9/records"},
            "mail": {"host": "localhost", "port": server.port, "security": "none", "sender": "help@shop.example"},
        }
        records, mail = await examine(settings(table))
    assert not records.is_fine
    assert mail.is_fine
