"""The place of who is called back: right when they come in, whoever came and went while it rang."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivr.sessions.kept_places import KeptPlaces, place_of
from ivr.sessions.ports import PBXUnavailable, QueueEntry, QueueLine
from ivr.telephony.events import AgentConnected, CallStarted, ChannelHungUp, Kept
from ivr.telephony.translate import translate
from tests.unit.ivr.sessions.fakes import NOW, MemoryPBX

CUSTOMER, OTHER = "callback-1", "callback-2"


def kept(seconds_ago: float, priority: int = 0) -> Kept:
    return Kept("repair", priority, NOW - timedelta(seconds=seconds_ago))


def answered(uniqueid: str, place: Kept | None) -> CallStarted:
    return CallStarted(NOW, uniqueid, uniqueid, "c" * 32, "13800138000", "", "", callback=True, kept=place)


@dataclass
class Line:
    """Staffing of one queue, or of none."""

    entries: tuple[QueueEntry, ...] = ()
    away: bool = False
    asked: list[str] = field(default_factory=list)

    async def line(self, queue: str) -> QueueLine:
        self.asked.append(queue)
        if self.away:
            raise PBXUnavailable("not connected")
        return QueueLine(1, self.entries)


class Desk:
    """Places of a queue that the test changes."""

    def __init__(self) -> None:
        self.line, self.pbx = Line(), MemoryPBX(connected=True)
        self.places = KeptPlaces(self.line, self.pbx, lambda: NOW)

    async def place(self, *entries: QueueEntry, uniqueid: str = CUSTOMER) -> str:
        self.line.entries = entries
        await self.places.look()
        return self.pbx.variables.get(f"{uniqueid} HL_POSITION", "")


async def test_the_place_follows_the_queue_while_the_customer_comes() -> None:
    desk = Desk()
    desk.places.take(answered(CUSTOMER, kept(60)))
    before, later, urgent = QueueEntry("a", 0, 90), QueueEntry("b", 0, 30), QueueEntry("c", 20, 1)
    assert await desk.place(before, later) == "2"
    assert await desk.place(urgent, before, later) == "3"
    assert await desk.place(later) == "1"
    assert await desk.place(before, QueueEntry(CUSTOMER, 0, 1), later) == "2"  # key 1 joins there again


async def test_who_is_called_back_too_counts_by_the_time_that_was_kept() -> None:
    desk = Desk()
    desk.places.take(answered(OTHER, kept(90)))
    desk.places.take(answered(CUSTOMER, kept(60)))
    assert await desk.place(QueueEntry(OTHER, 0, 2)) == "2"
    assert await desk.place(QueueEntry(CUSTOMER, 0, 2), uniqueid=OTHER) == "1"


async def test_with_an_agent_or_gone_it_is_over_and_without_asterisk_the_last_word_stands() -> None:
    desk = Desk()
    desk.places.take(answered(CUSTOMER, kept(60)))
    desk.places.take(answered(OTHER, None))  # placed before this was told
    desk.line.away = True
    assert await desk.place() == ""
    desk.line.away = False
    assert await desk.place() == "1"
    assert f"{OTHER} HL_POSITION" not in desk.pbx.variables
    desk.places.take(AgentConnected(NOW, CUSTOMER, CUSTOMER, "repair", "8001", "agent", 1))
    desk.places.take(answered(OTHER, kept(5)))
    desk.places.take(ChannelHungUp(NOW, OTHER, OTHER, 16))
    desk.line.asked.clear()
    await desk.places.look()
    assert desk.line.asked == []


async def test_whose_end_was_not_told_is_asked_about_no_more() -> None:
    desk = Desk()
    desk.places.take(answered(CUSTOMER, kept(60)))
    desk.places.take(answered(OTHER, kept(90)))
    assert desk.places.coming == {CUSTOMER, OTHER}
    desk.places.let_go({CUSTOMER, "another"})
    assert await desk.place() == ""
    assert await desk.place(uniqueid=OTHER) == "1"


def test_what_was_kept_comes_with_the_answer() -> None:
    raw = {
        "Event": "UserEvent", "UserEvent": "HLContact", "Linkedid": "x", "Uniqueid": CUSTOMER, "Contact": "c" * 32,
        "Caller": "13800138000", "Callback": "yes", "Queue": "repair", "Prio": "20", "Since": "1764216000.500",
    }  # fmt: skip
    event = translate(raw, NOW)
    assert isinstance(event, CallStarted)
    assert event.kept == Kept("repair", 20, datetime.fromisoformat("2025-11-27T04:00:00.500+00:00"))
    plain = translate({key: raw[key] for key in raw if key not in ("Since", "Queue", "Prio")}, NOW)
    assert isinstance(plain, CallStarted)
    assert plain.kept is None


callers = st.tuples(st.sampled_from([0, 10, 20]), st.integers(0, 600))


@given(st.lists(callers, max_size=8), callers)
def test_nobody_is_overtaken_either_way(line: list[tuple[int, int]], customer: tuple[int, int]) -> None:
    """Asterisk's own order: the higher priority first, then who came first."""
    ordered = sorted(line, key=lambda one: (-one[0], -one[1]))
    entries = [QueueEntry(str(number), priority, wait) for number, (priority, wait) in enumerate(ordered)]
    place = place_of(kept(customer[1], customer[0]), entries, lambda entry: NOW - timedelta(seconds=entry.wait_s))
    before, after = ordered[: place - 1], ordered[place - 1 :]
    assert all((priority, wait) >= customer for priority, wait in before)
    assert all((priority, wait) < customer for priority, wait in after)
