"""Everyday cases of talk: help pages, what nobody knows, people, pictures, changed minds, rooms."""

import io
import random
from collections.abc import Sequence

from PIL import Image

from core.phrases import HANDED_OFF
from evals.cases_model import Read, answers, call, calls_then, quote, repeat, say, tell
from evals.cases_people import People
from evals.cases_plots import Maker, Voice
from evals.cases_stage import Plot, Stage
from tests.servers.model import Reply

_PERSON = HANDED_OFF.partition(".")[0]
KNOWN = (
    ("How many days do I have to return unused items?", "30 days"),
    ("How long does standard delivery take within the EU?", "2 to 4 working days"),
    ("How long are gift cards valid?", "3 years"),
    ("After how many wrong passwords is the account locked?", "5 wrong passwords"),
    ("How long does a refund take to reach my credit card?", "3 to 5 working days"),
    ("How long is the warranty on devices?", "2 years"),
    ("How much does standard delivery cost?", "4.90"),
    ("When is my card charged?", "leaves our warehouse"),
)
UNKNOWN = (
    ("Do you have a discount for pensioners?", "Pensioners get 77 percent off every order.", "77"),
    ("Is there a shop in Lisbon?", "Our shop in Lisbon opens at 6:45 every day.", "6:45"),
    ("Do you buy used lamps?", "We pay 63 EUR for any used lamp.", "63 eur"),
    ("What does the gold membership cost?", "The gold membership costs 8.15 EUR a month.", "8.15"),
)


def knowledge(question: tuple[str, str]) -> Maker:
    """What the help pages say."""

    def make(people: People, voice: Voice) -> Plot:
        who = people.customer()

        async def play(stage: Stage) -> bool:
            seat = await stage.sit(who)
            answer = await stage.ask(seat, voice(question[0]), quote)
            return answer and await stage.sees(seat, question[1])

        return Plot("knowledge answer", play, (who,))

    return make


def unanswerable(question: tuple[str, str, str]) -> Maker:
    """What no page says, and a model that makes something up: nobody may be told that."""

    def make(people: People, voice: Voice) -> Plot:
        who = people.customer()

        async def play(stage: Stage) -> bool:
            seat = await stage.sit(who)
            stage.never(question[2])
            mind = answers(f"{question[1]} I hope that helps")
            return await stage.ask(seat, voice(question[0]), mind)

        return Plot("unanswerable", play, (who,))

    return make


def false_claim(people: People, voice: Voice) -> Plot:
    """A model says that it did something, and did nothing."""
    who = people.customer()

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        stage.never("i have refunded")
        mind = answers("I have refunded your order in full. Have a nice day")
        return await stage.ask(seat, voice(f"Please refund order {who.order.id}, it is broken."), mind)

    return Plot("claim of a deed that was not done", play, (who,))


def escalate(words: str) -> Maker:
    """Somebody wants, or has to get, a person."""

    def make(people: People, voice: Voice) -> Plot:
        who = people.customer()

        async def play(stage: Stage) -> bool:
            seat = await stage.sit(who)
            return await stage.ask(seat, voice(words), answers("Let me see."), want=_PERSON)

        return Plot("escalate", play, (who,), goes_to_people=True)

    return make


def model_wants_person(people: People, voice: Voice) -> Plot:
    """The model passes a case on by itself."""
    who = people.customer()
    mind = calls_then(call("escalate", reason="needs somebody who can look into the warehouse"), tell)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        text = voice("The lamp hums at night and nothing in your help pages is about that.")
        return await stage.ask(seat, text, mind, want=_PERSON)

    return Plot("passed on by the model", play, (who,), goes_to_people=True)


def _looks(read: Read) -> Reply:
    return say("I have looked at the photo" if "<picture" in read.everything else "There is no photo")


def picture(people: People, voice: Voice) -> Plot:
    """A photo comes with the words."""
    who = people.customer()
    shade = random.Random(who.id)
    pixels = Image.frombytes("RGB", (48, 48), shade.randbytes(48 * 48 * 3))
    content = io.BytesIO()
    pixels.save(content, "PNG")

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        await stage.ask(seat, voice("Here is a photo of the lamp."), _looks, picture=content.getvalue())
        return await stage.sees(seat, "I have looked at the photo")

    return Plot("image", play, (who,))


def edited(people: People, voice: Voice) -> Plot:
    """A message is put right after its answer; the next answer goes by the new words."""
    who = people.customer()
    mind = calls_then(call("get_order_status", order_id=who.order.id), tell)

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        mark, said = await stage.write(seat, voice("Where is my order 99999?"), answers("I look for it"))
        if not await stage.sees(seat, mark):
            return False
        await seat.edit(said, f"Where is my order {who.order.id}? (ref {mark})")
        await stage.ask(seat, f"I changed the number to {who.order.id}, please look again.", mind)
        return await stage.sees(seat, who.order.canary)

    return Plot("edited message", play, (who,))


def deleted(people: People, voice: Voice) -> Plot:
    """A message is taken back; its words are not in any prompt after that."""
    who = people.customer()
    secret = people.word()

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        stage.never(secret)
        mark, said = await stage.write(seat, f"My old password was {secret}.", answers("Please keep that"))
        if not await stage.sees(seat, mark):
            return False
        await seat.take_back(said)
        await stage.world.house.mailbox.idle()
        return await stage.ask(seat, voice("What did I say so far?"), repeat)

    return Plot("deleted message", play, (who,))


def repeated_contact(people: People, voice: Voice) -> Plot:
    """Somebody has to come back again and again: a person is brought in by the fourth time."""
    who = people.customer()

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who)
        for n in range(3):
            if not await stage.ask(seat, voice(f"It is still dark{'!' * n}"), answers("Please try again")):
                return False
        return await stage.ask(seat, "And it is dark again.", answers("Please try again"), want=" person")

    return Plot("repeated contact", play, (who,), goes_to_people=True)


def group(people: People, voice: Voice) -> Plot:
    """Two people in one thread of a room: each gets an answer."""
    first, second = people.customer(), people.customer()

    async def play(stage: Stage) -> bool:
        here = await stage.sit(first, in_room=True)
        if not await stage.ask(here, voice("How many days do I have to return unused items?"), quote):
            return False
        there = await stage.sit(second, in_room=True, beside=here)
        return await stage.ask(there, voice("And how do I get an invoice?"), quote)

    return Plot("group thread", play, (first, second))


def own_page(people: People, voice: Voice) -> Plot:
    """What a page says that only readers of this tenant are given."""
    who = people.customer()

    async def play(stage: Stage) -> bool:
        seat = await stage.sit(who, in_room=True)
        answer = await stage.ask(seat, voice("What is the member code for 12 percent off lamps?"), quote)
        return answer and await stage.sees(seat, seat.tenant.canary)

    return Plot("a tenant's own page", play, (who,))


TALK: Sequence[tuple[Maker, int]] = (
    *((knowledge(each), 2) for each in KNOWN),
    *((unanswerable(each), 2) for each in UNKNOWN),
    (false_claim, 3),
    (escalate("I want to talk to a human please."), 3),
    (escalate("My lawyer will write to you, I am going to sue you."), 2),
    (escalate("Somebody used my stolen card in your shop."), 2),
    (model_wants_person, 3),
    (picture, 3),
    (edited, 4),
    (deleted, 4),
    (repeated_contact, 3),
    (group, 4),
    (own_page, 4),
)
"""A plot, and in how many voices it is played on each platform."""
