"""The words that ivr lays out for one waiting caller: when they come, what they say, when they go."""

import os
import subprocess
import sys
import wave
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.dialplan.prompts import WAITING, slowly
from ivr.dialplan.waiting import BEAT, TURN
from ivr.sessions.ports import PBXUnavailable, QueueEntry, QueueLine
from ivr.sessions.waiting import WaitingRoom
from ivr.telephony.events import (
    AgentCompleted,
    AgentRingNoAnswer,
    CallerJoinedQueue,
    CallerLeftQueue,
    MusicChanged,
    Snapshot,
    TelephonyEvent,
)
from speech.contract import ELDER_RATE, prompt_file
from tests.unit.ivr.sessions.fakes import NOW

CALLER = "hotline-1.7"
TREE = Path(__file__).resolve().parents[4]
RATE = 8000


@dataclass
class Lines:
    """Staffing with one queue, or none. meanwhile: what happens while it is asked for."""

    meanwhile: Callable[[], None] = lambda: None
    line_now: QueueLine | None = field(
        default_factory=lambda: QueueLine(1, (QueueEntry("hotline-1.3"), QueueEntry(CALLER)))
    )

    async def line(self, queue: str) -> QueueLine:
        assert queue == "repair"
        if self.line_now is None:
            raise PBXUnavailable("not connected")
        self.meanwhile()
        return self.line_now


@dataclass
class Desk:
    """A waiting room whose clock the test turns."""

    folder: Path
    lines: Lines
    now: datetime = NOW
    lengths: dict[int, str] = field(default_factory=dict)
    elders: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for number, key in enumerate(WAITING, 1):
            self.lengths[number] = key
            with wave.open(str(self.folder / f"{key}.wav"), "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                file.writeframes(number.to_bytes(2, "little") * 80)
        self.room = WaitingRoom(
            self.lines, self.folder, lambda: self.now, beat_s=15, wrapup_s=10, is_elder=self.elders.__contains__
        )

    def at(self, second: float) -> datetime:
        self.now = NOW + timedelta(seconds=second)
        return self.now

    async def look(self, second: float) -> None:
        self.at(second)
        await self.room.look()

    def take(self, *events: TelephonyEvent) -> None:
        for event in events:
            self.room.take(event)

    def beat(self, second: float, lasted: float) -> None:
        """The music stops for what is said, and goes on."""
        self.take(MusicChanged(self.at(second), CALLER, False), MusicChanged(self.at(second + lasted), CALLER, True))

    def laid(self, name: str = TURN) -> list[str]:
        """Return the keys of the sentences that lie ready for the caller."""
        path = self.folder / CALLER / f"{name}.wav"
        if not path.exists():
            return []
        with wave.open(str(path)) as file:
            samples = file.readframes(file.getnframes())
        numbers = [int.from_bytes(samples[place : place + 2], "little") for place in range(0, len(samples), 2)]
        return [self.lengths[number] for number in dict.fromkeys(numbers) if number]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "fallback").mkdir()
    found = Desk(tmp_path / "fallback", Lines())
    talks = [
        AgentCompleted(NOW, "x", "x", "repair", "8001", f"a-{length}", 0, length, "agent") for length in (50, 60, 70)
    ]
    found.take(*talks, CallerJoinedQueue(NOW, CALLER, CALLER, "repair", 2))
    found.take(MusicChanged(NOW, CALLER, True))
    return found


async def test_the_wait_on_the_way_in_the_offer_and_then_the_place(desk: Desk) -> None:
    await desk.look(0)
    assert desk.laid(BEAT) == ["queue_eta.3"]  # two turns of 70 s
    desk.beat(2, 2.0)
    assert desk.laid(BEAT) == desk.laid(TURN) == []
    await desk.look(10)
    assert desk.laid(TURN) == []  # not yet: late words are true words
    desk.beat(17, 0.0)
    await desk.look(28.5)
    assert desk.laid(TURN) == ["queue_offer"]
    desk.beat(32, 6.0)
    desk.lines.line_now = QueueLine(2, (QueueEntry(CALLER),))
    await desk.look(44)
    assert desk.laid(TURN) == ["queue_place.0", "queue_eta.1", "queue_still"]
    assert desk.laid(BEAT) == []


async def test_words_that_wait_for_a_late_beat_are_put_anew(desk: Desk) -> None:
    desk.beat(32, 6.0)
    await desk.look(44)
    assert desk.laid()[0] == "queue_offer"  # nothing was laid out at 32 s, so nothing was heard
    desk.beat(47, 6.0)
    desk.beat(77, 0.0)
    await desk.look(88)
    assert desk.laid()[0] == "queue_place.1"
    desk.lines.line_now = QueueLine(1, (QueueEntry(CALLER),))
    await desk.look(93.5)
    assert desk.laid()[0] == "queue_place.0"


async def test_a_phone_that_rang_in_vain_is_told_at_once(desk: Desk) -> None:
    desk.beat(2, 0.0)
    desk.take(AgentRingNoAnswer(desk.at(25), CALLER, CALLER, "repair", "8001", "hotline-1.8", 20000))
    await desk.look(25.2)
    assert desk.laid(BEAT) == desk.laid(TURN) == ["queue_retry"]
    desk.beat(26, 5.0)
    await desk.look(37.5)
    assert desk.laid(TURN) == ["queue_offer"]


async def test_without_the_manager_nothing_untrue_is_said(desk: Desk) -> None:
    desk.lines.line_now = None
    await desk.look(0)
    assert desk.laid(BEAT) == []
    desk.beat(32, 0.0)
    await desk.look(44)
    desk.beat(47, 6.0)
    await desk.look(60)
    assert desk.laid(TURN) == ["queue_still"]


async def test_old_talks_tell_nothing(desk: Desk) -> None:
    desk.take(CallerJoinedQueue(desk.at(1801), CALLER, CALLER, "repair", 2))
    await desk.look(1801)
    assert desk.laid(BEAT) == []


async def test_who_has_left_leaves_nothing_behind(desk: Desk) -> None:
    await desk.look(0)
    desk.take(CallerLeftQueue(desk.at(1), CALLER, CALLER, "repair", 1))
    await desk.look(20)
    assert not (desk.folder / CALLER).exists()
    assert len(desk.room) == 0


async def test_what_a_dead_ivr_left_is_removed_and_prompts_stay(desk: Desk) -> None:
    await desk.look(0)
    desk.room.forget()
    assert not (desk.folder / CALLER).exists()
    assert (desk.folder / "queue_still.wav").exists()


async def test_who_waits_already_is_found_again(desk: Desk) -> None:
    desk.room.forget()
    desk.at(40)
    desk.room.find(Snapshot(frozenset({CALLER}), {("repair", CALLER): NOW, ("emergency", "hotline-1.9"): NOW}, ()))
    assert len(desk.room) == 1
    await desk.look(42)
    assert desk.laid(TURN) == []  # the beat is at 47 s
    await desk.look(44)
    assert desk.laid(TURN) == ["queue_offer"]
    desk.beat(47, 6.0)
    await desk.look(60)
    assert desk.laid(TURN) == ["queue_place.1", "queue_eta.3", "queue_still"]


async def test_who_is_found_and_known_already_is_not_begun_again(desk: Desk) -> None:
    await desk.look(0)
    desk.room.find(Snapshot(frozenset({CALLER}), {("repair", CALLER): NOW}, ()))
    desk.beat(2, 2.0)
    assert desk.laid(BEAT) == []


async def test_whose_going_was_not_told_is_left(desk: Desk) -> None:
    desk.lines.line_now = QueueLine(1, ())
    await desk.look(0)
    assert len(desk.room) == 0


async def test_who_left_and_waits_again_while_the_line_is_asked_for_is_kept(desk: Desk) -> None:
    def again() -> None:
        desk.take(CallerLeftQueue(desk.now, CALLER, CALLER, "repair", 1))
        desk.take(CallerJoinedQueue(desk.now, CALLER, CALLER, "repair", 2))

    desk.lines.meanwhile, before = again, desk.lines.line_now
    desk.lines.line_now = QueueLine(1, ())
    await desk.look(0)
    assert len(desk.room) == 1
    desk.lines.meanwhile, desk.lines.line_now = lambda: None, before
    await desk.look(1)
    assert desk.laid(BEAT) == ["queue_eta.3"]


def inside(folder: int) -> list[str]:
    """Return the names in an open folder."""
    return [path.name for path in Path(f"/proc/self/fd/{folder}").iterdir()]


async def test_words_are_seen_by_a_store_that_was_opened_while_it_was_cleared(desk: Desk) -> None:
    await desk.look(0)
    store = os.open((desk.folder / CALLER).resolve().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        desk.room.forget()
        assert inside(store) == []
        desk.take(CallerJoinedQueue(NOW, CALLER, CALLER, "repair", 2))
        await desk.look(0)
        assert inside(store) == [CALLER]
        assert desk.laid(BEAT) == ["queue_eta.3"]
    finally:
        os.close(store)


def test_what_cannot_be_looked_through_is_told_and_ivr_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with capture_logs() as logs:
        for name in ("none", "file"):
            room = WaitingRoom(Lines(), tmp_path / name, lambda: NOW, beat_s=15, wrapup_s=10, is_elder=lambda _: False)
            room.forget()
    assert [entry["event"] for entry in logs] == ["waiting_words_stay"]


LAYING = """
import sys
from pathlib import Path
from ivr.sessions.laid_words import LaidWords
LaidWords(Path(sys.argv[1])).lay(sys.argv[2], {"fb_wait": ["queue_place.1"]})
print("laid", flush=True)
sys.stdin.read()
"""


def test_words_end_with_the_ivr_that_laid_them(desk: Desk) -> None:
    command = [sys.executable, "-c", LAYING, str(desk.folder), CALLER]
    with subprocess.Popen(command, cwd=TREE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert desk.laid() == ["queue_place.1"]
        process.kill()
    assert desk.laid() == []
    desk.room.forget()  # the next ivr
    assert not (desk.folder / CALLER).is_symlink()


async def test_prompts_that_are_links_stay(desk: Desk) -> None:
    spoken = desk.folder / "queue_still.wav"
    spoken.rename(desk.folder / "spoken.wav")
    spoken.symlink_to(desk.folder / "spoken.wav")
    await desk.look(0)
    desk.room.forget()
    assert spoken.exists()


async def test_what_cannot_be_taken_away_is_told_and_the_caller_goes(desk: Desk) -> None:
    (desk.folder / CALLER).mkdir()
    with capture_logs() as logs:
        desk.take(CallerLeftQueue(desk.at(1), CALLER, CALLER, "repair", 1))
    assert [entry["event"] for entry in logs] == ["waiting_words_stay"]
    assert len(desk.room) == 0


async def test_in_an_emergency_nobody_speaks_of_places(desk: Desk) -> None:
    desk.take(CallerJoinedQueue(NOW, "hotline-1.9", "hotline-1.9", "emergency", 1))
    assert len(desk.room) == 1


async def test_a_missing_prompt_leaves_the_queues_own_words(desk: Desk) -> None:
    (desk.folder / "queue_eta.3.wav").unlink()
    await desk.look(0)
    assert desk.laid(BEAT) == []


def spoken_slowly(desk: Desk, keys: Iterable[str]) -> None:
    """Make the slow sound of these sentences, part by part; a part's samples are the length of its key."""
    for part in (part for key in keys for part in slowly(key)):
        path = prompt_file(desk.folder.parent, part.text, ELDER_RATE)
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(len(part.key).to_bytes(2, "little") * 80)


def samples(path: Path) -> bytes:
    with wave.open(str(path)) as file:
        sound: bytes = file.readframes(file.getnframes())
    return sound


async def test_who_is_spoken_to_slowly_hears_slow_words_and_longer_pauses(desk: Desk) -> None:
    spoken_slowly(desk, ["queue_offer"])
    desk.elders.add(CALLER)
    desk.beat(17, 0.0)
    await desk.look(28.5)
    one, two = (bytes([len(part.key), 0]) * 80 for part in slowly("queue_offer"))
    assert samples(desk.folder / CALLER / f"{TURN}.wav") == one + bytes(RATE * 7 // 10 * 2) + two


async def test_slow_words_that_were_never_made_are_said_at_the_normal_rate(desk: Desk) -> None:
    desk.elders.add(CALLER)
    await desk.look(0)
    assert desk.laid(BEAT) == ["queue_eta.3"]
