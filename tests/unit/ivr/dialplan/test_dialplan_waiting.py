"""What a waiting caller is told at which beat, and the honest length of a wait."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.dialplan.prompts import FALLBACK, PLACES, WAITING
from ivr.dialplan.waiting import BEAT, BEATS, FIRST_S, Standing, Told, next_words, wait_minutes

EVERY_S = 15


def heard(standings: dict[int, Standing], until_s: int, *, may_offer: bool = True) -> dict[int, tuple[str, ...]]:
    """Return what is said at which second to a caller for whom no phone rings; the last standing given counts."""
    told, standing, out = Told(), Standing(), {}
    for number, second in enumerate(range(FIRST_S, until_s, EVERY_S)):
        standing = standings.get(second, standing)
        words = next_words(told, second, standing, retry=False, may_offer=may_offer)
        said = words.beat if BEATS[number % len(BEATS)] == BEAT else words.turn
        if said:
            told, out[second] = words.then, said
    return out


def test_a_short_wait() -> None:
    assert heard({2: Standing(2, 3), 47: Standing(1, 2), 92: Standing(0, 1)}, 130) == {
        2: ("queue_eta.3",),
        32: ("queue_offer",),
        47: ("queue_place.1", "queue_eta.2", "queue_still"),
        92: ("queue_place.0", "queue_eta.1", "queue_still"),
    }


def test_a_wait_of_more_than_three_minutes_is_said_with_the_offer_at_once() -> None:
    said = heard({2: Standing(9, 11)}, 340)
    assert said[2] == ("queue_eta.more", "queue_offer")
    assert said[32] == ("queue_still",)
    assert said[47] == ("queue_place.9", "queue_eta.more", "queue_still")
    apologies = [second for second, words in said.items() if words == ("queue_long", "queue_offer")]
    assert apologies == [182, 332]
    places = [second for second, words in said.items() if words[0].startswith("queue_place")]
    assert places == [47, 92, 137, 197, 242, 287]


def test_nothing_is_said_that_is_not_known() -> None:
    assert heard({}, 100) == {32: ("queue_offer",), 47: ("queue_still",), 92: ("queue_still",)}
    assert heard({2: Standing(PLACES, None)}, 50)[47] == ("queue_still",)
    assert heard({2: Standing(2, None)}, 50)[47] == ("queue_place.2", "queue_still")


def test_who_is_called_back_is_not_offered_a_call_back() -> None:
    assert "queue_offer" not in {
        key for words in heard({2: Standing(0, 5)}, 400, may_offer=False).values() for key in words
    }


def test_a_phone_that_rang_in_vain_is_told_at_the_next_beat_and_costs_nothing_else() -> None:
    told = Told(offered=True)
    words = next_words(told, 47, Standing(0, 1), retry=True, may_offer=True)
    assert (words.beat, words.turn, words.then) == (("queue_retry",), ("queue_retry",), told)


@given(
    st.integers(-1, 60), st.none() | st.integers(1, 40), st.floats(0, 3600), st.booleans(), st.booleans(),
    st.builds(Told, st.booleans(), st.floats(0, 600), st.booleans(), st.none() | st.floats(0, 600)),
)  # fmt: skip
def test_every_word_has_a_prompt(
    ahead: int, minutes: int | None, elapsed: float, retry: bool, may_offer: bool, told: Told
) -> None:
    standing = Standing(None if ahead < 0 else ahead, minutes)
    words = next_words(told, elapsed, standing, retry=retry, may_offer=may_offer)
    assert {*words.beat, *words.turn} <= set(WAITING)
    assert words.turn  # whoever must hear something does
    assert not may_offer or words.then.offered or "queue_offer" not in words.turn


@given(st.integers(0, 60), st.lists(st.floats(1, 3600), max_size=20), st.integers(0, 9), st.integers(0, 60))
def test_a_wait_is_never_rounded_down(ahead: int, talks: list[float], agents: int, wrapup: int) -> None:
    minutes = wait_minutes(ahead, talks, agents, wrapup)
    if agents == 0 or len(talks) < 3:
        assert minutes is None
        return
    assert minutes is not None
    seconds = (ahead + 1) * (sum(talks) / len(talks) + wrapup) / agents
    assert 0 <= minutes * 60 - seconds < 60 or minutes == 1
    longer = wait_minutes(ahead + 1, talks, agents, wrapup)
    assert longer is not None
    assert longer >= minutes


def test_the_words() -> None:
    assert WAITING["queue_place.0"] == "您是下一位。"
    assert [WAITING[f"queue_place.{ahead}"] for ahead in (2, 12, 20, 49)] == [
        "您前面还有两位。", "您前面还有十二位。", "您前面还有二十位。", "您前面还有四十九位。",
    ]  # fmt: skip
    assert WAITING["queue_eta.10"] == "大约要等十分钟。"
    assert not set(WAITING) & set(FALLBACK)
