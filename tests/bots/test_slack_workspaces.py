"""`firstline run slack` for an app that other workspaces install: they are served, and still are after a restart."""

from pathlib import Path

import aiohttp

from tests.bots.running import Service, firstline, running
from tests.servers import model
from tests.servers.slack import CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET, Config, SlackSim, Team, serve

OTHER = Team("T0OTHER01", "Other & Co", "U0OTHERBOT", "B0OTHER01", "xoxb-other-secret")
CHANNEL = "C0OTHER001"


async def install(sim: SlackSim, service: Service) -> None:
    sim.config.events_url = f"{service.address}/slack/events"
    sim.config.redirect_url = f"{service.address}/slack/oauth_redirect"
    sim.installing = OTHER
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        async with browser.get(f"{service.address}/slack/install", allow_redirects=False) as begun:
            consent, cookie = begun.headers["Location"], begun.cookies["slack-app-oauth-state"].value
        async with browser.get(consent, allow_redirects=False) as agreed:
            back = agreed.headers["Location"]
        async with browser.get(back, headers={"Cookie": f"slack-app-oauth-state={cookie}"}) as page:
            assert page.status == 200


async def test_a_workspace_installs_the_app_and_is_served_after_a_restart_too(tmp_path: Path) -> None:
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.append(model.Rule.from_dict({"reply": {"text": "Hello, new workspace."}}))
    sim = SlackSim(Config(delivery="http", echo_events=False, retry_delays_s=(0.2, 0.5, 1.0, 2.0, 4.0)))
    user = sim.add_team(OTHER, CHANNEL)
    async with model.serve(endpoint) as model_url, serve(sim) as url:
        env = {
            "SLACK_API_URL": f"{url}/api/",
            "SLACK_CLIENT_ID": CLIENT_ID,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "OPENAI_BASE_URL": f"{model_url}/v1",
            "OPENAI_API_KEY": "test",
        }

        async def is_answered(service: Service) -> None:
            sim.config.events_url = f"{service.address}/slack/events"
            root = sim.say(user, "Hello?", channel=CHANNEL, mention=True)

            def shown() -> bool:
                answers = [each for each in sim.messages[CHANNEL].values() if each.get("thread_ts") == root["ts"]]
                return any("Hello, new workspace." in str(each) for each in answers)

            await sim.changes.until(shown, timeout_s=30)

        async with running("run", "slack", folder=tmp_path, env=env) as service:
            await install(sim, service)
            await is_answered(service)
            listed = await firstline("slack", "installed", folder=tmp_path, env=env)
            assert "T0OTHER01  Other & Co" in listed.out
            assert await service.stop() == 0
        said = service.said
        async with running("run", "slack", folder=tmp_path, env=env) as service:
            await is_answered(service)
            assert await service.stop() == 0
        assert OTHER.token not in "\n".join([*said, *service.said, listed.out])
