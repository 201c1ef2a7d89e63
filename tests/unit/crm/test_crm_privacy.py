"""A person's data handed out and erased: nothing is left anywhere, every count stays, a restore brings none back."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.models import Account
from crm.audit.models import AuditEntry
from crm.bootstrap import Process
from crm.clocks.models import ClockPause
from crm.customers.models import Customer, CustomerNote
from crm.engineers.models import Engineer
from crm.followups.models import FollowUp
from crm.imports.models import ImportLine, ImportRun
from crm.jobs.loop import run_once
from crm.parts.models import Part, PartLine
from crm.policy.personal import ERASED, impersonal_entry, impersonal_fact, impersonal_value
from crm.privacy import service
from crm.saved_views.models import SavedView
from crm.settings import Settings
from crm.stock.models import StockMove
from crm.visits.models import CodeCheck, EngineerVisit, VisitPhoto
from ivr.contract import facts
from tests.unit.crm.asking import ship
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CALLER, CONTACT, NUMBER, RECORDING, Clock, Story, dialogue, talk, waiting, wire
from tests.unit.crm.test_crm_callbacks_merged import ABANDONS, SECOND, abandoned, asked_by, tasks
from tests.unit.crm.tickets_by_hand import API, given_staff

WHY = {"reason": "本人来电要求"}
PERSONAL = ("13800138000", "凤翔路", "502室", "E零一", "我要报修", "李芳", "敲门要轻")


async def given_history(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> str:
    """Let somebody call, talk and be noted; returns the customer."""
    await given_staff(process, clock)
    told = Story().tell(*dialogue(), *waiting(), *talk())
    assert (await desk.post("/internal/facts", json=wire(told))).status_code == 200
    (settings.clips_dir / CONTACT).mkdir()
    (settings.clips_dir / CONTACT / "fault_code.wav").write_bytes(b"x")
    (settings.voicemail_dir / f"{CONTACT}-1.wav").write_bytes(b"x")
    for leg in ("rx", "tx", "mix"):
        (settings.recordings_dir / f"{RECORDING}-{leg}.wav").write_bytes(b"x" * 100)
    async with page("8001") as client:
        customer: str = (await client.get(f"{API}/tickets/{NUMBER}")).json()["customer"]
        file = (await client.get(f"{API}/customers/{customer}")).json()
        change = {"version": file["version"], "name": "李芳", "note": "敲门要轻", "elder": True}
        assert (await client.patch(f"{API}/customers/{customer}", json=change)).status_code == 200
        note = {"text": "李芳说敲门要轻"}
        keyed = {"Idempotency-Key": "once"}
        assert (await client.post(f"{API}/tickets/{NUMBER}/notes", json=note, headers=keyed)).status_code == 201
    return customer


async def everything(process: Process) -> dict[str, list[Mapping[str, object]]]:
    """Return every row of every table."""
    async with process.parts.work() as session:
        connection = await session.connection()
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        return {
            name: [dict(row._mapping) for row in await session.execute(text(f'SELECT * FROM "{name}"'))]  # noqa: S608 names come from the catalogue
            for name in tables
        }


async def files_gone(process: Process, clock: Clock, settings: Settings) -> int:
    async def job(session: AsyncSession, now: datetime) -> int:
        return await service.remove_files(session, now, process.parts.audio, settings)

    return await run_once("files", job, process.parts.work, clock())


async def test_erasing_leaves_nothing_of_a_person_and_every_count(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    customer = await given_history(process, desk, page, clock, settings)
    before = await everything(process)
    async with page("9001") as supervisor, page("7004") as admin:
        assert (await supervisor.post(f"{API}/customers/{customer}/erase", json=WHY)).status_code == 403
        answer = await admin.post(f"{API}/customers/{customer}/erase", json=WHY)
        assert (answer.status_code, answer.json()["calls"], answer.json()["recordings"]) == (200, 1, 1)
        assert (await admin.post(f"{API}/customers/{'f' * 32}/erase", json=WHY)).status_code == 404
    after = await everything(process)
    left = json.dumps(after, ensure_ascii=False, default=str)
    assert [word for word in PERSONAL if word in left] == []
    same = {"contacts", "visits", "tickets", "matters", "turns", "facts", "recordings", "timeline", "ticket_clocks",
            "ticket_slots", "callback_tasks", "customers", "products", "pops"}  # fmt: skip
    assert {name: len(after[name]) for name in same} == {name: len(before[name]) for name in same}
    assert after["contacts"][0]["outcome"] == "talked"
    assert after["tickets"][0]["kind"] == "repair"
    assert await files_gone(process, clock, settings) == 1
    assert await files_gone(process, clock, settings) == 0
    assert not (settings.clips_dir / CONTACT).exists()
    assert list(settings.recordings_dir.iterdir()) == list(settings.voicemail_dir.iterdir()) == []
    listed = settings.erasures_file.read_text(encoding="utf-8")
    assert customer in listed
    assert not [word for word in PERSONAL if word in listed]


async def test_a_shared_call_back_stays_with_the_other(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock
) -> None:
    """Two people of one number asked to be rung back: one call-back serves both until both are erased."""
    await given_staff(process, clock)
    await ship(desk, Story().tell(*dialogue(), *ABANDONS))
    async with page("8001") as agent:
        first = (await agent.get(f"{API}/tickets/{NUMBER}")).json()["customer"]
        number = {"number": CALLER, "main": True}
        second = (await agent.post(f"{API}/customers", json={"name": "李芳", "numbers": [number]})).json()["id"]
    await ship(desk, abandoned(SECOND).told)
    (before,) = await tasks(process)
    assert await asked_by(process) == [(CONTACT, NUMBER), (SECOND, "")]
    async with page("7004") as admin:
        assert (await admin.post(f"{API}/customers/{first}/erase", json=WHY)).status_code == 200
        (task,) = await tasks(process)
        assert (task["e164"], task["contact_id"], task["ticket_no"]) == (CALLER, SECOND, "")
        assert {**task, "contact_id": CONTACT, "ticket_no": NUMBER} == before
        assert await asked_by(process) == [(SECOND, "")]
        assert (await admin.post(f"{API}/customers/{second}/erase", json=WHY)).status_code == 200
    assert [(task["e164"], task["done_at"]) for task in await tasks(process)] == [("", None)]
    assert not [word for word in PERSONAL if word in json.dumps(await everything(process), default=str)]


async def written_about(process: Process, customer: str, clock: Clock) -> None:
    """Let others write about the person: a visit, stock, an audit entry, a saved view, an import that waits."""
    async with process.parts.work() as session:
        account = (await session.execute(select(Account))).scalars().first()
        assert account is not None
        session.add(Engineer(id="e" * 32, name="王师傅", badge_no="E1", created_at=clock()))
        await session.flush()
        common = {"ticket_no": NUMBER, "engineer_id": "e" * 32, "starts_at": clock(), "ends_at": clock()}
        visit = EngineerVisit(id="1" * 32, **common, code="123456", finish_code="1234", created_at=clock())
        visit.cause, visit.result_note, visit.signed_by = "李芳家水压低", "李芳已签收", "李芳"
        session.add_all([visit, Part(code="P1", name="点火针", updated_at=clock(), version=1)])
        await session.flush()
        session.add_all([
            VisitPhoto(id="2" * 32, visit_id="1" * 32, kind="before", bytes=5, created_at=clock()),
            CodeCheck(id="3" * 32, at=clock(), caller_e164="+8613800138000", visit_id="1" * 32, answer="ok"),
            PartLine(id="4" * 32, ticket_no=NUMBER, part_code="P1", quantity=1),
            ClockPause(id="5" * 32, ticket_no=NUMBER, key="onsite", from_at=clock(), reason="user", note="李芳不在",
                       paused_by="李明"),
            FollowUp(id="f" * 32, original_no=NUMBER, kind="repair", completed_at=clock(), due_at=clock(), attempts=1,
                     remark="李芳说很好", outcome="answered", fixed="yes", done_at=clock()),
            StockMove(id="6" * 32, part_code="P1", place="main", kind="ship", change=-1, quantity=0, actor="李明",
                      reason="给李芳急用", ticket_no=NUMBER, at=clock()),
            AuditEntry(at=clock(), actor="8001", actor_name="李明", action="stock_moved", subject_kind="part",
                       subject="P1", detail="出库 1", reason="给李芳急用"),
            AuditEntry(at=clock(), actor="8001", actor_name="李明", action="number_shown", subject_kind="customer",
                       subject=customer, reason="她要改时间"),
            AuditEntry(at=clock(), actor="8001", actor_name="李明", action="list_exported", subject_kind="list",
                       subject="tickets", detail="查 138 0013 8000", reason="别的事"),
            SavedView(id="7" * 32, account_id=account.id, name="李芳的单", view="open", q="13800138000",
                      created_at=clock()),
            SavedView(id="8" * 32, account_id=account.id, name="顺德", view="open", q="顺德", created_at=clock()),
            ImportRun(id="9" * 32, kind="customers", digest="d", file_name="f", by="李明", at=clock(), lines=2,
                      passed=0, left_out=0, problems=[]),
        ])  # fmt: skip
        await session.flush()
        for number, numbers in ((2, ["+8613800138000"]), (3, ["+8613900139000"])):
            session.add(ImportLine(run_id="9" * 32, number=number, values={"name": "某", "numbers": numbers}))
        session.add(CustomerNote(id="a" * 32, customer_id=customer, at=clock(), author="李明", text="敲门要轻"))
        session.add(Customer(id="b" * 32, name="李芳", merged_into=customer, created_at=clock()))


async def test_what_others_wrote_about_a_person_goes_too(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    customer = await given_history(process, desk, page, clock, settings)
    await written_about(process, customer, clock)
    before = await everything(process)
    async with page("7004") as admin:
        assert (await admin.post(f"{API}/customers/{customer}/erase", json=WHY)).status_code == 200
    after = await everything(process)
    left = json.dumps(after, ensure_ascii=False, default=str)
    words = ("李芳", "敲门要轻", "13800138000", "138 0013 8000", "她要改时间")
    assert [word for word in words if word in left] == []
    same = {"engineer_visits", "stock_moves", "code_checks", "part_lines", "clock_pauses", "import_runs", "customers"}
    assert {name: len(after[name]) for name in same} == {name: len(before[name]) for name in same}
    assert len(after["audit_entries"]) > len(before["audit_entries"])  # the erasure itself is noted
    kept = [(row["reason"], row["detail"]) for row in after["audit_entries"] if row["action"] == "list_exported"]
    assert kept == [("别的事", ERASED)]
    assert [row["name"] for row in after["saved_views"]] == ["顺德"]
    assert [row["number"] for row in after["import_lines"]] == [3]
    (run,) = after["import_runs"]
    assert (run["passed"], run["left_out"], run["ended_at"]) == (1, 1, None)


async def test_all_that_is_kept_of_a_person_is_handed_out(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    customer = await given_history(process, desk, page, clock, settings)
    await written_about(process, customer, clock)
    async with page("9001") as supervisor:
        told = (await supervisor.post(f"{API}/customers/{customer}/export", json=WHY)).json()["data"]
    assert [item["text"] for item in told["notes"]] == ["敲门要轻"]
    assert [(item["signed_by"], item["cause"]) for item in told["visits"]] == [("李芳", "李芳家水压低")]
    assert not {"code", "finish_code"} & told["visits"][0].keys()
    assert [item["note"] for item in told["pauses"]] == ["李芳不在"]
    found = {name: len(told[name]) for name in ("photos", "code_checks", "part_requests", "merged_files")}
    assert found == {"photos": 1, "code_checks": 1, "part_requests": 1, "merged_files": 1}


async def test_a_call_back_is_handed_out(process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock) -> None:
    await given_staff(process, clock)
    story = Story().tell(*dialogue(), facts.CallbackRequested("asked", 1), facts.ContactEnded("callback"))
    assert (await desk.post("/internal/facts", json=wire(story))).status_code == 200
    async with page("9001") as supervisor:
        customer = (await supervisor.get(f"{API}/tickets/{NUMBER}")).json()["customer"]
        told = (await supervisor.post(f"{API}/customers/{customer}/export", json=WHY)).json()["data"]
    assert [(item["e164"], item["reasons"]) for item in told["callbacks"]] == [("+8613800138000", ["asked"])]


async def test_a_fact_told_again_brings_nothing_back(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    customer = await given_history(process, desk, page, clock, settings)
    async with page("7004") as admin:
        await admin.post(f"{API}/customers/{customer}/erase", json=WHY)
    told = Story().tell(*dialogue(), *waiting(), *talk())
    assert (await desk.post("/internal/facts", json=wire(told))).status_code == 200
    left = json.dumps(await everything(process), ensure_ascii=False, default=str)
    assert [word for word in PERSONAL if word in left] == []


async def test_after_a_restore_the_list_erases_again(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings, tmp_path: Path
) -> None:
    customer = await given_history(process, desk, page, clock, settings)
    line = {"id": "e" * 32, "customer": customer, "at": "2026-11-22", "by": "某7004", "reason": "本人来电要求"}
    stranger = line | {"id": "d" * 32, "customer": "f" * 32}
    ledger = tmp_path / "list.jsonl"
    ledger.write_text(f"{json.dumps(line)}\n{json.dumps(stranger)}\n[1]\n{{torn", encoding="utf-8")
    lines = service.read_list(ledger)
    assert len(lines) == 2
    for expected in (1, 0):
        async with process.parts.work() as session:
            assert await service.erase_again(session, lines, clock()) == expected
    left = json.dumps(await everything(process), ensure_ascii=False, default=str)
    assert [word for word in PERSONAL if word in left] == []
    assert service.read_list(tmp_path / "none.jsonl") == []


async def test_who_is_on_the_line_cannot_be_erased_yet(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock
) -> None:
    await given_staff(process, clock)
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue())))
    async with page("7004") as admin:
        customer = (await admin.get(f"{API}/tickets/{NUMBER}")).json()["customer"]
        answer = await admin.post(f"{API}/customers/{customer}/erase", json=WHY)
        assert (answer.status_code, answer.json()["code"]) == (409, "call_lasts")


async def test_a_person_is_handed_everything(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    customer = await given_history(process, desk, page, clock, settings)
    async with page("9001") as supervisor, page("8001") as agent:
        assert (await agent.post(f"{API}/customers/{customer}/export", json=WHY)).status_code == 403
        told = (await supervisor.post(f"{API}/customers/{customer}/export", json=WHY)).json()["data"]
        assert (told["phones"], told["recordings"]) == (["+8613800138000"], [RECORDING])
        assert told["customer"][0]["name"] == "李芳"
        assert next(item["text"] for item in told["turns"]) == "我要报修"
        assert (await supervisor.post(f"{API}/customers/{'f' * 32}/export", json=WHY)).status_code == 404
        log = (await supervisor.get(f"{API}/audit?subject_kind=customer&subject={customer}&size=2")).json()
        assert [(item["action_name"], item["reason"]) for item in log["items"]] == [
            ("导出个人资料", "本人来电要求"), ("看客户档案", ""),
        ]  # fmt: skip
        assert log["next"] == ""


async def test_a_number_is_shown_for_a_reason_that_is_kept(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    customer = await given_history(process, desk, page, clock, settings)
    async with page("8002") as agent, page("7002") as quality, page("7003") as auditor:
        for kind, key in (("ticket", NUMBER), ("customer", customer), ("call", CONTACT)):
            body = {"kind": kind, "id": key, **WHY}
            assert (await agent.post(f"{API}/reveal", json=body)).json()["numbers"] == ["138 0013 8000"]
            assert (await agent.post(f"{API}/reveal", json=body | {"id": "f" * 32})).status_code == 404
            assert (await quality.post(f"{API}/reveal", json=body)).status_code == 403
        assert (await agent.get(f"{API}/audit")).status_code == 403
        first = (await auditor.get(f"{API}/audit?action=number_shown&size=2")).json()
        rest = (await auditor.get(f"{API}/audit?action=number_shown&size=2&cursor={first['next']}")).json()
        assert [item["subject"] for item in first["items"] + rest["items"]] == [CONTACT, customer, NUMBER]
        assert (await auditor.get(f"{API}/audit?cursor=nonsense")).status_code == 422


async def test_an_auditor_sees_what_was_done_but_not_about_whom(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    customer = await given_history(process, desk, page, clock, settings)
    async with page("7003") as auditor, page("8002") as agent:
        seen = (await auditor.get(f"{API}/tickets/{NUMBER}")).json()
        assert [word for word in PERSONAL if word in json.dumps(seen, ensure_ascii=False)] == []
        assert "开单：维修申报" in seen["timeline"][-1]["text"]
        assert {row["slot"]: row["text"] for row in seen["slots"]}["address"] == "（无权查看）"
        assert "凤翔路" in json.dumps((await agent.get(f"{API}/tickets/{NUMBER}")).json(), ensure_ascii=False)
        for path in (f"customers/{customer}", "customers", "calls", f"calls/{CONTACT}"):
            assert (await auditor.get(f"{API}/{path}")).status_code == 403


@pytest.mark.parametrize(
    ("kind", "told", "left"),
    [
        ("slot", "地址：凤翔路18号", ERASED),
        ("note", "张三", ERASED),
        ("visit", "王师傅：已换点火针，张三签字", ERASED),
        ("state", "办结：待回访 → 办结", "办结：待回访 → 办结"),
        ("clock", "上门：暂停计时（按用户要求）张三后天在", "上门：暂停计时（按用户要求）"),
        ("clock", "上门：已超时", "上门：已超时"),
        ("callback", "标了勿呼，仍要回拨：张三要改时间", "标了勿呼，仍要回拨"),
        ("callback", "按次序回电第 1 次：占线", "按次序回电第 1 次：占线"),
    ],
)
def test_what_stays_of_a_timeline_entry(kind: str, told: str, left: str) -> None:
    assert impersonal_entry(kind, told) == left


def test_what_stays_of_slots_and_facts() -> None:
    assert impersonal_value("fault_code", {"raw": "E零一", "canonical": "E01"}) == {"canonical": "E01"}
    assert impersonal_value("address", {"road": "凤翔路"}) == {"text": ERASED}
    assert impersonal_fact("turn_ended", {"text": "x"}) == {}
    ended = facts.ContactEnded("talked", 16, 5)
    assert impersonal_fact(ended.KIND, {"outcome": "talked"}) == {"outcome": "talked"}
