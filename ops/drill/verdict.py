"""What a drill showed, judged: pure; words for the operator in Chinese."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ops.drill.faults import Fault

MAX_SILENCE_MS = 3000  # design 10
_LOST_OUTCOMES = ("", "uncertain")


@dataclass(slots=True)
class Observed:
    """What was seen of one drill. Times in ms; back_s: None when not whole in time; alarms: keys of the board's."""

    answered: bool = False
    kept: bool = False  # the call lasted until the robot hung up
    heard_after: bool = False  # a key after the fault was answered by sound
    silence_ms: float = 0.0
    silent_at_ms: float = 0.0
    outcome: str = ""
    contact: str = ""
    wav: str = ""
    back_s: float | None = None
    alarms: Sequence[str] = ()
    waiting_facts: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was looked at."""

    name: str
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a drill."""

    drill: str
    title: str
    expect: str
    points: Sequence[Point]
    seen: Observed = field(compare=False)

    @property
    def ok(self) -> bool:
        """Tell whether nothing was wrong."""
        return all(point.ok for point in self.points)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        points: list[Mapping[str, Any]] = [asdict(point) for point in self.points]
        return {"drill": self.drill, "ok": self.ok, "points": points, "seen": asdict(self.seen)}

    def words(self) -> str:
        """Return the verdict for the operator."""
        head = f"演练“{self.title}”:{'通过' if self.ok else '不通过'}。应当:{self.expect}。"
        return "\n".join([head, *(f"  {'✓' if point.ok else '✗'} {point.text}" for point in self.points)])


def judge(fault: Fault, seen: Observed) -> Verdict:
    """Judge what was seen against design 10."""
    points = [Point("answered", seen.answered, "来电接通了" if seen.answered else "来电没有接通")]
    if seen.answered:
        points += _caller(fault, seen)
    back = seen.back_s is not None
    text = (
        f"{seen.back_s:.1f} 秒后全部恢复" if seen.back_s is not None else "没有在限时内全部恢复,请看 ./hotline status"
    )
    points.append(Point("back", back, text))
    if seen.waiting_facts:
        points.append(Point("delivered", False, f"还有 {seen.waiting_facts} 条话务记录没有送到 CRM"))
    if fault.record_missing:
        there = "recording" in seen.alarms
        points.append(Point("alarm", there, "缺录音已告警" if there else "缺录音没有告警"))
    return Verdict(fault.name, fault.title, fault.expect, tuple(points), seen)


def _caller(fault: Fault, seen: Observed) -> list[Point]:
    done = seen.outcome not in _LOST_OUTCOMES
    outcome = Point("outcome", done, f"这通电话有结果:{seen.outcome}" if done else "这通电话没有结果")
    if fault.cut:
        return [
            Point("cut", not seen.kept, "通话断了,属预期" if not seen.kept else "Asterisk 重启,通话却没有断"),
            outcome,
        ]
    silent = seen.silence_ms > MAX_SILENCE_MS
    seconds = seen.silence_ms / 1000
    return [
        Point("kept", seen.kept, "通话没有断" if seen.kept else "通话断了"),
        Point("heard", seen.heard_after, "出事以后按键有回应" if seen.heard_after else "出事以后按键没有回应"),
        Point("silence", not silent, f"最长静音 {seconds:.1f} 秒(上限 {MAX_SILENCE_MS // 1000} 秒)"),
        outcome,
    ]
