"""How the engineer's page tells until when he must be there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.clocks.models import TicketClock
from crm.visits.promised import told

ZONE = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 11, 22, 14, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "left", "text"),
    [
        ("running", timedelta(hours=7, minutes=31), "须在 22:07 前到达，剩 7时31分（截至 14:36）"),
        ("running", timedelta(minutes=48), "须在 22:07 前到达，剩 48分（截至 21:19）"),
        ("running", timedelta(days=1), "须在 11月22日 22:07 前到达，剩 24时00分（截至 22:07）"),
        ("running", timedelta(0), "应在 22:07 前到达，已超 0分（截至 22:07）"),
        ("breached", timedelta(hours=-3), "应在 11月22日 22:07 前到达，已超 3时00分（截至 01:07）"),
        ("paused", timedelta(hours=1), "暂停计时，请按约定时间到达"),
    ],
)
def test_the_deadline_is_told_with_its_day_and_the_time_of_telling(state: str, left: timedelta, text: str) -> None:
    assert told(TicketClock(state=state, due_at=DUE), DUE - left, ZONE) == text
