"""Follow-ups at the pages' API: planned once, opened on their day, worked through, and what an answer brings about."""

from tests.unit.crm.asking import get, tell
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import CALLER, NUMBER, Story, dialogue, talk, waiting
from tests.unit.crm.followups.world import Office, completed, self_resolved, taken, told
from tests.unit.crm.tickets_by_hand import API, move, moved, opened

GOOD = {"fixed": "yes", "score_visit": 5, "visit_rules": {"badge": "yes", "forbidden": "yes"}, "score_call": 4}


async def test_a_completed_repair_is_asked_about_once(office: Office) -> None:
    agent = office.agent
    ticket = await completed(office.desk, agent)
    await moved(agent, ticket, "close")
    assert (await get(agent, "/followups"))["items"] == []
    (planned,) = (await get(agent, "/followups?tab=later"))["items"]
    assert (planned["ticket"], planned["number"], planned["due_at"]) == ("", "", "2026-11-23T16:00:00.000Z")
    assert await office.tick() == 0
    await taken(agent, planned["id"], 409)
    due = await office.on_its_day()
    assert await office.tick() == 0
    assert (due["id"], due["original"], due["matter"]) == (planned["id"], NUMBER, "报过修")
    assert (due["number"], due["attempts_left"], due["visited"]) == ("138 0013 8000", 3, False)
    own = await get(agent, f"/tickets/{due['ticket']}")
    assert (own["kind"], own["state"], own["priority"]) == ("follow_up", "new", "low")
    assert {item["blocked"] for item in own["moves"] if item["move"] != "void"} == {"请在「回访」页登记结果"}
    refused = await move(agent, own, "no_answer")
    assert (refused.status_code, refused.json()["code"]) == (409, "move_blocked")


async def test_what_the_caller_cured_is_asked_about_the_next_day(office: Office) -> None:
    await self_resolved(office.desk)
    agent = office.agent
    await office.forward(hours=22)  # Monday 10:00
    assert await office.tick() == 1
    assert (await get(agent, "/followups"))["total"] == 1


async def test_opened_again_it_is_not_asked_about(office: Office) -> None:
    agent = office.agent
    ticket = await completed(office.desk, agent)
    await moved(agent, ticket, "reopen")
    assert (await get(agent, "/followups?tab=later"))["total"] == 0
    (ended,) = (await get(agent, "/followups?tab=done"))["items"]
    assert (ended["outcome"], ended["outcome_name"]) == ("reopened", "原单已重开")


async def test_opened_again_while_it_waits_its_own_ticket_is_closed(office: Office) -> None:
    agent = office.agent
    ticket = await completed(office.desk, agent)
    due = await office.on_its_day()
    await moved(agent, ticket, "reopen")
    assert await office.tick() == 1
    assert await office.tick() == 0
    own = await get(agent, f"/tickets/{due['ticket']}")
    assert (own["state"], own["timeline"][0]["text"]) == ("closed", "原工单已重开，不再回访")


async def test_a_void_one_is_over(office: Office) -> None:
    agent = office.agent
    await completed(office.desk, agent)
    due = await office.on_its_day()
    await moved(agent, {"no": due["ticket"]}, "void", void_reason="重复")
    assert (await taken(agent, due["id"], 409))["code"] == "follow_up_over"


async def test_one_person_rings_at_the_right_hours(office: Office) -> None:
    first, second = office.agent, office.second
    await completed(office.desk, first)
    due = await office.on_its_day()
    mine = await taken(first, due["id"])
    assert (mine["taken_by"], len(mine["code"])) == ("8001", 6)
    found = (await office.desk.post("/internal/visit-code", json={"code": mine["code"], "caller_e164": ""})).json()
    assert found["verdict"] == "callback"
    assert (await taken(second, due["id"], 409))["detail"] == "李明 正在打这个回访"
    assert (await told(second, due["id"], 409, result="no_answer"))["code"] == "follow_up_taken"
    await office.forward(minutes=11)
    assert (await taken(second, due["id"]))["code"] != mine["code"]
    await office.forward(hours=2)  # 12:11
    assert (await get(first, "/followups-hours")) == {
        "open": False, "text": "09:00–12:00、14:00–20:00", "low_score": 2,
    }  # fmt: skip
    late = await taken(first, due["id"], 409)
    assert (late["code"], late["detail"]) == ("not_now", "现在不是回访的时间，请在 09:00–12:00、14:00–20:00 打")
    await told(second, due["id"], result="no_answer")  # what was rung before noon is written down all the same


async def test_three_days_then_no_more_and_not_satisfied(office: Office) -> None:
    agent, lead = office.agent, office.lead
    await completed(office.desk, agent)
    due = await office.on_its_day()
    for result, left in (("no_answer", 2), ("later", 1)):
        again = await told(agent, due["id"], result=result, note="占线")
        assert (again["attempts_left"], again["outcome"]) == (left, "")
        assert (await told(agent, due["id"], 409, result="no_answer"))["code"] == "not_now"
        await office.forward(days=1)
    over = await told(agent, due["id"], result="no_answer")
    assert (over["outcome"], [item["result"] for item in over["attempts"]]) == (
        "unreached", ["no_answer", "later", "no_answer"],
    )  # fmt: skip
    assert (await get(agent, f"/tickets/{due['ticket']}"))["state"] == "closed"
    found = await get(lead, "/followups-figures?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z")
    assert (found["ended"], found["answered"], found["silent"], found["satisfied"]) == (1, 0, 1, 0)
    assert (found["satisfied_of_ended"], found["satisfied_of_answered"]) == (0.0, None)
    bad = await lead.get(f"{API}/followups-figures?from=2026-12-01T00:00:00Z&to=2026-11-01T00:00:00Z")
    assert bad.status_code == 422


async def test_a_good_answer_goes_onto_the_card_and_into_the_figures(office: Office) -> None:
    agent, lead = office.agent, office.lead
    await completed(office.desk, agent)
    ticket = await get(agent, f"/tickets/{NUMBER}")
    card = await lead.post(f"{API}/products", json={"customer": ticket["customer"], "product_class": "boiler"})
    product = card.json()["id"]
    body = {
        "version": ticket["version"],
        "slots": {"product": {"value": {"value": "boiler", "product_id": product}}},
    }
    assert (await agent.patch(f"{API}/tickets/{NUMBER}", json=body)).status_code == 200
    due = await office.on_its_day()
    done = await told(agent, due["id"], result="answered", survey={**GOOD, "remark": "说明书字太小"})
    assert (done["outcome"], done["supervisor"], done["done_by"]) == ("answered", False, "李明")
    assert done["survey"]["text"] == "好了，上门 5 分，电话服务 4 分"
    (asked,) = (await get(agent, f"/products/{product}"))["follow_ups"]
    assert (asked["ticket"], asked["remark"], asked["outcome"]) == (NUMBER, "说明书字太小", "answered")
    original = await get(agent, f"/tickets/{NUMBER}")
    assert original["timeline"][0]["text"] == "回访：好了，上门 5 分，电话服务 4 分，说明书字太小"
    assert original["state"] == "resolved"
    assert (await get(lead, "/callbacks"))["total"] == 0
    found = await get(lead, "/followups-figures?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z")
    assert (found["answered"], found["satisfied"], found["satisfied_of_answered"]) == (1, 1, 1.0)
    assert found["score_visit"] == {"given": 1, "mean": 5.0}
    assert found["rules"][0] == {"key": "badge", "name": "出示工作证", "kept": 1, "asked": 1}
    over = await told(agent, due["id"], 409, result="no_answer")
    assert over["detail"] == "这个回访已经结束：已回访"


async def test_not_mended_opens_the_original_and_a_supervisor_rings(office: Office) -> None:
    agent, lead = office.agent, office.lead
    await completed(office.desk, agent)
    due = await office.on_its_day()
    done = await told(agent, due["id"], result="answered", survey={"fixed": "again", "remark": "又是 E01"})
    assert done["supervisor"] is True
    original = await get(agent, f"/tickets/{NUMBER}")
    assert (original["state"], original["timeline"][0]["text"]) == (
        "to_dispatch",
        "回访没修好，重开：待回访 → 待派单",
    )
    promises = {item["key"]: (item["state"], item["started_at"]) for item in original["clocks"]}
    assert promises["on_site"] == ("met", original["created_at"])
    assert promises["on_site.2"] == ("running", original["timeline"][0]["at"]), "8 hours from when it was opened again"
    (task,) = (await get(agent, "/callbacks"))["items"]
    assert (task["reason_name"], task["ticket"], task["priority"]) == ("主管回电", NUMBER, "high")
    assert (task["for_supervisor"], task["note"], task["e164"]) == (True, "回访：又不行了", CALLER)
    refused = await agent.post(f"{API}/callbacks/{task['id']}/take")
    assert (refused.status_code, refused.json()["detail"]) == (403, "这个电话要由班长来打")
    assert (await lead.post(f"{API}/callbacks/{task['id']}/take")).status_code == 200
    assert (await get(agent, "/followups?tab=supervisor"))["total"] == 1
    assert (await get(agent, "/followups?tab=later"))["total"] == 0


async def test_a_low_score_makes_a_supervisor_ring_about_a_ticket_opened_by_hand(office: Office) -> None:
    agent, lead = office.agent, office.lead
    number = {"number": CALLER, "main": True}
    file = (await agent.post(f"{API}/customers", json={"name": "李芳", "numbers": [number]})).json()["id"]
    ticket = await opened(agent, "repair", customer=file)
    await moved(agent, ticket, "resolve")
    due = await office.on_its_day()
    assert (due["customer_name"], due["e164"]) == ("李芳", CALLER)
    await told(agent, due["id"], result="answered", survey={"fixed": "yes", "score_call": 2})
    (task,) = (await get(lead, "/callbacks"))["items"]
    assert (task["note"], task["contact"], task["ticket"]) == ("回访：电话服务打 2 分", "", ticket["no"])
    assert (await get(agent, f"/tickets/{ticket['no']}"))["state"] == "resolved"


async def test_a_call_of_the_customer_does_not_end_what_a_supervisor_must_do(office: Office) -> None:
    agent = office.agent
    await completed(office.desk, agent)
    due = await office.on_its_day()
    await told(agent, due["id"], result="answered", survey={"fixed": "no"})
    later = Story(node="ivr-2", contact="again", at=office.clock())
    await tell(office.desk, later, *dialogue()[:3], *waiting(), talk()[0])
    assert (await get(agent, "/callbacks"))["total"] == 1


async def test_who_must_not_be_called_is_not(office: Office) -> None:
    agent = office.agent
    await completed(office.desk, agent)
    file = await get(agent, f"/customers/{(await get(agent, f'/tickets/{NUMBER}'))['customer']}")
    path = f"{API}/customers/{file['id']}/numbers/{file['phones'][0]['id']}"
    due = await office.on_its_day()
    assert (await agent.patch(path, json={"do_not_call": True})).status_code == 200
    assert (await taken(agent, due["id"]))["outcome"] == "do_not_call"  # marked in between
    assert (await get(agent, "/followups"))["total"] == 0


async def test_a_marked_number_and_none_at_all_get_no_ticket(office: Office) -> None:
    agent = office.agent
    number = {"number": CALLER, "do_not_call": True}
    file = (await agent.post(f"{API}/customers", json={"name": "李芳", "numbers": [number]})).json()["id"]
    for more in ({"customer": file}, {}):
        await moved(agent, await opened(agent, "repair", **more), "resolve")
    await office.forward(days=3)
    assert await office.tick() == 2
    ended = (await get(agent, "/followups?tab=done"))["items"]
    assert {(item["outcome"], item["ticket"]) for item in ended} == {("do_not_call", ""), ("no_number", "")}


async def test_a_survey_goes_with_an_answer_only(office: Office) -> None:
    agent = office.agent
    await completed(office.desk, agent)
    due = await office.on_its_day()
    await told(agent, due["id"], 422, result="answered")
    await told(agent, due["id"], 422, result="no_answer", survey=GOOD)
    await told(agent, due["id"], 422, result="answered", survey={**GOOD, "score_visit": 6})
    assert (await told(agent, "f" * 32, 404, result="no_answer"))["detail"] == "没有这个回访"


async def test_the_company_s_own_asking_is_no_matter_of_the_caller(office: Office) -> None:
    """Who rings and asks for their ticket hears of what they wait for, not that we want to ask them something."""
    agent = office.agent
    ticket = await completed(office.desk, agent)
    await moved(agent, ticket, "close")
    await office.on_its_day()
    card = (await office.desk.post("/internal/identify", json={"caller_e164": CALLER})).json()
    assert card["open_ticket"] == ""


async def test_a_list_takes_as_many_statements_for_one_as_for_many(office: Office) -> None:
    agent = office.agent
    number = {"number": CALLER, "main": True}
    file = (await agent.post(f"{API}/customers", json={"name": "李芳", "numbers": [number]})).json()["id"]
    await moved(agent, await opened(agent, "repair", customer=file), "resolve")
    await office.forward(days=3)
    await office.tick()
    with statements() as one:
        assert (await get(agent, "/followups"))["total"] == 1
    for _ in range(3):
        await moved(agent, await opened(agent, "install", customer=file), "resolve")
    await office.forward(days=3)
    await office.tick()
    with statements() as many:
        assert (await get(agent, "/followups"))["total"] == 4
    assert len(many) == len(one)
