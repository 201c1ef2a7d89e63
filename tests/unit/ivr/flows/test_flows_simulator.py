"""The simulator's own edges, and stored states that do not fit."""

import pytest

from ivr.contract.dialogue import End
from ivr.flows.simulate import Simulator, no_interpreter, simulate
from ivr.flows.state import InvalidState, State, state_from_json, state_to_json
from tests.unit.ivr.flows.play import program
from tests.unit.ivr.flows.worlds import at

# ---- stored states ----


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phase", "dancing"),
        ("phase", 1),
        ("turn", "1"),
        ("keys_only", 1),
        ("matters", {}),
        ("caller", []),
        ("final", 3),
    ],
)
def test_a_stored_state_that_does_not_fit_is_refused(name: str, value: object) -> None:
    raw = state_to_json(State())
    with pytest.raises(InvalidState, match="expected"):
        state_from_json({**raw, name: value})
    with pytest.raises(InvalidState):
        state_from_json({**raw, "more": 1})


# ---- the simulator ----


def test_the_simulator_plays_keys_in_recordings_and_stops_at_the_end() -> None:
    talk = simulate(program(), [{"dtmf": "3"}, {"dtmf": "1"}, {"dtmf": "2"}, {"dtmf": "1"}, "hangup"], no_interpreter)
    assert talk.lines[-1] == "→ end"
    said = simulate(program(), [{"say": "喂"}], no_interpreter, keys_only=True)
    assert said.lines[-2] == "来电人: (挂机)"


def test_the_simulator_hangs_up_in_recordings_and_waits_only_for_what_waits() -> None:
    lost = simulate(program(), [*({"dtmf": key} for key in "3122"), "failed"], no_interpreter)
    assert lost.lines[-1] == "→ end"
    assert no_interpreter(at("main_menu").slot, program().lexicon, ("喂",)).text == "喂"
    with pytest.raises(TypeError, match="End does not wait"):
        Simulator(program(), no_interpreter)._answer(End())
