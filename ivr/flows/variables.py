"""What the {variables} of a prompt read: pure functions of the state, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivr.flows import callback_times, dates, readback, service_days, service_words
from ivr.flows.captured import READ_BACK
from ivr.flows.state import State

_ORDER = ("一", "二", "三")
_UNKNOWN_PRODUCT = "报修的设备"
SYMPTOM_CLIP = "您录音里说的毛病"
_ABOUT: Mapping[str, str] = MappingProxyType({"repair": "报过修", "install": "约过安装", "complaint": "反映过问题"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """A value as it is said. pieces: the same in static pieces; () when it has none. "" is left out of a prompt."""

    text: str = ""
    pieces: tuple[str, ...] = ()


def _spelled(text: str) -> Spoken:
    pieces = readback.spell(text)
    return Spoken("、".join(pieces), pieces)


def _digits(text: str) -> Spoken:
    return Spoken(text, tuple(text.replace("、", "")))


def _word(text: str) -> Spoken:
    return Spoken(text, (text,) if text else ())


def _field(state: State, slot: str, name: str) -> str:
    held = state.slot(slot)
    return held.value.get(name, "") if held else ""


def _candidate(index: int) -> Callable[[State], Spoken]:
    def read(state: State) -> Spoken:
        held = state.slot("fault_code")
        picks = held.candidates if held else ()
        return _spelled(picks[index].get("canonical", "")) if index < len(picks) else Spoken()

    return read


def _region_candidate(index: int) -> Callable[[State], Spoken]:
    def read(state: State) -> Spoken:
        held = state.slot("address")
        picks = held.candidates if held else ()
        return Spoken(readback.address(picks[index].get("region", ""))) if index < len(picks) else Spoken()

    return read


def _region_name(state: State) -> Spoken:
    """Return what the candidates have in common: the smallest division they all name, else 这样的地方."""
    held = state.slot("address")
    for level in ("town", "district", "city"):
        names = {pick.get(level, "") for pick in held.candidates} if held else set()
        if len(names) == 1 and "" not in names:
            return Spoken(names.pop())
    return Spoken("这样的地方")


def _code(state: State) -> Spoken:
    return _spelled(_field(state, "fault_code", "canonical"))


def _code_or_symptom(state: State) -> Spoken:
    """Return the code and what is wrong, whichever there are: a yes to it confirms both. A denied code is forgotten."""
    code, symptom = _code(state), _field(state, "symptom", "spoken")
    if not code.text:
        return _word(symptom or SYMPTOM_CLIP)
    said = Spoken(f"代码{code.text}", ("代码", *code.pieces))
    return Spoken(f"{said.text},{symptom}", (*said.pieces, symptom)) if symptom else said


def _product(state: State) -> Spoken:
    return _word(_field(state, "product", "spoken") or _UNKNOWN_PRODUCT)


def _address(part: str) -> Callable[[State], Spoken]:
    return lambda state: Spoken(readback.address(_field(state, "address", part)))


def _card(name: str) -> Callable[[State], Spoken]:
    return lambda state: Spoken(readback.address(state.caller.card.get(name, "")))


def _card_product(state: State) -> Spoken:
    return _word(state.caller.card.get("product_spoken", ""))


def contact_number(state: State) -> str:
    """Return the E.164 number to ring: the one given, else the caller's own, "" when there is none."""
    return _field(state, "contact", "number") or state.caller.e164


def _number(state: State) -> Spoken:
    return _digits(readback.phone(readback.national(contact_number(state))))


def _tail(state: State) -> Spoken:
    return _digits("".join(readback.spell(contact_number(state)[-4:])))


def _caller_tail(state: State) -> Spoken:
    return _digits("".join(readback.spell(state.caller.e164[-4:])))


def _number_tail(state: State) -> Spoken:
    tail = _tail(state)
    return Spoken(f"尾号{tail.text}的电话", ("尾号", *tail.pieces, "的电话"))


def _ticket(state: State) -> Spoken:
    return _digits(readback.ticket(state.matter.ticket if state.matter else ""))


def _window(state: State) -> Spoken:
    held = state.slot("visit")
    words = dates.window_words(held.value if held else {})
    return Spoken(dates.joined(words), words)


def _day(state: State) -> Spoken:
    words = dates.day_words(_field(state, "visit", "date"))
    return Spoken(dates.joined(words), words) if words else _word(dates.DAYS.get(_field(state, "visit", "value"), ""))


def _advice_number(state: State) -> Spoken:
    return _word(_ORDER[min(int(_field(state, "advice", "done") or "0"), len(_ORDER) - 1)])


def _advice_text(state: State) -> Spoken:
    steps = _field(state, "advice", "steps").split("\n")
    done = int(_field(state, "advice", "done") or "0")
    return _word(steps[done] if done < len(steps) else "")


def _name(state: State) -> Spoken:
    name = _field(state, "name", "name")
    return Spoken(f"您姓{name}" if name and name == _field(state, "name", "surname") else name)


def _whole_address(state: State) -> Spoken:
    parts = (readback.address(_field(state, "address", part)) for part in ("region", "road", "room"))
    return Spoken(",".join(part for part in parts if part))


def _symptom(state: State) -> Spoken:
    return _word(_field(state, "symptom", "spoken"))


def _told_code(state: State) -> Spoken:
    code = _code(state)
    return Spoken(f"代码{code.text}", ("代码", *code.pieces)) if code.text else code


def _told_product(state: State) -> Spoken:
    return _word(_field(state, "product", "spoken"))


def _told_visit(state: State) -> Spoken:
    return _window(state) if state.slot("visit") else Spoken()


def _told_number(state: State) -> Spoken:
    return _number(state) if _field(state, "contact", "number") else Spoken()


_TOLD: Mapping[str, Callable[[State], Spoken]] = MappingProxyType(
    {
        "name": _name, "address": _whole_address, "product": _told_product, "fault_code": _told_code,
        "symptom": _symptom, "visit": _told_visit, "contact": _told_number,
    }
)  # fmt: skip


def _filled(state: State) -> Spoken:
    """Return what one sentence told, in the order of a read-back; after a correction only what was corrected."""
    names = [name for name in READ_BACK if not state.question.focus or name in state.question.focus]
    told = [spoken for name in names if (spoken := _TOLD[name](state)).text]
    pieces = tuple(piece for spoken in told for piece in spoken.pieces) if all(item.pieces for item in told) else ()
    return Spoken(",".join(spoken.text for spoken in told), pieces)


def _lifted(read: service_words.Read) -> Callable[[State], Spoken]:
    def lifted(state: State) -> Spoken:
        pieces = read(state)
        return Spoken(dates.joined(pieces), pieces)

    return lifted


def _callback_after(state: State) -> Spoken:
    words = service_days.moment(callback_times.after(state))
    return Spoken(dates.joined(words), words)


def _matter(state: State) -> Spoken:
    return _word(_ABOUT.get(state.follow_up.kind, "") if state.follow_up else "")


def _vcode(state: State) -> Spoken:
    code = "".join(readback.spell(state.follow_up.code)) if state.follow_up else ""
    return _digits(f"{code[:3]}、{code[3:]}" if code else "")


VARIABLES: Mapping[str, Callable[[State], Spoken]] = MappingProxyType(
    {
        "code": _code,
        "meaning_zh": lambda state: _word(_field(state, "fault_code", "meaning_zh")),
        "c1": _candidate(0),
        "c2": _candidate(1),
        "c3": _candidate(2),
        "name": _region_name,
        "r1": _region_candidate(0),
        "r2": _region_candidate(1),
        "code_or_symptom": _code_or_symptom,
        "product": _product,
        "card_product": _card_product,
        "region": _address("region"),
        "road": _address("road"),
        "room": _address("room"),
        "card_region": _card("address_region"),
        "road_name": _card("address_road"),
        "number": _number,
        "tail": _tail,
        "caller_tail": _caller_tail,
        "number_tail": _number_tail,
        "gas_phone": lambda state: _digits(readback.phone(_field(state, "gas_phone", "number"))),
        "callback_after": _callback_after,
        "ticket_no": _ticket,
        "window": _window,
        "day": _day,
        "filled": _filled,
        "i": _advice_number,
        "step": _advice_text,
        "matter": _matter,
        "vcode": _vcode,
        "area": _card("notice_area"),
        "event": _card("notice_event"),
        **{name: _lifted(read) for name, read in service_words.TEXTS.items()},
    }
)
WORDS = (
    *service_words.WORDS, *dates.WORDS, *_ORDER, *_ABOUT.values(), _UNKNOWN_PRODUCT, SYMPTOM_CLIP, "代码", "尾号",
    "的电话", "壁挂炉",
)  # fmt: skip
