"""Who should go: engineers in order, with the reasons for and against each, as a dispatcher would say them; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

SKILLS: Mapping[str, str] = {
    "boiler": "壁挂炉",
    "other": "其他设备",
    "install": "安装调试",
    "electric": "电控",
    "gas": "燃气",
}
_CAN: Mapping[str, str] = {skill: f"会修{name}" for skill, name in SKILLS.items()} | {"install": "会安装调试"}


class Nearness(IntEnum):
    """How well an engineer's area fits the address."""

    FAR = 0
    CITY = 1
    DISTRICT = 2
    TOWN = 3


@dataclass(frozen=True, slots=True)
class Area:
    """A division an engineer or outlet serves."""

    adcode: str  # 4 digits or more: 4406 city, 440606 district, 440606101 town
    name: str  # 顺德区, 容桂街道


@dataclass(frozen=True, slots=True)
class Booking:
    """A visit an engineer has. street: where, to tell that he is there anyway."""

    starts_at: datetime
    ends_at: datetime
    street: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An engineer as the dispatcher sees him that day."""

    engineer: str
    name: str
    outlet: str
    skills: frozenset[str]
    areas: tuple[Area, ...]
    capacity: int
    booked: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """What the visit asks for. adcode "" = unknown: areas are then found by their names in `place`."""

    adcode: str
    place: str
    street: str
    skill: str
    starts_at: datetime
    ends_at: datetime
    promised_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An engineer with why and why not. possible: nothing hard stands against him."""

    engineer: str
    name: str
    possible: bool
    reasons: tuple[str, ...]
    against: tuple[str, ...]


def suggest(candidates: Sequence[Candidate], need: Need) -> list[Suggestion]:
    """Return every engineer, the best first: the possible ones, by nearness, same street, share of load, then id."""
    judged = [(_rank(candidate, need), _judge(candidate, need)) for candidate in candidates]
    return [suggestion for _, suggestion in sorted(judged, key=lambda item: item[0])]


def nearness(areas: Sequence[Area], need: Need) -> Nearness:
    """Return how near the areas are to the address: by adcode as far as it is known, below that by name."""
    best = Nearness.FAR
    for area in areas:
        within = bool(need.adcode) and area.adcode != need.adcode and area.adcode.startswith(need.adcode)
        if within and area.name not in need.place:
            best = max(best, Nearness.CITY)
        elif need.adcode and not within:
            fits = need.adcode.startswith(area.adcode)
            same_city = area.adcode[:4] == need.adcode[:4]
            best = max(best, _level(area) if fits else Nearness.CITY if same_city else Nearness.FAR)
        elif area.name and area.name in need.place:
            best = max(best, _level(area))
    return best


def _level(area: Area) -> Nearness:
    """Return the level of a division by the length of its code: 4 city, 6 district, 9 town."""
    return {4: Nearness.CITY, 6: Nearness.DISTRICT}.get(len(area.adcode), Nearness.TOWN)


def late_by_minutes(starts_at: datetime, promised_by: datetime | None) -> int:
    """Return by how many minutes an appointment begins after the promise, 0 when it is kept or there is none."""
    if promised_by is None or starts_at <= promised_by:
        return 0
    return int((starts_at - promised_by).total_seconds() // 60) or 1


def _judge(candidate: Candidate, need: Need) -> Suggestion:
    near = nearness(candidate.areas, need)
    load = len(candidate.booked)
    clash = _clash(candidate, need)
    same = sum(1 for item in candidate.booked if need.street and item.street == need.street)
    can = _CAN.get(need.skill, need.skill)
    reasons = [f"同街道已有 {same} 单"] if same else []
    against = []
    if near >= Nearness.DISTRICT or any(need.adcode.startswith(area.adcode) for area in candidate.areas):
        reasons.append(f"负责{_short(need)}")
    else:
        home = candidate.areas[0].name if candidate.areas else candidate.outlet
        against.append(f"跨区：{home}到{_short(need)}" if home else "没有登记片区")
    if need.skill in candidate.skills:
        reasons.append(can)
    else:
        against.append(f"不{can}")
    if clash:
        against.append(f"{clash.starts_at:%H:%M}–{clash.ends_at:%H:%M} 已有安排")
    else:
        reasons.append(f"{need.starts_at:%H:%M} 起有空")
    full = load >= candidate.capacity
    (against if full else reasons).append("已满" if full else f"当天 {load}/{candidate.capacity}")
    possible = need.skill in candidate.skills and not clash and not full
    return Suggestion(candidate.engineer, candidate.name, possible, tuple(reasons), tuple(against))


def _rank(candidate: Candidate, need: Need) -> tuple[bool, int, int, float, str]:
    possible = _judge(candidate, need).possible
    same = sum(1 for item in candidate.booked if need.street and item.street == need.street)
    load = len(candidate.booked) / max(candidate.capacity, 1)
    return (not possible, -nearness(candidate.areas, need), -same, load, candidate.engineer)


def _clash(candidate: Candidate, need: Need) -> Booking | None:
    return next(
        (item for item in candidate.booked if item.starts_at < need.ends_at and need.starts_at < item.ends_at), None
    )


def _short(need: Need) -> str:
    return need.street or need.place[:12] or "地址未核"
