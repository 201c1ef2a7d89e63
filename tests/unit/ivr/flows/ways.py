"""Every way a turn can end, made from the documents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.contract.dialogue import (
    Record,
)
from ivr.flows.nodes import Ask, Menu
from speech.contract import (
    Captured,
    Cause,
    Interpretation,
    KeyMode,
    Mode,
    SlotKind,
    SlotSpec,
    TurnResult,
)
from tests.unit.ivr.flows.known import E01, E1, E9, ROAD, ROOM, SHUNDE, TICKET
from tests.unit.ivr.flows.play import Driver, program


@dataclass(frozen=True)
class Ways:
    """How the present turn may end: with an answer, with none, or with something that leaves the question."""

    answers: Sequence[TurnResult]
    failures: Sequence[TurnResult]
    asides: Sequence[TurnResult]


def ways(driver: Driver) -> Ways:
    """Return results that fit the present turn: each key, each meaning, values; failures; commands and dangers."""
    turn_id = driver.state.turn_id
    lost = (TurnResult(turn_id, Cause.MEDIA_FAILED), TurnResult(turn_id, Cause.RECOGNIZER_ERROR))
    nothing = TurnResult(turn_id, Cause.NO_INPUT, wait_ms=6000)
    if isinstance(driver.last, Record):
        keys = (TurnResult(turn_id, Cause.SUCCESS, Mode.DTMF, digits, clip="c/r.wav") for digits in ("0", "*9"))
        said = Interpretation(text="漏气", safety="gas")
        danger = TurnResult(turn_id, Cause.SUCCESS, interpretation=said, clip="c/r.wav")
        clip = TurnResult(turn_id, Cause.SUCCESS, clip="c/r.wav", speech_ms=3000)
        code = replace(clip, noticed={"codes": "E1"})
        return Ways((clip, code), (nothing,), (*keys, danger, *lost))
    slot = driver.slot
    node = driver.flows.question(slot.name)
    digits = _keyed(node) if slot.key_mode is KeyMode.DIGITS else tuple(node.keys)
    pressed = [TurnResult(turn_id, Cause.SUCCESS, Mode.DTMF, keys) for keys in digits]
    answers = [_said(turn_id, heard) for heard in _answers(node, slot)]
    mumbled = _said(turn_id, Interpretation(text="呃"))
    aside = [_said(turn_id, heard) for heard in _asides()]
    global_keys = ("*0", "*9", "12*34") if slot.key_mode is KeyMode.DIGITS else ("0", "9", "*", "#", "7")
    aside += [TurnResult(turn_id, Cause.SUCCESS, Mode.DTMF, keys) for keys in global_keys]
    return Ways((*pressed, *answers), (nothing, mumbled), (*aside, *lost))


def _keyed(node: Menu | Ask) -> tuple[str, ...]:
    """Return digits that fit the question, digits that do not, and none."""
    lengths = {8: TICKET["number"], 4: "8000", 6: "308217"}
    fitting = lengths.get(node.max_digits, "13900139000") if isinstance(node, Ask) else ""
    return (fitting, "502", "#") if fitting in lengths.values() else (fitting, "01", "502", "#")


def _said(turn_id: str, heard: Interpretation) -> TurnResult:
    cause = Cause.NO_MATCH if heard.status == "no_match" and not heard.safety else Cause.SUCCESS
    return TurnResult(turn_id, cause, Mode.SPEECH, interpretation=heard, clip="c/s.wav", speech_ms=800)


def _answers(node: Menu | Ask, slot: SlotSpec) -> Iterator[Interpretation]:
    letter = ({"letter": "F"},)
    for meaning in node.to:  # those no answer can mean are no match
        yield Interpretation(
            text="话", status="match", meaning=meaning, candidates=letter if meaning == "letter" else ()
        )
    if slot.one_breath:
        for told in _TOLD:
            captured = {name: Captured(value) for name, value in told.items()}
            yield Interpretation(text="一句话", status="match", captured=captured)
    values = _values(slot.correcting or slot.kind)
    for value in values:
        yield Interpretation(text="值", status="match", value=value)
    if len(values) > 1:
        yield Interpretation(text="值", status="ambiguous", value=values[0], candidates=tuple(values[:3]))


_TOLD: Sequence[Mapping[str, Mapping[str, str]]] = (
    {"symptom": {"value": "no_hot_water", "spoken": "没热水", "raw": "没热水"}},
    {"fault_code": E1, "address": SHUNDE, "product": {"value": "boiler", "spoken": "壁挂炉", "raw": "话"}},
    {"visit": {"value": "date", "date": "2026-07-26", "part": "afternoon", "raw": "话"}},
    {"product": {"value": "unknown", "brand": "万和", "raw": "万和的"}, "name": {"name": "陈", "raw": "我姓陈"}},
    {"contact": {"digits": "13900139000", "number": "+8613900139000", "raw": "话"}},
    {"address": {**SHUNDE, **ROAD, **ROOM}, "fault_code": E9},
    {"symptom": {"value": "other", "spoken": "别的毛病", "raw": "冻住了"}},
    {"symptom": {"value": "leak", "spoken": "漏水", "raw": "漏水"}},
)


def _asides() -> Iterator[Interpretation]:
    for command in program().lexicon.commands:
        yield Interpretation(text="命令", status="match", command=command)
    for kind in program().lexicon.safety:
        yield Interpretation(text="危险", safety=kind, value=E01)


def _values(kind: SlotKind) -> list[Mapping[str, str]]:
    whole = {**SHUNDE, **ROAD, **ROOM, "raw": "全"}
    elsewhere = {"province": "湖南省", "city": "长沙市", "region": "湖南省长沙市", "adcode": "430100"}
    guangzhou = {"province": "广东省", "city": "广州市", "region": "广东省广州市", "adcode": "440100"}
    values: dict[SlotKind, list[Mapping[str, str]]] = {
        SlotKind.FAULT_CODE: [E01, E1, E9, {"raw": "F28", "canonical": "F28", "catalogue_id": ""}],
        SlotKind.ADDRESS: [
            whole,
            {**SHUNDE},
            {**SHUNDE, **ROAD},
            {**SHUNDE, **ROAD, "raw": "没说房号"},
            {**ROAD, **ROOM},
            {**guangzhou, **ROAD, **ROOM},
            {**elsewhere, **ROAD, **ROOM},
        ],
        SlotKind.REGION: [SHUNDE, guangzhou, elsewhere],
        SlotKind.ROAD: [ROAD],
        SlotKind.ROOM: [ROOM],
        SlotKind.DIGITS: [{"digits": "13900139000"}, {"digits": "12"}],
        SlotKind.PHONE: [{"digits": "13900139000", "number": "+8613900139000"}, {"digits": "12", "number": ""}],
        SlotKind.NAME: [{"surname": "陈", "name": "陈女士", "raw": "免贵姓陈"}],
        SlotKind.VISIT_TIME: [
            {"value": "asap"},
            {"value": "date", "date": "2026-07-26"},
            {"value": "date", "date": "2026-07-26", "part": "morning"},
            {"value": "date", "date": "2026-07-26", "part": "evening", "from": "19:00"},
        ],
        SlotKind.PURCHASE_DATE: [
            {"date": "2025-11-11", "precision": "day"},
            {"date": "2025-11-30", "from": "2025-11-01", "to": "2025-11-30", "precision": "month"},
            {"date": "2025-12-31", "from": "2025-01-01", "to": "2025-12-31", "precision": "year"},
        ],
    }
    return values.get(kind, [])
