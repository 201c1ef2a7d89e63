"""Tables handed in by a browser, and what crm does with them by itself."""

from typing import Any

import httpx

from crm.bootstrap import Process
from crm.database import milliseconds
from crm.imports.batches import take_next
from crm.imports.undo import undo_next
from tests.unit.crm.tickets_by_hand import API

CHEN, FIRM = "陈国强", "顺德暖通"
HEAD = "姓名,类型,电话,电话2,市,区县,镇街,详细地址,备注"
GOOD = (
    f"{HEAD}\n陈国强,终端用户,13800138000,0757-66883358,佛山市,顺德区,容桂街道,凤翔路18号,老客户\n"
    "顺德暖通,经销商,13900139000,,,,,,\n"
)
BAD = f"{GOOD}王敏,终端用户,12,,,,,,\n"
MACHINES = "客户电话,客户姓名,型号,序列号,发票日期,保修卡\n13800138000,,HP-24,2503-01877,2025-03-10,有\n"


async def checked(client: httpx.AsyncClient, table: str | bytes, kind: str = "customers") -> dict[str, Any]:
    content = table.encode() if isinstance(table, str) else table
    answer = await client.post(f"{API}/imports/{kind}/check", content=content)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def handed_in(
    client: httpx.AsyncClient, table: str | bytes, kind: str = "customers", status: int = 202, **more: Any
) -> dict[str, Any]:
    content = table.encode() if isinstance(table, str) else table
    digest = (await checked(client, content, kind))["digest"]
    answer = await client.post(f"{API}/imports/{kind}", content=content, params={"checked": digest, **more})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def told(client: httpx.AsyncClient, run_id: str) -> dict[str, Any]:
    answer = await client.get(f"{API}/imports/runs/{run_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def to_the_end(process: Process) -> None:
    """Do what crm does by itself until nothing waits."""
    work, now = process.parts.work, milliseconds(process.parts.now())
    while await take_next(work, now) or await undo_next(work, now):
        pass


async def taken(
    process: Process, client: httpx.AsyncClient, table: str | bytes, kind: str = "customers", **more: Any
) -> dict[str, Any]:
    """Hand a file in and return its import at its end."""
    report = await handed_in(client, table, kind, **more)
    await to_the_end(process)
    found: dict[str, Any] = (await told(client, report["run"]["id"]))["run"]
    assert (found["passed"], found["ended_at"] is None) == (found["lines"], False)
    return found


async def undone(process: Process, client: httpx.AsyncClient, run_id: str) -> dict[str, Any]:
    """Take an import back and return its report at the end of that."""
    answer = await client.post(f"{API}/imports/runs/{run_id}/undo")
    assert answer.status_code == 202, answer.text
    await to_the_end(process)
    found = await told(client, run_id)
    assert found["run"]["undo_ended_at"] is not None
    return found


async def names(client: httpx.AsyncClient, q: str = "") -> list[str]:
    return [row["name"] for row in (await client.get(f"{API}/customers", params={"q": q})).json()["items"]]


def many(count: int) -> str:
    rows = "".join(f"客户{index},,138{index:08d},,佛山市,顺德区,,凤翔路{index}号,\n" for index in range(count))
    return f"{HEAD}\n{rows}"


async def file_of(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    (row,) = (await client.get(f"{API}/customers", params={"q": name})).json()["items"]
    found: dict[str, Any] = (await client.get(f"{API}/customers/{row['id']}")).json()
    return found


def stays(report: dict[str, Any]) -> list[tuple[int, bool, str]]:
    return [(item["line"], item["partly"], item["reason"]) for item in report["stayed"]]
