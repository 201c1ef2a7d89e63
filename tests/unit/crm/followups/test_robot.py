"""The hotline rings by itself: whom and when, never while a caller waits, and what each call brings about, once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from crm.customers import repository as customers
from crm.desk import repository as received
from crm.followups import repository
from crm.followups.robot import REFUSED_FOR, UNTOLD_AFTER, Robot
from crm.policy.follow_up import Survey, survey_text
from crm.tickets.models import Ticket
from ivr.contract import facts
from ivr.contract.commands import CommandName
from ivr.contract.facts import Fact
from tests.unit.crm.asking import get, tell
from tests.unit.crm.fakes import CALLER, NUMBER, FakeTelephone, Story, dialogue, waiting
from tests.unit.crm.followups.world import Office, completed, taken, told
from tests.unit.crm.tickets_by_hand import API, moved, opened

KEPT = {"badge": "yes", "cleanup": "yes", "demo": "yes"}
SAID = {"fixed": "dtmf", "score_visit": "dtmf", "rules": "speech", "score_call": "dtmf"}
GOOD = facts.FollowUpTold("answered", "yes", 5, KEPT, 4, "", SAID)
ENDED = facts.ContactEnded("served", 16, 60_000)


class Line:
    """The robot of an office, the telephone it uses, and ivr's side of its calls."""

    def __init__(self, office: Office, telephone: FakeTelephone, most: int = 2) -> None:
        self.office = office
        self.telephone = telephone
        self.robot = Robot(office.process.parts.work, telephone, most)
        self.story = Story(node="ivr-9")

    async def ring(self) -> dict[str, str]:
        """Let the robot look; returns the arguments of the one call that it placed, {} for none."""
        self.telephone.told.clear()
        await self.robot.tick(self.office.clock())
        assert {name for name, _ in self.telephone.told} <= {CommandName.FOLLOW_UP}
        assert len(self.telephone.told) <= 1
        return self.telephone.told[0][1] if self.telephone.told else {}

    async def tell(self, contact: str, *new: Fact) -> None:
        """Tell facts of a call; those of no contact by themselves."""
        self.story.at = self.office.clock()
        sent = [
            envelope
            for fact in new
            for envelope in self.story.tell(fact, contact="" if isinstance(fact, facts.FollowUpRang) else contact)
        ]
        body = {"facts": [envelope.to_json() for envelope in sent]}
        for _ in range(2):  # a delivery may come twice
            answer = await self.office.desk.post("/internal/facts", json=body)
            assert answer.status_code == 200, answer.text

    async def answered(self, contact: str, *new: Fact) -> None:
        """Tell of a call that was answered, what the dialogue told, and its end."""
        started = facts.ContactStarted("out-1", "13800138000", CALLER, "075766883358", uuid4().hex, "v1")
        await self.tell(contact, facts.FollowUpRang(contact, "answered"), started, *new)

    async def one(self, tab: str = "due") -> dict[str, Any]:
        """Return the one follow-up of a tab."""
        (found,) = (await get(self.office.agent, f"/followups?tab={tab}"))["items"]
        return dict(found)


@pytest.fixture
async def line(office: Office, telephone: FakeTelephone) -> Line:
    await completed(office.desk, office.agent)
    await office.on_its_day()
    return Line(office, telephone)


async def rejected(line: Line) -> Sequence[str]:
    async with line.office.process.parts.work() as session:
        found = await received.rejected_since(session, line.office.clock() - timedelta(days=30), 20)
        return [row.reason for row in found]


async def test_whose_day_it_is_is_rung_and_the_answers_are_the_survey(line: Line) -> None:
    args = await line.ring()
    assert {key: args[key] for key in ("number", "attempt", "kind", "visited")} == {
        "number": CALLER, "attempt": "1", "kind": "repair", "visited": "0",
    }  # fmt: skip
    due = await line.one()
    assert (due["taken_by"], due["taken_name"], due["code"]) == ("robot", "自动回访", args["code"])
    assert [(item["result_name"], item["by"], item["contact"]) for item in due["attempts"]] == [
        ("正在打", "自动回访", "")
    ]
    assert (await taken(line.office.agent, due["id"], 409))["detail"] == "自动回访 正在打这个回访"
    code = {"code": args["code"], "caller_e164": ""}
    assert (await line.office.desk.post("/internal/visit-code", json=code)).json()["verdict"] == "callback"
    await line.answered(args["contact"], GOOD, facts.HandedOver("end"), ENDED)
    done = await line.one("done")
    assert (done["outcome"], done["done_by"], done["supervisor"]) == ("answered", "自动回访", False)
    assert (done["survey"]["text"], done["survey"]["said"]) == ("好了，上门 5 分，电话服务 4 分", SAID)
    assert [(item["result"], item["contact"]) for item in done["attempts"]] == [("answered", args["contact"])]
    own = await get(line.office.agent, f"/tickets/{done['ticket']}")
    (slot,) = [item for item in own["slots"] if item["slot"] == "survey"]
    assert (own["state"], slot["status"]) == ("closed", "unverified")  # a machine heard it
    assert await line.ring() == {}
    assert (await get(line.office.agent, "/callbacks"))["total"] == 0
    assert await rejected(line) == []


async def test_switched_off_it_rings_nobody(line: Line) -> None:
    line.robot = Robot(line.office.process.parts.work, line.telephone, 0)
    assert await line.ring() == {}


async def test_not_mended_opens_the_first_ticket_again_and_a_supervisor_rings(line: Line) -> None:
    args = await line.ring()
    said = facts.FollowUpTold("answered", "no", remark="c/fu_remark-3.wav", said={"fixed": "dtmf"})
    await line.answered(args["contact"], said, facts.HandedOver("end"), ENDED)
    assert (await get(line.office.agent, f"/tickets/{NUMBER}"))["state"] == "to_dispatch"
    (task,) = (await get(line.office.agent, "/callbacks"))["items"]
    assert (task["reason_name"], task["note"], task["for_supervisor"]) == ("主管回电", "回访：没好", True)
    done = await line.one("supervisor")
    assert done["survey"]["remark"] == "留了录音意见，请在通话里听"
    own = await get(line.office.agent, f"/tickets/{done['ticket']}")
    assert [item["status"] for item in own["slots"] if item["slot"] == "survey"] == ["dtmf"]


async def test_a_low_score_and_a_broken_rule_make_a_supervisor_ring(line: Line) -> None:
    args = await line.ring()
    said = {"fixed": "dtmf", "rules": "speech", "score_call": "dtmf"}
    await line.answered(
        args["contact"], facts.FollowUpTold("answered", "yes", 0, {"forbidden": "no"}, 2, "", said), ENDED
    )
    (task,) = (await get(line.office.lead, "/callbacks"))["items"]
    assert task["note"] == "回访：电话服务打 2 分，违反五不准"
    assert (await get(line.office.agent, f"/tickets/{NUMBER}"))["state"] == "resolved"


@pytest.mark.parametrize(("end", "note"), [("no_answer", ""), ("busy", "占线"), ("failed", "没有打通")])
async def test_who_is_not_reached_is_rung_on_three_days_and_never_counts_as_satisfied(
    line: Line, end: str, note: str
) -> None:
    for attempt in ("1", "2", "3"):
        args = await line.ring()
        assert args["attempt"] == attempt
        await line.tell(args["contact"], facts.FollowUpRang(args["contact"], end))
        assert await line.ring() == {}  # one attempt a day
        await line.office.forward(days=1)
    done = await line.one("done")
    assert (done["outcome"], [item["note"] for item in done["attempts"]]) == ("unreached", [note] * 3)
    assert [item["contact"] for item in done["attempts"]] == [""] * 3  # there was no call
    assert await line.ring() == {}
    found = await get(line.office.lead, "/followups-figures?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z")
    assert (found["ended"], found["silent"], found["satisfied"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("result", "outcome"),
    [("later", ""), ("not_asked", ""), ("unanswered", "unanswered"), ("wrong_number", "wrong_number"),
     ("refused", "refused")],
)  # fmt: skip
async def test_who_does_not_answer_is_asked_another_day_or_not_again(line: Line, result: str, outcome: str) -> None:
    args = await line.ring()
    await line.answered(args["contact"], facts.FollowUpTold(result), ENDED)
    found = await line.one("done" if outcome else "later")
    assert (found["outcome"], found["survey"], found["attempts"][0]["result"]) == (outcome, None, result)
    await line.office.forward(days=1)
    assert ((await line.ring()).get("attempt") == "2") is (not outcome)
    assert (await get(line.office.agent, "/callbacks"))["total"] == 0
    texts = [item["text"] for item in (await get(line.office.agent, f"/tickets/{NUMBER}"))["timeline"]]
    assert ("回访：号码打错了，请核对客户的号码，原号码已标为有误" in texts) is (result == "wrong_number")


async def test_a_call_that_breaks_off_before_anything_is_told_is_tried_on_another_day(line: Line) -> None:
    args = await line.ring()
    cut = facts.CallbackRequested("cut")
    await line.answered(args["contact"], cut, facts.ContactEnded("cut", 0, 5_000))
    assert (await line.one("later"))["attempts"][0]["result"] == "not_asked"
    assert (await get(line.office.agent, "/callbacks"))["total"] == 0  # nobody asked to be rung back


async def test_who_asked_for_a_person_and_got_none_is_rung_back(line: Line) -> None:
    args = await line.ring()
    left: list[Fact] = [facts.HandedOver("queue", "consult"), facts.QueueJoined("v9", "consult", 1)]
    gone: list[Fact] = [
        facts.QueueLeft("v9", "consult", "abandoned", 9_000),
        facts.ContactEnded("abandoned", 16, 30_000),
    ]
    await line.answered(args["contact"], facts.FollowUpTold("not_asked"), *left, *gone)
    assert (await get(line.office.agent, "/callbacks"))["total"] == 1


async def test_a_danger_heard_in_the_remark_is_rung_about_first(line: Line) -> None:
    args = await line.ring()
    heard = facts.FollowUpTold("answered", "yes", remark="c/r.wav", said={"fixed": "dtmf"}, danger="gas")
    await line.answered(args["contact"], heard, ENDED)
    assert (await get(line.office.agent, f"/tickets/{NUMBER}"))["priority"] == "urgent"
    (task,) = (await get(line.office.agent, "/callbacks"))["items"]
    assert (task["priority"], task["ticket"]) == ("urgent", NUMBER)


async def test_nobody_is_rung_while_a_caller_waits_or_the_number_is_on_the_line(line: Line) -> None:
    other = Story(node="ivr-2", contact="waits", at=line.office.clock())
    await tell(line.office.desk, other, *dialogue()[:3], *waiting()[:1])
    assert await line.ring() == {}
    await tell(line.office.desk, other, facts.QueueLeft("v1", "repair", "key", 5_000))
    assert await line.ring() == {}  # the customer is on the line with us
    await tell(line.office.desk, other, facts.ContactEnded("served", 16, 9_000))
    assert (await line.ring())["attempt"] == "1"


async def test_customers_are_rung_at_the_hours_of_the_rules_only(line: Line) -> None:
    await line.office.forward(hours=2, minutes=1)  # 12:01
    assert await line.ring() == {}
    await line.office.forward(hours=8)  # 20:01
    assert await line.ring() == {}
    await line.office.forward(hours=13)  # 09:01 of the next day
    assert (await line.ring())["attempt"] == "1"


async def test_who_must_not_be_called_is_not_rung_and_a_person_who_took_it_goes_before_us(line: Line) -> None:
    due = await line.one()
    await taken(line.office.agent, due["id"])
    assert await line.ring() == {}
    await line.office.forward(minutes=11)
    file = await get(line.office.agent, f"/tickets/{NUMBER}")
    phones = (await get(line.office.agent, f"/customers/{file['customer']}"))["phones"]
    path = f"{API}/customers/{file['customer']}/numbers/{phones[0]['id']}"
    assert (await line.office.agent.patch(path, json={"do_not_call": True})).status_code == 200
    async with line.office.process.parts.work() as session:
        assert await customers.not_to_call(session, [CALLER])
    assert await line.ring() == {}
    done = await line.one("done")
    assert (done["outcome"], done["attempts"], done["done_by"]) == ("do_not_call", [], "自动回访")


async def test_a_number_that_no_trunk_reaches_is_left_to_people(line: Line) -> None:
    due = await line.one()
    for number in ("", "12", "+85221234567"):
        async with line.office.process.parts.work() as session:
            await session.execute(update(Ticket).where(Ticket.no == due["ticket"]).values(caller_e164=number))
        assert await line.ring() == {}
    assert (await line.one())["attempts"] == []


async def test_what_the_telephone_system_refuses_was_no_attempt_and_it_is_left_in_peace(line: Line) -> None:
    line.telephone.answer = "refused"
    assert await line.ring() == {}
    due = await line.one()
    assert (due["attempts"], due["attempts_left"], due["taken_by"]) == ([], 3, "")
    line.telephone.answer = "done"
    assert await line.ring() == {}
    await line.office.forward(seconds=REFUSED_FOR.total_seconds())
    assert (await line.ring())["attempt"] == "1"


async def test_what_nobody_tells_of_was_in_vain_and_what_comes_later_still_counts(line: Line) -> None:
    line.telephone.answer = "away"
    assert await line.ring() == {}
    contact = await only_call(line)
    await line.office.forward(seconds=UNTOLD_AFTER.total_seconds())
    line.telephone.answer = "done"
    assert await line.ring() == {}
    found = await line.one("later")
    assert [(item["result"], item["note"]) for item in found["attempts"]] == [("no_answer", "结果不明")]
    await line.answered(contact, GOOD, ENDED)
    assert (await line.one("done"))["outcome"] == "answered"


async def test_what_is_told_when_somebody_else_rings_or_it_has_ended_is_a_note(line: Line) -> None:
    args = await line.ring()
    await moved(line.office.agent, {"no": (await line.one())["ticket"]}, "void", void_reason="重复")
    await line.answered(args["contact"], GOOD, ENDED)
    done = await line.one("done")
    assert (done["outcome"], done["attempts"][0]["result"]) == ("void", "answered")
    own = await get(line.office.agent, f"/tickets/{done['ticket']}")
    assert own["timeline"][0]["text"] == "自动回访的结果来晚了：好了，上门 5 分，电话服务 4 分"


async def test_a_person_may_ring_on_the_next_day(line: Line) -> None:
    args = await line.ring()
    await line.tell(args["contact"], facts.FollowUpRang(args["contact"], "no_answer"))
    await line.office.forward(days=1)
    due = await line.one()
    done = await told(line.office.agent, due["id"], result="answered", survey={"fixed": "yes", "score_call": 5})
    assert (done["done_by"], done["survey"]["said"], done["attempts_left"]) == ("李明", {}, 1)
    await line.tell(args["contact"], facts.FollowUpRang(args["contact"], "busy"))
    assert (await line.one("done"))["attempts"][0]["note"] == ""  # told once


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (facts.FollowUpTold("gone"), "unknown_result"),
        (facts.FollowUpTold("answered"), "unknown_result"),
        (facts.FollowUpTold("later", "yes"), "unknown_result"),
        (facts.FollowUpTold("answered", "yes", 6), "bad_score"),
        (facts.FollowUpTold("answered", "yes", score_call=-1), "bad_score"),
        (facts.FollowUpTold("answered", "yes", rules={"shoes": "no"}), "unknown_rule"),
        (facts.FollowUpTold("answered", "yes", rules={"badge": "maybe"}), "unknown_rule"),
        (facts.FollowUpRang("0" * 32, "busy"), "no_such_call"),
    ],
)
async def test_what_nobody_can_have_said_is_refused(line: Line, fact: Fact, reason: str) -> None:
    args = await line.ring()
    await line.tell(args["contact"], fact)
    assert await rejected(line) == [reason]
    assert (await line.one())["attempts"][0]["result"] == "placed"


async def test_a_call_that_was_none_of_ours_tells_nothing(line: Line) -> None:
    await line.tell("stranger", GOOD)
    assert await rejected(line) == ["no_such_call"]


async def test_no_more_are_rung_at_once_than_the_setting_allows(line: Line) -> None:
    agent = line.office.agent
    number = {"number": "+8613900139000", "main": True}
    file = (await agent.post(f"{API}/customers", json={"name": "李芳", "numbers": [number]})).json()["id"]
    ticket = await opened(agent, "install", customer=file)
    await moved(agent, ticket, "resolve")
    await line.office.forward(days=2)
    await line.office.tick()
    line.robot = Robot(line.office.process.parts.work, line.telephone, 1)
    first = await line.ring()
    assert (first["number"], first["kind"]) == (CALLER, "repair")  # what was completed first
    assert await line.ring() == {}
    await line.tell(first["contact"], facts.FollowUpRang(first["contact"], "busy"))
    assert (await line.ring())["kind"] == "install"


async def only_call(line: Line) -> str:
    async with line.office.process.parts.work() as session:
        (attempt,) = await repository.placed(session)
        return attempt.contact_id or ""


def test_a_rule_that_was_not_named_is_told_as_such() -> None:
    assert survey_text(Survey("yes", 3, {"some": "no"})) == "好了，上门 3 分，没做到：有没做的，没说哪一样"
