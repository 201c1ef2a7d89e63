"""queues.conf, numbers and limits."""

import configparser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialplan.conf import UnsafeValue
from ivr.dialplan.extensions import extensions_conf
from ivr.dialplan.limits import BadLimit, Limits, limits_from
from ivr.dialplan.numbers import DIDS, forms, table
from ivr.dialplan.prompts import FALLBACK
from ivr.dialplan.queues import (
    KEYS_CONTEXT,
    OVERFLOW,
    OVERFLOW_PENALTY,
    OVERFLOW_RULE,
    QUEUE_NAMES,
    queue_rules_conf,
    queues_conf,
)
from ivr.dialplan.steps import Options
from ivr.dialplan.waiting import BEAT, TURN


def read(text: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None)
    found.read_string(text)
    return found


CONF = read(queues_conf(Limits(wrapup_s=17), "/srv/prompts"))


def test_the_four_queues_and_no_static_member() -> None:
    assert set(CONF.sections()) == {"general", *QUEUE_NAMES}
    assert set(QUEUE_NAMES) == {"consult", "complaint", "repair", "emergency"}
    assert not [name for name in QUEUE_NAMES if "member" in CONF[name]]


@pytest.mark.parametrize("name", QUEUE_NAMES)
def test_what_app_queue_has_wrong_by_default_is_set(name: str) -> None:
    queue = CONF[name]
    assert (queue["ringinuse"], queue["autofill"]) == ("no", "yes")
    assert queue["strategy"] in ("leastrecent", "rrmemory")
    assert int(queue["maxlen"]) > 0
    assert queue["periodic-announce"].startswith("/srv/prompts/")
    assert (queue["announce-position"], queue["announce-holdtime"]) == ("no", "no")


def test_emergency_comes_first_and_never_waits_for_nobody() -> None:
    weights = {name: int(CONF[name]["weight"]) for name in QUEUE_NAMES}
    assert sorted(weights, key=lambda name: -weights[name]) == ["emergency", "complaint", "repair", "consult"]
    emergency = CONF["emergency"]
    assert "unavailable" in emergency["joinempty"]
    assert emergency["wrapuptime"] == "0"
    assert "context" not in emergency
    for name in ("consult", "complaint", "repair"):
        assert (CONF[name]["joinempty"], CONF[name]["context"]) == ("yes", KEYS_CONTEXT)
        assert CONF[name]["wrapuptime"] == "17"


def test_a_long_wait_for_consult_lets_in_the_agents_who_help() -> None:
    """By penalty: consult's own agents have less of it, so they come first at any time."""
    rules = read(queue_rules_conf(Limits(overflow_s=45)))
    assert rules[OVERFLOW_RULE]["penaltychange"] == f"45,{OVERFLOW_PENALTY}"
    assert [name for name in QUEUE_NAMES if CONF[name].get("defaultrule") == OVERFLOW_RULE] == [OVERFLOW[0]]
    assert f"Set(QUEUE_MAX_PENALTY={OVERFLOW_PENALTY - 1})" in extensions_conf(Options(1, 1, "/p", "/r", "/v"))


def test_the_beats_of_who_waits() -> None:
    for name in ("consult", "complaint", "repair"):
        queue = CONF[name]
        said = [path.removeprefix("/srv/prompts/") for path in queue["periodic-announce"].split(",")]
        first, every = int(queue["periodic-announce-startdelay"]), int(queue["periodic-announce-frequency"])
        own = [first + every * number for number, key in enumerate(said) if key in FALLBACK]
        assert own == [32, 47, 92, 137]  # seconds after joining, heard without ivr too
        assert set(said) == {BEAT, TURN}
        assert BEAT not in FALLBACK
        assert len(said) <= 10  # what app_queue keeps
        assert queue["announce-to-first-user"] == "yes"
    assert CONF["emergency"]["periodic-announce"] == "/srv/prompts/emergency_wait"


def test_an_unsafe_prompts_folder_is_refused() -> None:
    with pytest.raises(UnsafeValue):
        queues_conf(Limits(), "/srv/my prompts")


def test_forms_of_a_number_are_unique_and_lead_back() -> None:
    assert set(table().values()) == set(DIDS)
    assert len(table()) == sum(len(forms(did)) for did in DIDS)


def test_limits_are_taken_from_the_settings_file() -> None:
    assert limits_from({"wrapup_s": "5", "home": "/x"}) == Limits(wrapup_s=5)
    assert limits_from({}) == Limits()


@given(st.text(max_size=6))
def test_a_limit_is_a_number_in_range_or_refused(text: str) -> None:
    try:
        limits = limits_from({"duty_ring_s": text})
    except BadLimit as error:
        assert "DUTY_RING_S" in str(error)  # noqa: PT017 - the other branch is as right
    else:
        assert 2 <= limits.duty_ring_s <= 120


def test_a_limit_out_of_its_range_is_refused() -> None:
    with pytest.raises(BadLimit, match="MAXLEN"):
        Limits(queue_maxlen=0)
