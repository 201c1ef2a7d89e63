"""The carrier runs for a call or a demonstration, and afterwards only if it did before."""

from pathlib import Path

import pytest

from ops.layout import Layout, layout_for
from ops.settings import Settings, ensure
from ops.stack import control, supervisor
from ops.stack.parts import CARRIER
from ops.stack.supervisor import ProgramState, SupervisorDown


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return layout_for(tmp_path, {})


@pytest.fixture
def settings(layout: Layout) -> Settings:
    return ensure(layout, 21900)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What supervisord is asked; the carrier gets ready at once."""
    words: list[str] = []
    monkeypatch.setattr(supervisor, "start_part", lambda _, name: words.append(f"start {name}"))
    monkeypatch.setattr(supervisor, "stop_part", lambda _, name: words.append(f"stop {name}"))
    monkeypatch.setattr(control, "_await", lambda *_: None)
    return words


def _was(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    row = ProgramState(CARRIER.name, state, 1, 1)
    monkeypatch.setattr(supervisor, "states", lambda _: {CARRIER.name: row})


@pytest.mark.parametrize(("before", "then"), [("RUNNING", []), ("STOPPED", ["stop carrier"])])
def test_it_is_left_as_it_was_found(
    monkeypatch: pytest.MonkeyPatch, layout: Layout, settings: Settings, asked: list[str], before: str, then: list[str]
) -> None:
    _was(monkeypatch, before)
    with control.carrier(layout, settings, print):
        assert asked == ["start carrier"]
    assert asked[1:] == then


def test_one_that_does_not_come_up_is_named_and_stopped(
    monkeypatch: pytest.MonkeyPatch, layout: Layout, settings: Settings, asked: list[str]
) -> None:
    _was(monkeypatch, "STOPPED")
    monkeypatch.setattr(control, "_await", lambda *_: control.Failure(CARRIER, "no answer", ()))
    with (
        pytest.raises(control.NotUp, match="carrier is not ready: no answer"),
        control.carrier(layout, settings, print),
    ):
        raise AssertionError("not reached")
    assert asked == ["start carrier", "stop carrier"]


def test_a_stack_that_was_taken_down_meanwhile_is_no_error(
    monkeypatch: pytest.MonkeyPatch, layout: Layout, settings: Settings, asked: list[str]
) -> None:
    _was(monkeypatch, "STOPPED")

    def gone(*_: object) -> None:
        raise SupervisorDown("gone")

    monkeypatch.setattr(supervisor, "stop_part", gone)
    with control.carrier(layout, settings, print):
        pass
    assert asked == ["start carrier"]
