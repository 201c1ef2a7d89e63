"""A verdict that never comes: the turn ends by itself as a recognizer error, and the caller is asked again."""

from speech.contract import Cause
from speech.turn_events import Decided, Finish, Frame, Order, Output, Tick, TurnRules, Verdict
from speech.turns import JUDGE_MS, TurnMachine


def _finalizing() -> tuple[TurnMachine, int]:
    """Speak for a second, then be silent until the machine wants a verdict; return it and the time."""
    machine = TurnMachine(TurnRules(prompted=False), 0)
    out: list[Output] = []
    now = 0
    while Order.FINALIZE not in out:
        now += 20
        voiced = now <= 1000
        out += machine.step(Frame(voiced=voiced, speaking=voiced, run_ms=min(now, 400) if voiced else 0), now)
    return machine, now


def test_a_verdict_that_does_not_come_ends_the_turn() -> None:
    machine, now = _finalizing()
    assert machine.step(Tick(), now + JUDGE_MS - 20) == []
    assert machine.step(Tick(), now + JUDGE_MS) == [Finish(Cause.RECOGNIZER_ERROR)]
    assert machine.step(Decided(Verdict.MATCH), now + JUDGE_MS + 20) == []


def test_a_verdict_in_time_counts() -> None:
    machine, now = _finalizing()
    machine.step(Decided(Verdict.MATCH), now + JUDGE_MS - 20)
    assert machine.finished is not None
    assert machine.finished.cause is Cause.SUCCESS
