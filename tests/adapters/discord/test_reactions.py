"""Reactions that mean something."""

from tests.adapters.discord.rig import open_rig


async def test_a_stop_sign_on_a_message_is_a_wish_to_stop_and_other_reactions_are_not() -> None:
    async with open_rig(listens=True) as rig:
        said = await rig.sim.say(rig.user, "Where is my parcel?")
        await rig.desk.until(messages=1)
        await rig.sim.react(rig.user, "\N{PARTY POPPER}", said)
        await rig.sim.react(rig.user, "\N{OCTAGONAL SIGN}", said)
        await rig.desk.until(presses=1)
        [press] = rig.desk.presses
        assert (press.action, press.value, press.presser_id) == ("stop", said["id"], rig.user)
        assert press.thread.channel == rig.dm
