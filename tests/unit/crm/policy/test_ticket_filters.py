"""What a list of tickets asks for: the given views, what narrows them, the cells they are made of."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from crm.policy.ticket_filters import NOBODY, VIEWS, Asked, asked, cells
from crm.policy.ticket_states import KINDS, OPEN, PRIORITIES, STATES
from crm.tickets import schemas

TODAY = datetime(2026, 11, 22, 16, tzinfo=UTC)


def test_the_words_of_the_api_are_those_of_the_tables() -> None:
    for words, table in (
        (schemas.Kind, KINDS), (schemas.State, STATES), (schemas.Priority, PRIORITIES), (schemas.View, VIEWS),
    ):  # fmt: skip
        assert get_args(words) == tuple(table)


def test_a_view_is_narrowed_and_never_widened() -> None:
    mine = asked("mine", kinds=["repair"], states=["new", "closed"], me="a", today=TODAY)
    assert mine == Asked(frozenset({"repair"}), frozenset({"new"}), owners=frozenset({"a"}))
    assert asked("all", me="a", today=TODAY).everything
    assert asked("open", me="a", today=TODAY) == VIEWS["open"]
    assert asked("complaints", kinds=["repair"], me="a", today=TODAY).kinds == frozenset()


@pytest.mark.parametrize(
    ("view", "days", "back"), [("all", 1, 0), ("all", 7, 6), ("today", 0, 0), ("today", 7, 0), ("open", 30, 29)]
)
def test_days_are_counted_with_today(view: str, days: int, back: int) -> None:
    assert asked(view, days=days, me="a", today=TODAY).since == TODAY - timedelta(days=back)


def test_what_one_opened_and_the_days_visits_are_the_viewers_and_the_days() -> None:
    assert asked("opened", owner=NOBODY, me="a", today=TODAY) == Asked(owners=frozenset({NOBODY}), opener="a")
    assert asked("opened", me="", today=TODAY).opener == ""  # a program opens nothing by hand, and sees nothing
    assert asked("visits", me="a", today=TODAY) == Asked(visit_day=TODAY)
    assert asked("urged", me="a", today=TODAY) == Asked(states=OPEN, urged=True)
    assert asked("all", me="a", today=TODAY).opener is None


def test_two_owners_at_once_own_nothing() -> None:
    assert cells(asked("mine", owner=NOBODY, me="a", today=TODAY)) == []
    assert len(asked("mine", owner="me", me="a", today=TODAY).owners) == 1


def test_cells_are_every_kind_state_and_priority_and_know_what_comes_first() -> None:
    found = cells(Asked(kinds=frozenset({"repair", "consult"}), states=frozenset({"new", "closed"})))
    assert len(found) == 2 * 2 * len(PRIORITIES)
    assert {(cell.state, cell.priority) for cell in found if cell.pressing} == {("new", "urgent")}
    assert {cell.state for cell in cells(VIEWS["open"])} == OPEN
    assert cells(asked("complaints", kinds=["repair"], me="a", today=TODAY)) == []


def test_the_page_has_the_same_words_for_states() -> None:
    """The filter names states before the server has told any."""
    texts = Path("crm/console/src/locales/zh-CN.tickets.ts").read_text(encoding="utf-8")
    assert dict(re.findall(r"'ticketState\.(\w+)': '([^']+)'", texts)) == dict(STATES)
