"""Promises with a time, where they hold and when the clock stands: dated data; pure parsing, strict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm.policy.processes import STATES
from crm.policy.ticket_states import KINDS
from crm.policy.warranty_rules import BadRules
from ivr.contract.hours import HumanHours

SCOPES: Mapping[str, str] = {"city": "市区", "province": "省内", "other": "省外或地址未核实"}


@dataclass(frozen=True, slots=True)
class Area:
    """A place by the beginning of its adcode, or by name where an address has no code."""

    scope: str
    adcode: str
    name: str


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """ISO weekdays and the hours of each; for promises that have a calendar. calendar: the hotline's days off and
    working weekends, None = every week is the same."""

    days: frozenset[int]
    begin: time
    end: time
    calendar: HumanHours | None = None

    def works(self, day: date) -> bool:
        """Tell whether the day counts."""
        return self.calendar.works(day, self.days) if self.calendar else day.isoweekday() in self.days


@dataclass(frozen=True, slots=True)
class Promise:
    """What must happen within `hours` of the ticket's opening. slot_verified "" = only states keep it."""

    key: str
    label: str
    kinds: frozenset[str]
    scopes: frozenset[str]
    hours: float
    working: bool
    met_by: frozenset[str]
    place: str
    sentence: str
    slot_verified: str


@dataclass(frozen=True, slots=True)
class ClockRules:
    """What holds for tickets opened on or after valid_from. at_risk: share of the time after which it is noted."""

    valid_from: date
    source: str
    at_risk: float
    areas: tuple[Area, ...]
    zone: ZoneInfo
    hours: WorkingHours
    pause_reasons: Mapping[str, str]
    promises: tuple[Promise, ...]


def parse_clock_rules(raw: Any) -> tuple[ClockRules, ...]:
    """Return the sets in order of valid_from; raises BadRules."""
    if not isinstance(raw, list) or not raw:
        raise BadRules("clocks: expected a list of sets")
    return tuple(_parse_one(item, index) for index, item in enumerate(raw))


def rules_of_day(sets: Sequence[ClockRules], day: date) -> ClockRules:
    """Return the set in force on the day a ticket was opened."""
    return [sets[0], *(item for item in sets if item.valid_from <= day)][-1]


def scope_of(rules: ClockRules, address: Mapping[str, str]) -> str:
    """Return city | province | other of an address slot; the narrowest fitting area decides."""
    code = address.get("adcode", "")
    names = {address.get(key, "") for key in ("province", "city", "district", "town")}
    fitting = [area for area in rules.areas if (code.startswith(area.adcode) if code else area.name in names)]
    return max(fitting, key=lambda area: len(area.adcode)).scope if fitting else "other"


def with_outlets(rules: ClockRules, served: Sequence[Mapping[str, str]]) -> ClockRules:
    """Return the rules with 市区 as the service outlets tell it: each area {adcode, name, city: "yes"}.

    Without any such area the rules' own stand.
    """
    city = [
        Area("city", item.get("adcode", ""), item.get("name", ""))
        for item in served
        if item.get("city") == "yes" and item.get("adcode", "").isdigit()
    ]
    kept = (area for area in rules.areas if area.scope != "city")
    return replace(rules, areas=(*kept, *city)) if city else rules


def with_calendar(rules: ClockRules, calendar: HumanHours | None) -> ClockRules:
    """Return the rules with the hotline's own days off (setting HOTLINE_HUMAN_HOURS) in their working hours."""
    return replace(rules, hours=replace(rules.hours, calendar=calendar))


def promises_for(rules: ClockRules, kind: str, scope: str) -> tuple[Promise, ...]:
    """Return the promises that hold for a ticket."""
    return tuple(item for item in rules.promises if kind in item.kinds and scope in item.scopes)


def key_of_round(key: str, nth: int) -> str:
    """Return the key of a promise's clock: of the first round the promise's own, later "on_site.2"."""
    return key if nth == 1 else f"{key}.{nth}"


def promise_of(key: str) -> str:
    """Return the promise whose clock has this key."""
    base, _, nth = key.rpartition(".")
    return base if base and nth.isdecimal() else key


def _parse_one(raw: Any, index: int) -> ClockRules:
    try:
        working = raw["working"]
        rules = ClockRules(
            valid_from=raw["valid_from"],
            source=str(raw["source"]),
            at_risk=float(raw["at_risk"]),
            areas=tuple(Area(str(item["scope"]), str(item["adcode"]), str(item["name"])) for item in raw["areas"]),
            zone=ZoneInfo(str(raw["zone"])),
            hours=WorkingHours(
                frozenset(int(day) for day in working["days"]),
                time.fromisoformat(str(working["begin"])),
                time.fromisoformat(str(working["end"])),
            ),
            pause_reasons={str(key): str(name) for key, name in raw["pause_reasons"].items()},
            promises=tuple(_promise(item) for item in raw["promises"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ZoneInfoNotFoundError) as error:
        raise BadRules(f"clocks set {index}: {type(error).__name__} {error}") from error
    _check(rules, index)
    return rules


def _promise(raw: Any) -> Promise:
    return Promise(
        key=str(raw["key"]),
        label=str(raw["label"]),
        kinds=frozenset(raw["kinds"]),
        scopes=frozenset(raw["scopes"]),
        hours=float(raw["hours"]),
        working={"always": False, "working": True}[raw["calendar"]],
        met_by=frozenset(raw["met_by"]),
        place=str(raw["place"]),
        sentence=str(raw.get("sentence", "")),
        slot_verified=str(raw.get("slot_verified", "")),
    )


def _check(rules: ClockRules, index: int) -> None:
    where = f"clocks set {index}"
    if not isinstance(rules.valid_from, date):
        raise BadRules(f"{where}: valid_from is no date")
    if not 0 < rules.at_risk < 1:
        raise BadRules(f"{where}: at_risk is a share between 0 and 1")
    if not rules.hours.days or not rules.hours.days <= set(range(1, 8)) or rules.hours.begin >= rules.hours.end:
        raise BadRules(f"{where}: working hours")
    for area in rules.areas:
        if area.scope not in SCOPES or not area.adcode.isdigit():
            raise BadRules(f"{where}: area {area.name}")
    if len({item.key for item in rules.promises}) != len(rules.promises):
        raise BadRules(f"{where}: two promises of one key")
    for item in rules.promises:
        fits = item.kinds <= set(KINDS) and item.scopes <= set(SCOPES) and item.met_by <= set(STATES)
        if not fits or not item.met_by or not 0 < item.hours <= 24 * 366:
            raise BadRules(f"{where}: promise {item.key}")
