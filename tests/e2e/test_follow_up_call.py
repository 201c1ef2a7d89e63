"""The hotline rings a customer by itself, who answers by voice and by key; the survey is at the page of follow-ups."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from crm.rules.models import RuleSet
from crm.rules.service import default_sets
from ops.robots.scenario import parse_scenario
from ops.robots.studio import Studio
from ops.stack import supervisor
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]
CUSTOMER = "13800138099"
ANSWERS = f"""
from: "{CUSTOMER}"
answers:
  fu_hello: {{say: 方便}}
  fu_fixed: {{dtmf: "1", after: 1.0}}
  fu_score_call: {{say: 五分}}
  fu_remark: {{say: 能不能早点打电话}}
"""
WHOLE_DAY = [{"begin": "00:00", "end": "23:59:59.999999"}]


def ask_at_once(stack: Stack) -> None:
    """Make rules by which customers are asked on the day itself, at all hours."""
    default = dict(default_sets("follow_up")[-1])
    body = {**default, "after_days": dict.fromkeys(default["after_days"], 0), "hours": WHOLE_DAY}
    now = datetime.now(UTC)
    body.pop("valid_from")
    row = RuleSet(id=uuid4().hex, name="follow_up", body=body, created_by="test", created_at=now,
                  valid_from=now.date() - timedelta(days=1))  # fmt: skip
    engine = create_engine(stack.settings.database_url)
    with Session(engine) as session:
        session.add(row)
        session.commit()
    engine.dispose()


@contextmanager
def office(stack: Stack) -> Iterator[httpx.Client]:
    """Give a client that is logged in as the agent."""
    address = f"{stack.web}/api/v1"
    with httpx.Client(base_url=address, headers={"X-Hotline": "1"}, timeout=20, trust_env=False) as page:
        who = {"number": stack.agent["number"], "password": stack.agent["password"]}
        page.post("/session", json=who).raise_for_status()
        yield page


def complete_a_repair(page: httpx.Client) -> str:
    """Complete a repair of the customer; returns its number."""
    file = {"name": "李芳", "kind": "owner", "numbers": [{"number": CUSTOMER, "main": True}]}
    customer = page.post("/customers", json=file).raise_for_status().json()["id"]
    body = {"kind": "repair", "customer": customer, "slots": {"product": {"value": "boiler"}}}
    made = page.post("/tickets", json=body).raise_for_status().json()
    move = {"version": made["version"], "move": "resolve"}
    page.patch(f"/tickets/{made['no']}", json=move).raise_for_status()
    return str(made["no"])


def ended(page: httpx.Client, original: str) -> list[dict[str, Any]]:
    """Return the ended follow-ups of a ticket."""
    found = page.get("/followups?tab=done").raise_for_status().json()["items"]
    return [dict(item) for item in found if item["original"] == original]


async def test_who_is_rung_and_answers_by_voice_and_by_key_has_answered_the_survey(stack: Stack) -> None:
    ask_at_once(stack)
    async with Studio(stack.settings, stack.token, out=stack.layout.home / "robots", say=print) as studio:
        with office(stack) as page:
            answering = asyncio.create_task(studio.answer(parse_scenario(ANSWERS), 60))
            original = await asyncio.to_thread(complete_a_repair, page)
            report = await answering
            assert report.ok, report.why
            assert [step.node for step in report.steps] == ["fu_hello", "fu_fixed", "fu_score_call", "fu_remark"]
            assert report.ended_by == "hotline"
            done = await asyncio.to_thread(supervisor.wait_until, lambda: bool(ended(page, original)), 60)
            assert done
            (told,) = ended(page, original)
    assert (told["outcome"], told["done_by"], told["supervisor"]) == ("answered", "自动回访", False)
    assert (told["survey"]["fixed"], told["survey"]["score_call"]) == ("yes", 5)
    assert told["survey"]["said"] == {"fixed": "dtmf", "score_call": "speech"}
    (attempt,) = told["attempts"]
    assert (attempt["result"], attempt["contact"]) == ("answered", report.contact)
    assert report.outcome == "served"
    assert not report.tickets  # nothing was asked for
