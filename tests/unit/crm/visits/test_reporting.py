"""The engineer's report: steps with their checklists, money, signature; the mobile page; photos; the code."""

import re
from pathlib import Path

import httpx

from crm.bootstrap import Process
from crm.policy.visit_rules import ALL
from crm.visits import links
from crm.visits import service as visits
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import ADDRESS, CALLER, CONTACT, Clock, Story, dialogue, wire
from tests.unit.crm.visits.world import AFTER, BEFORE, END, START, ask, given_engineer, given_visit

LATER = "2026-11-22T13:00:00.000Z"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


async def test_a_visit_from_setting_off_to_the_signature(page: Opener) -> None:
    async with page("9001") as client:
        visit = await given_visit(client, fee="in")
        path = f"/visits/{visit['id']}/report"
        short = await ask(client, "POST", path, 422, version=1, step="depart", checked=BEFORE[:4])
        assert (short["code"], short["detail"]) == ("steps_missing", "还有 1 项没做：配件携带齐全")
        await ask(client, "POST", path, 409, version=1, step="finish")
        visit = await ask(client, "POST", path, version=1, step="depart", checked=BEFORE)
        visit = await ask(client, "POST", path, version=visit["version"], step="arrive")
        assert (visit["state"], visit["departed_at"] is not None) == ("on_site", True)
        told = {"version": visit["version"], "step": "finish", "checked": BEFORE + AFTER, "result": "fixed"}
        paid = await ask(client, "POST", path, 422, **told, charged_fen=100, signed_by="陈")
        assert paid["detail"] == "保修期内免费维修，不能收费"
        unsigned = await ask(client, "POST", path, 422, **told)
        assert unsigned["detail"] == "请客户签名，或填完工码"
        wrong = "0000" if visit["finish_code"] != "0000" else "1111"
        assert (await ask(client, "POST", path, 422, **told, finish_code=wrong))["detail"] == "完工码不对"
        undone = {**told, "checked": [key for key in BEFORE + AFTER if key != "no_gift"]}
        assert "不收用户的礼品" in (await ask(client, "POST", path, 422, **undone, signed_by="陈"))["detail"]
        parts = [{"name": "点火电极", "quantity": 1, "fen": 0}]
        done = await ask(client, "POST", path, **told, parts=parts, finish_code=visit["finish_code"])
        assert (done["state"], done["signed_by"], done["code"]) == ("done", "完工码", "")
        assert all(line["done"] for line in done["checklist"])
        ticket = await ask(client, "GET", f"/tickets/{visit['ticket']}")
        assert ticket["state"] == "resolved"
        assert "上门结束：修好了；换 点火电极×1；未收费（代 李强 补报）" in [
            line["text"] for line in ticket["timeline"]
        ]


async def test_out_of_warranty_the_customer_agrees_before(page: Opener) -> None:
    async with page("9001") as client:
        visit = await given_visit(client, fee="out")
        path = f"/visits/{visit['id']}/report"
        visit = await ask(client, "POST", path, version=1, step="arrive")
        told = {"version": visit["version"], "step": "finish", "checked": AFTER, "result": "need_part"}
        asked = await ask(client, "POST", path, 422, **told, charged_fen=8000)
        assert asked["detail"] == "收费要先报价，客户同意后再修"
        await ask(client, "POST", path, 422, **told, fee_agreed=True, result_note="x", checked_more=1)
        done = await ask(client, "POST", path, **told, charged_fen=8000, fee_agreed=True, result_note="缺主板")
        assert done["result_name"] == "等备件"
        ticket = await ask(client, "GET", f"/tickets/{visit['ticket']}")
        assert ticket["state"] == "waiting_part"
        assert "上门结束：等备件；缺主板；收费 80.00 元（代 李强 补报）" in [
            line["text"] for line in ticket["timeline"]
        ]


async def test_a_gas_leak_found_on_site_is_an_emergency(page: Opener) -> None:
    async with page("9001") as client:
        visit = await given_visit(client)
        path = f"/visits/{visit['id']}/report"
        visit = await ask(client, "POST", path, version=1, step="arrive")
        assert (await ask(client, "POST", path, 422, version=visit["version"], step="finish"))[
            "code"
        ] == "steps_missing"
        await ask(client, "POST", path, 422, version=visit["version"], checked=["nonsense"])
        await ask(client, "POST", path, version=visit["version"], step="finish", result="gas_leak")
        ticket = await ask(client, "GET", f"/tickets/{visit['ticket']}")
        assert (ticket["safety"], ticket["priority"]) == ("gas", "urgent")


async def test_the_red_button_is_taken_whatever_else_is_filled_in(page: Opener) -> None:
    async with page("9001") as client:
        visit = await given_visit(client, fee="out")
        path = f"/visits/{visit['id']}"
        # a fee to which the customer did not agree
        await ask(client, "POST", f"{path}/report", version=1, step="depart", checked=BEFORE, charged_fen=8000)
        async with page("") as phone:
            shown = (await phone.get(visit["link"])).text
            buttons = re.findall(r'<button[^>]*name="(\w+)" value="(\w+)"', shown)
            assert buttons[:2] == [("step", "arrive"), ("leak", "1")]  # Enter presses the first
            told = {"version": "1", "leak": "1", "checked": BEFORE, "charged_yuan": "很多", "result_note": "表后接头"}
            assert (await phone.post(visit["link"], data=told)).status_code == 303
            over = (await phone.get(visit["link"])).text
            assert "已报紧急" in over
            assert (await phone.post(visit["link"], data=told)).status_code == 409
        done = await ask(client, "GET", path)
        assert (done["state"], done["result"], done["result_note"]) == ("done", "gas_leak", "表后接头")
        ticket = await ask(client, "GET", f"/tickets/{visit['ticket']}")
        assert (ticket["safety"], ticket["priority"]) == ("gas", "urgent")
        assert "已到达" in [line["text"] for line in ticket["timeline"]]


async def test_an_act_that_is_sent_later_has_its_own_time(page: Opener, clock: Clock) -> None:
    async with page("9001") as client:
        visit = await given_visit(client)
        clock.forward(minutes=60)
        async with page("") as phone:
            form = {"version": "1", "step": "depart", "checked": BEFORE, "at": "2026-11-22T04:20:00.000Z"}
            assert (await phone.post(visit["link"], data=form)).status_code == 303
            early = {"version": "2", "step": "arrive", "at": "2026-11-22T03:00:00.000Z"}
            assert (await phone.post(visit["link"], data=early)).status_code == 303
        found = await ask(client, "GET", f"/visits/{visit['id']}")
        assert [found[name] for name in ("departed_at", "arrived_at")] == ["2026-11-22T04:20:00.000Z"] * 2
        ticket = await ask(client, "GET", f"/tickets/{visit['ticket']}")
        told = [line["text"] for line in ticket["timeline"]]
        assert "已到达（当时手机没有网络，11-22 12:20 做的）" in told
        await ask(client, "POST", f"/visits/{visit['id']}/report", 422, version=3, at="2026-11-22T03:00:00")


async def test_the_engineer_rings_the_number_on_file_when_none_was_told(page: Opener) -> None:
    async with page("9001") as client:
        numbers = [{"number": "13922334455"}, {"number": "13800138000", "main": True}]
        customer = await ask(client, "POST", "/customers", 201, name="陈国强", numbers=numbers)
        engineer = await given_engineer(client)
        pages = []
        for more in ({}, {"customer": customer["id"]}):
            slots = {
                "address": ADDRESS,
                "fault_code": {"canonical": "E01", "raw": "E01"},
                "symptom": {"text": "不打火"},
            }
            ticket = await ask(client, "POST", "/tickets", 201, kind="repair", slots=slots, **more)
            when = {"starts_at": START, "ends_at": END} if not more else {"starts_at": END, "ends_at": LATER}
            visit = await ask(client, "POST", "/visits", 201, ticket=ticket["no"], engineer=engineer["id"], **when)
            pages.append(visit["link"])
    async with page("") as phone:
        nobody, known = [(await phone.get(link)).text for link in pages]
    assert ("tel:+86138" in nobody, "未留姓名" in nobody) == (False, True)
    assert ('href="tel:+8613800138000"' in known, "陈国强" in known) == (True, True)
    assert "<dt>故障代码</dt><dd>E01</dd><dt>故障现象</dt><dd>不打火</dd>" in known


async def test_the_mobile_page_works_without_script_from_end_to_end(page: Opener, clock: Clock) -> None:
    async with page("9001") as client:
        visit = await given_visit(client)
    async with page("") as phone:
        link = visit["link"]
        text = (await phone.get(link)).text
        assert re.findall("<script[^>]*>", text) == ['<script src="/v/page.js" defer>']  # it only keeps what is typed
        script = await phone.get("/v/page.js")
        assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
        place = "%E5%B9%BF%E4%B8%9C%E7%9C%81%E4%BD%9B%E5%B1%B1%E5%B8%82"
        assert f'href="geo:0,0?q={place}' in text
        assert 'data-copy="广东省佛山市顺德区容桂街道凤翔路18号3栋502室" hidden>复制地址' in text
        assert "发现燃气泄漏" not in text  # there is nobody there yet
        assert all(
            word in text
            for word in ("我出发了", "广东省佛山市顺德区容桂街道凤翔路18号3栋502室", "电话联络，确认用户详细地址")
        )
        assert f"{visit['code'][:3]} {visit['code'][3:]}" in text
        assert "<dt>上门承诺</dt><dd>须在 20:00 前到达，剩 8时00分（截至 12:00）</dd>" in text
        form = {"version": "1", "step": "depart", "checked": BEFORE[:2]}
        refused = await phone.post(link, data=form)
        assert refused.status_code == 422
        assert "还有 3 项没做" in refused.text
        assert refused.text.count(" checked>") == 2  # what was ticked stays ticked
        assert (await phone.post(link, data={**form, "checked": BEFORE})).status_code == 303
        arrived = await phone.post(link, data={"version": "2", "step": "arrive", "checked": [*BEFORE, "badge_shown"]})
        assert arrived.status_code == 303
        assert "上门承诺" not in (await phone.get(link)).text  # it is kept
        work = {"version": "3", "step": "finish", "work": "1", "checked": AFTER, "result": "fixed",
                "part_1": "点火电极", "count_1": "1", "charged_yuan": "0", "cause": "<b>积碳</b>"}  # fmt: skip
        unsigned = await phone.post(link, data=work)
        assert "请客户签名，或填完工码" in unsigned.text
        assert "&lt;b&gt;积碳&lt;/b&gt;" in unsigned.text
        assert "填写的内容不对" in (await phone.post(link, data={**work, "charged_yuan": "很多"})).text
        assert (await phone.post(link, data={**work, "signed_by": "陈国强"})).status_code == 303
        assert "已提交，谢谢" in (await phone.get(link)).text
        assert (await phone.post(link, data={**work, "version": "4"})).status_code == 409
        clock.forward(hours=49)
        gone = await phone.get(link)
        assert (gone.status_code, "链接已失效，请联系派单员 0757-66883358" in gone.text) == (404, True)
        assert (await phone.post(link, data=work)).status_code == 404
        forged = link[:-1] + ("0" if link[-1] != "0" else "1")
        assert (await phone.get(forged)).status_code == 404
    assert set(re.findall(r'name="checked" value="(\w+)"', text)) <= set(ALL)
    assert links.read("x", "secret") == ""


async def test_photos_by_page_and_by_api(page: Opener, tmp_path: Path) -> None:
    async with page("9001") as client:
        visit = await given_visit(client)
        path = f"/visits/{visit['id']}"
        put = await client.put(f"/api/v1{path}/photos", content=PNG)
        assert put.status_code == 201
        got = await client.get(put.json()["url"])
        assert (got.content, got.headers["content-type"]) == (PNG, "image/png")
        assert (await client.put(f"/api/v1{path}/photos", content=b"<svg>")).status_code == 422
        assert (await client.put(f"/api/v1{path}/photos", content=b"x" * 9_000_001)).status_code == 413
        nothing = "0" * 32
        assert (await client.put(f"/api/v1/visits/{nothing}/photos", content=PNG)).status_code == 404
        assert (await client.get(f"/api/v1{path}/photos/{nothing}")).status_code == 404
        await ask(client, "POST", f"{path}/report", version=1, step="arrive")
        async with page("") as phone:
            sent = await phone.post(visit["link"], files={"photo": ("../../x.jpg", b"\xff\xd8\xff" + b"1" * 40)})
            assert sent.status_code == 303
            bad = await phone.post(visit["link"], files={"photo": ("x.jpg", b"no photo")})
            assert (bad.status_code, "只能传 JPEG" in bad.text) == (422, True)
            assert "已传 2 张" in (await phone.get(visit["link"])).text
        assert len((await ask(client, "GET", path))["photos"]) == 2
    assert {file.suffix for file in (tmp_path / "photos").rglob("*") if file.is_file()} == {".png", ".jpg"}


async def test_the_code_at_the_door(page: Opener, desk: httpx.AsyncClient, process: Process, clock: Clock) -> None:
    async with page("9001") as client:
        visit = await given_visit(client, fee="in")

        async def check(code: str, caller: str = "") -> dict[str, str]:
            answer = await desk.post("/internal/visit-code", json={"code": code, "caller_e164": caller})
            assert answer.status_code == 200
            told: dict[str, str] = answer.json()
            return {key: value for key, value in told.items() if value}

        good = {"verdict": "ok", "engineer": "李强", "badge_no": "1026", "window": "11月22日 17:00–19:00", "fee": "in"}
        assert await check(visit["code"], "+8613911112222") == good
        told = [line["text"] for line in (await ask(client, "GET", f"/tickets/{visit['ticket']}"))["timeline"]]
        assert "有人核对师傅：对上，来电 139****2222" in told
        assert await check("") == {"verdict": "bad", "reason": "no_code"}
        assert await check("12345x") == {"verdict": "bad", "reason": "no_code"}
        async with process.parts.work() as session:
            ours = await visits.make_callback_code(session, visit["ticket"], clock())
        assert await check(ours) == {"verdict": "callback", "date": "2026-11-22"}
        clock.forward(days=2)
        assert await check(visit["code"]) == {"verdict": "bad", "reason": "expired"}
        clock.forward(days=6)
        assert await check(ours) == {"verdict": "bad", "reason": "expired"}


async def test_five_wrong_codes_within_an_hour_go_to_a_person(
    page: Opener, desk: httpx.AsyncClient, clock: Clock
) -> None:
    async with page("9001") as client:
        visit = await given_visit(client)
    wrong = [f"{number:06d}" for number in range(9) if f"{number:06d}" != visit["code"]][:5]
    for code in wrong:
        answer = await desk.post("/internal/visit-code", json={"code": code, "caller_e164": CALLER})
        assert answer.json()["reason"] == "unknown"
    right = {"code": visit["code"], "caller_e164": CALLER}
    assert (await desk.post("/internal/visit-code", json=right)).json()["reason"] == "too_many"
    other = {**right, "caller_e164": "+8613911112222"}
    assert (await desk.post("/internal/visit-code", json=other)).json()["verdict"] == "ok"
    clock.forward(minutes=61)
    assert (await desk.post("/internal/visit-code", json=right)).json()["verdict"] == "ok"


async def test_a_caller_with_a_visit_of_his_own_and_anothers_code(page: Opener, desk: httpx.AsyncClient) -> None:
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue())))
    async with page("9001") as client:
        other = await given_visit(client)
        mine = await ask(client, "GET", f"/tickets?contact={CONTACT}")
        engineer = await given_engineer(client, "陈工", "1027")
        await ask(client, "POST", "/visits", 201, ticket=mine["items"][0]["no"], engineer=engineer["id"],
                  starts_at=START, ends_at=END)  # fmt: skip
    body = {"code": other["code"], "caller_e164": CALLER}
    answer = (await desk.post("/internal/visit-code", json=body)).json()
    assert (answer["verdict"], answer["reason"], answer["engineer"]) == ("bad", "other_ticket", "")


async def test_a_silent_engineer_rises(page: Opener, clock: Clock) -> None:
    async with page("9001") as client:
        visit = await given_visit(client)
        clock.forward(hours=4, minutes=40)
        board = await ask(client, "GET", "/dispatch/board?day=2026-11-22")
        assert [line["silent"] for line in board["engineers"] if line["engineer"] == visit["engineer"]] == [True]
