"""A caller who is heard to speak Cantonese is marked during the dialogue, on the card and the call, until erased."""

import httpx

from crm.bootstrap import Process
from ivr.contract import facts
from tests.unit.crm.asking import get, one, tell
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CONTACT, Clock, Story, dialogue, talk, waiting
from tests.unit.crm.test_crm_pops import viewer
from tests.unit.crm.tickets_by_hand import API, given_staff


def said(text: str) -> facts.TurnEnded:
    return facts.TurnEnded("main", "main_menu", "no-match", "speech", text)


async def lang(process: Process) -> str:
    return str((await one(process, "SELECT lang FROM contacts"))["lang"])


async def test_two_words_in_two_turns_mark_the_caller_before_anybody_answers(
    process: Process, desk: httpx.AsyncClient, page: Opener
) -> None:
    story = Story()
    await tell(desk, story, *dialogue()[:2], said("我部炉冇热水"))
    assert await lang(process) == ""
    await tell(desk, story, said("八点"), said("几时嚟修"), *waiting())
    assert await lang(process) == "yue"
    async with process.parts.work.snapshot() as session:
        (card,) = (await process.hub.snapshot(session, await viewer(process, "8001"))).cards
    assert [tag.text for tag in card.tags if tag.key == "yue"] == ["说粤语"]
    async with page("8001") as agent:
        await tell(desk, story, *talk())
        assert (await get(agent, f"/calls/{CONTACT}"))["language"] == "说粤语"


async def test_who_speaks_mandarin_is_not_marked(process: Process, desk: httpx.AsyncClient, page: Opener) -> None:
    await tell(desk, Story(), *dialogue(), *waiting(), *talk())
    assert await lang(process) == ""
    async with page("8001") as agent:
        assert (await get(agent, f"/calls/{CONTACT}"))["language"] == ""


async def test_the_mark_goes_with_what_was_said(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock
) -> None:
    await given_staff(process, clock)
    await tell(desk, Story(), *dialogue(), said("我哋冇热水"), facts.ContactEnded("reported"))
    assert await lang(process) == "yue"
    customer = (await one(process, "SELECT customer_id FROM contacts"))["customer_id"]
    async with page("7004") as admin:
        erased = await admin.post(f"{API}/customers/{customer}/erase", json={"reason": "本人要求"})
        assert erased.is_success, erased.text
    assert await lang(process) == ""
