"""Hours of the queues: consult and complaint have people from 8 to 22, at night repair takes their callers."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.sessions.staffed import HumanHours

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = HumanHours(ZONE)


@pytest.mark.parametrize(
    ("clock", "queue", "answers"),
    [
        ("07:59", "consult", "repair"),
        ("08:00", "consult", "consult"),
        ("21:59", "complaint", "complaint"),
        ("22:00", "complaint", "repair"),
        ("03:00", "repair", "repair"),
        ("03:00", "emergency", "emergency"),
    ],
)
def test_who_answers_at_what_hour(clock: str, queue: str, answers: str) -> None:
    assert HOURS.queue_for(queue, datetime.fromisoformat(f"2026-11-22T{clock}:00").replace(tzinfo=ZONE)) == answers


def test_the_hour_is_that_of_the_hotline() -> None:
    assert HOURS.queue_for("consult", datetime.fromisoformat("2026-11-22T23:30:00+00:00")) == "repair"
    assert HOURS.queue_for("consult", datetime.fromisoformat("2026-11-23T00:30:00+00:00")) == "consult"
