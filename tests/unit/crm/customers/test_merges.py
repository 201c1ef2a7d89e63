"""Chains of merged files, and all that a merge takes along and an undo brings back."""

import json
from typing import Any

import httpx

from crm.bootstrap import Process
from crm.customers.models import Customer
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import given_staff
from tests.unit.crm.visits.world import ask

WHY: dict[str, Any] = {"reason": "本人来电要求"}


async def made(client: httpx.AsyncClient, name: str = "", **more: Any) -> str:
    """Make a file and return its id."""
    return str((await ask(client, "POST", "/customers", 201, name=name, **more))["id"])


async def merged(client: httpx.AsyncClient, gone: str, kept: str) -> str:
    """Merge a file into another and return the merge."""
    version = (await ask(client, "GET", f"/customers/{kept}"))["version"]
    return str((await ask(client, "POST", f"/customers/{kept}/merges", 201, gone=gone, version=version))["id"])


async def chain(client: httpx.AsyncClient) -> tuple[list[str], list[str]]:
    """Make three files with a note each, merge the first into the second and that into the third; also the merges."""
    ids = [await made(client, name, note=f"{name}的备注") for name in ("陈甲", "陈乙", "陈丙")]
    for customer, said in zip(ids, ("陈甲说敲门要轻", "陈乙说有狗", "陈丙说晚上"), strict=True):
        await ask(client, "POST", f"/customers/{customer}/notes", 201, text=said)
    return ids, [await merged(client, ids[0], ids[1]), await merged(client, ids[1], ids[2])]


async def test_erasing_and_export_reach_every_file_of_a_chain_of_merges(
    process: Process, page: Opener, clock: Clock
) -> None:
    await given_staff(process, clock)
    async with page("9001") as lead, page("7004") as admin:
        ids, _ = await chain(lead)
        told = (await ask(lead, "POST", f"/customers/{ids[2]}/export", **WHY))["data"]
        assert {item["name"] for item in told["merged_files"]} == {"陈甲", "陈乙"}
        assert len(told["notes"]) == 3
        await ask(admin, "POST", f"/customers/{ids[2]}/erase", **WHY)
        for customer in ids:
            left = json.dumps(await ask(lead, "GET", f"/customers/{customer}"), ensure_ascii=False)
            assert not [word for word in ("陈", "敲门", "备注") if word in left]


async def test_files_that_were_merged_in_a_ring_are_erased_all_the_same(
    process: Process, page: Opener, clock: Clock
) -> None:
    await given_staff(process, clock)
    async with page("9001") as lead, page("7004") as admin:
        ids, _ = await chain(lead)
        async with process.parts.work() as session:
            last = await session.get(Customer, ids[2])
            assert last is not None
            last.merged_into = ids[0]
        await ask(admin, "POST", f"/customers/{ids[2]}/erase", **WHY)
        assert [(await ask(lead, "GET", f"/customers/{each}"))["note"] for each in ids] == [""] * 3


async def test_a_merge_whose_kept_file_was_merged_later_is_undone_only_after_that_one(page: Opener) -> None:
    async with page("9001") as client:
        first = await made(client, "陈甲", numbers=[{"number": "13800138009"}])
        ids = [first, await made(client, "陈乙"), await made(client, "陈丙")]
        merges = [await merged(client, ids[0], ids[1]), await merged(client, ids[1], ids[2])]
        before = [await ask(client, "GET", f"/customers/{each}") for each in ids]
        refused = await ask(client, "POST", f"/customer-merges/{merges[0]}/undo", 409)
        assert "请先撤销后一次合并" in refused["detail"]
        assert [await ask(client, "GET", f"/customers/{each}") for each in ids] == before
        for each in reversed(merges):
            await ask(client, "POST", f"/customer-merges/{each}/undo")
        files = [await ask(client, "GET", f"/customers/{each}") for each in ids]
        assert [(len(file["phones"]), file["merged_into"]) for file in files] == [(1, ""), (0, ""), (0, "")]


async def test_notes_and_what_the_kept_file_lacks_go_over_and_come_back(page: Opener) -> None:
    async with page("9001") as client:
        kept = await made(client, "顺德暖通")
        gone = await made(client, "顺德暖通", kind="dealer", organization=True, note="月结")
        await ask(client, "POST", f"/customers/{kept}/notes", 201, text="先打电话")
        await ask(client, "POST", f"/customers/{gone}/notes", 201, text="只要普票")
        before = [told(await ask(client, "GET", f"/customers/{each}")) for each in (kept, gone)]
        done = await merged(client, gone, kept)
        whole = await ask(client, "GET", f"/customers/{kept}")
        assert told(whole) == ("dealer", True, "月结", {"先打电话", "只要普票"})
        await ask(client, "POST", f"/customer-merges/{done}/undo")
        assert [told(await ask(client, "GET", f"/customers/{each}")) for each in (kept, gone)] == before


def told(file: dict[str, Any]) -> tuple[Any, ...]:
    return file["kind"], file["organization"], file["note"], {note["text"] for note in file["notes"]}


async def standing(client: httpx.AsyncClient, customer: str) -> tuple[int, str]:
    """Return what a partner bought and where it stands."""
    found = await ask(client, "GET", f"/partners/{customer}")
    return found["units_bought"], found["environment"]


async def bought(client: httpx.AsyncClient, customer: str, units: int, environment: str) -> None:
    """Write down what a partner bought."""
    version = (await ask(client, "GET", f"/partners/{customer}"))["version"]
    body = {"version": version, "units_bought": units, "environment": environment}
    await ask(client, "PUT", f"/partners/{customer}", **body)


async def test_what_a_dealer_bought_goes_over_and_comes_back(page: Opener) -> None:
    async with page("9001") as client:
        gone, kept, last = [await made(client, "顺德暖通", kind="dealer") for _ in range(3)]
        await bought(client, gone, 100, "cold")
        await bought(client, last, 50, "humid")
        first = await merged(client, gone, kept)
        assert await standing(client, kept) == (100, "cold")
        second = await merged(client, kept, last)
        assert await standing(client, last) == (150, "humid")
        for each in (second, first):
            await ask(client, "POST", f"/customer-merges/{each}/undo")
        found = [await standing(client, each) for each in (gone, kept, last)]
        assert found == [(100, "cold"), (0, "normal"), (50, "humid")]


async def test_what_was_written_of_a_dealer_since_a_merge_stays_when_it_is_undone(page: Opener) -> None:
    async with page("9001") as client:
        gone, kept = [await made(client, "顺德暖通", kind="dealer") for _ in range(2)]
        await bought(client, gone, 100, "cold")
        done = await merged(client, gone, kept)
        await bought(client, kept, 120, "cold")
        await ask(client, "POST", f"/customer-merges/{done}/undo")
        assert [await standing(client, each) for each in (gone, kept)] == [(100, "cold"), (120, "cold")]
