"""On the way to a person: which queue answers now, how many wait before the caller, one call-back per number."""

import pytest

from ivr.contract.dialogue import End, HandOver
from ivr.contract.facts import CallbackRequested, TicketOpened
from ivr.flows.prompts import shown
from tests.unit.ivr.flows.play import Driver


@pytest.mark.parametrize(
    ("waiting", "said"), [(0, "您是下一位。"), (1, "您前面还有一位。"), (12, "您前面还有十二位。"), (None, "")]
)
def test_the_place_is_told_on_the_way_in(waiting: int | None, said: str) -> None:
    driver = Driver(queue={"waiting": waiting}).start().press("0")
    texts = [shown(segment.text) for turn in driver.performed for segment in turn.segments]
    assert (said in texts) if said else not any("位" in text for text in texts[-1:])
    assert driver.last == HandOver("queue", "consult", 0)


def test_at_night_repair_answers_questions_but_never_a_danger() -> None:
    night = {"queue": "repair", "waiting": 0}
    assert Driver(queue=night).start().press("0").last == HandOver("queue", "repair", 0)
    driver = Driver(queue=night).start().press("9").press("1").press("1")
    assert driver.last == HandOver("queue", "emergency", 30)


def test_a_number_has_one_call_back() -> None:
    driver = Driver(queue_open=False, waits=True).start().press("0").press("1").press("1")
    assert "不会漏掉" in " ".join(shown(segment.text) for turn in driver.performed for segment in turn.segments)
    assert driver.last == End()
    assert not driver.of(CallbackRequested)
    assert [fact.outcome for fact in driver.of(TicketOpened)] == ["handed_over"]


@pytest.mark.parametrize("waits", [False, None])
def test_the_first_call_back_is_asked_for(waits: bool | None) -> None:
    driver = Driver(queue_open=False, waits=waits).start().press("0").press("1").press("1")
    assert [fact.reason for fact in driver.of(CallbackRequested)] == ["asked"]
