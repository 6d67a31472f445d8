"""Names of people, who write with their ids."""

from adapters.slack.names import Names
from adapters.slack.zones import Zones
from core.conversation import Thread
from tests.adapters.slack.rig import open_rig
from tests.servers.slack import TEAM


async def test_somebody_new_has_a_name_from_the_second_message_on() -> None:
    async with open_rig(listens=True) as rig:
        newcomer = rig.sim.user(7)
        rig.sim.say(newcomer, "hello")
        await rig.desk.until(messages=1)
        while not rig.calls("users.info"):
            rig.sim.say(rig.user, "meanwhile")
            await rig.desk.until(messages=len(rig.desk.messages) + 1)
        rig.sim.say(newcomer, "me again")
        await rig.desk.until(messages=len(rig.desk.messages) + 1)
        names = [each.author.name for each in rig.desk.messages if each.author.id == newcomer]
        assert names == [newcomer, "user7"]


async def test_newcomers_are_looked_up_slowly() -> None:
    async with open_rig(listens=True) as rig:
        for n in range(2, 30):
            rig.sim.say(rig.sim.user(n), "hello")
        await rig.desk.until(messages=28)
        assert len(rig.calls("users.info")) <= 6


async def test_without_the_directory_ids_are_names() -> None:
    async with open_rig() as rig:
        rig.sim.config.failures["users.list"] = "missing_scope"
        names = Names(rig.chat.api)
        names.learn("U1", "Ann")
        assert (names.of("U1"), names.of("U2")) == ("Ann", "U2")


async def test_the_zone_of_a_profile_is_asked_once_and_left_out_where_it_cannot_be_read() -> None:
    async with open_rig() as rig:
        zones = Zones(rig.chat.api_of)
        place = Thread(TEAM, "slack", "C1")
        assert [await zones.of(rig.user, place) for _ in "ab"] == ["Europe/London"] * 2
        assert len(rig.calls("users.info")) == 1
        assert await zones.of(rig.user, Thread("1", "discord", "2")) == ""
        rig.sim.config.failures["users.info"] = "user_not_found"
        assert await zones.of("U0NOBODY", place) == ""
