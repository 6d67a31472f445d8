"""What the documentation says of settings is what the code reads."""

import re
import tomllib
from pathlib import Path

from bots.settings import Configuration, environment_names

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_environment_lists_exactly_the_variables_that_are_read() -> None:
    text = (ROOT / ".env.example").read_text()
    assert sorted(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)) == sorted(environment_names())


def test_the_readme_explains_every_variable() -> None:
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert named == set(environment_names())


def test_the_settings_page_names_every_key_and_no_other() -> None:
    block, *examples = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "settings.md").read_text(), re.DOTALL)
    for example in examples:
        Configuration.model_validate(tomllib.loads(example))
    written = tomllib.loads(block)
    Configuration.model_validate(written)
    assert set(written) == set(Configuration.model_fields)
    for name, table in written.items():
        if name != "models":
            assert set(table) == set(Configuration().model_dump(by_alias=True)[name]), name


def test_the_load_test_settings_are_valid_and_only_lift_limits() -> None:
    written = tomllib.loads((ROOT / "bench" / "firstline.toml").read_text())
    Configuration.model_validate(written)
    assert set(written) == {"pace", "manners", "budget", "escalation", "triage"}


def test_no_lock_names_a_registry() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in lock.read_text(), lock.name
