"""One reader per kind of slot: compact text to an Interpretation that holds the value, or says what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from divisions.gazetteer import Gazetteer
from speech.contract import Interpretation, SlotKind
from speech.packs import Pack
from speech.slots import address, faultcode, names, phone, products, purchase, visit
from speech.slots.calendar import CHINA, china_day
from speech.slots.numerals import digit_string

# Whether a day is whole does not depend on today; a month of 31 days lets every day be read.
_ANY_TIME = datetime(2030, 1, 1, tzinfo=CHINA)
ADDRESS_KINDS = frozenset({SlotKind.ADDRESS, SlotKind.REGION, SlotKind.ROAD, SlotKind.ROOM})


@dataclass(frozen=True, slots=True)
class Said:
    """One hypothesis. text: compact, without fillers; new: what is left of it behind a correction mark; current: the
    value that was read back; now: the time, None when there is no clock."""

    text: str
    new: str
    kind: SlotKind
    current: Mapping[str, str]
    max_digits: int
    now: datetime | None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the readers look things up in. catalogue: canonical code -> id."""

    pack: Pack
    gazetteer: Gazetteer
    catalogue: Mapping[str, str]


def read_value(said: Said, known: Knowledge) -> Interpretation:
    """Return the value of `said` for its kind; kinds without values are no match."""
    reader = _READERS.get(said.kind)
    return reader(said, known) if reader else Interpretation(text=said.text)


def code_value(code: str, raw: str, pack: Pack) -> dict[str, str]:
    """Return a fault code's fields; only what the pack has a source for besides the code."""
    row = pack.codes.get(code, {})
    extra = {name: row[name] for name in ("meaning_zh", "severity", "self_check_zh", "reset_allowed") if row.get(name)}
    return {"raw": raw, "canonical": code, "catalogue_id": row.get("id", ""), **extra}


def whole_value(kind: SlotKind, text: str, known: Knowledge) -> bool:
    """Tell whether compact `text` is a whole value that nothing said later extends: the turn may end soon.

    E0 is not whole while E03 is in the catalogue, a day not without its part, a number not before its last digit, an
    address not before its door. What is known by its words alone (a menu's meaning, a device) is whole at once.
    """
    match kind:
        case SlotKind.FAULT_CODE:
            codes = faultcode.read_codes(text, known.catalogue)
            return bool(codes) and not faultcode.may_extend(codes[0], known.catalogue)
        case SlotKind.ADDRESS | SlotKind.ROOM:
            return address.whole_room(text)
        case SlotKind.PHONE:
            return phone.read_phone(text).digits != "" and not phone.read_phone(text).meaning
        case SlotKind.VISIT_TIME:
            heard = visit.read_visit(text, _ANY_TIME)
            return any(value["part"] or value["value"] != "date" for value in heard.values)
        case SlotKind.PURCHASE_DATE:
            past = purchase.read_past(text, china_day(_ANY_TIME))
            return past.meaning != "" or any(value["precision"] != "year" for value in past.values)
        case SlotKind.REGION | SlotKind.ROAD | SlotKind.STATEMENT | SlotKind.DIGITS:
            return False
        case _:
            return True


def _code(said: Said, known: Knowledge) -> Interpretation:
    heard = faultcode.read_code(said.new, said.text, known.catalogue, said.current)
    if heard.meaning:
        letter = ({"letter": heard.letter},) if heard.letter else ()
        return Interpretation(text=said.text, status="match", meaning=heard.meaning, candidates=letter)
    return _of_values(said, tuple(code_value(code, said.new, known.pack) for code in heard.codes), keep=True)


def _of_values(said: Said, values: tuple[dict[str, str], ...], *, keep: bool = False) -> Interpretation:
    if not values:
        return Interpretation(text=said.text)
    one = len(values) == 1
    candidates = values if keep or not one else ()
    return Interpretation(said.text, "match" if one else "ambiguous", "", values[0], candidates)


def _address(said: Said, known: Knowledge) -> Interpretation:
    choices: list[dict[str, str]] = []
    text = address.as_said(said.new)
    if said.new != said.text and "不是" not in said.text:  # "不是五栋,十五栋"
        text = address.denied(text, said.current)
    if said.kind is SlotKind.ROOM:
        fields = address.compose(address.parse_room(text))
    elif said.kind is SlotKind.ROAD:
        fields = address.compose(address.parse_local(text))
    else:
        fields, choices = address.parse_address(text, known.gazetteer)
        if not said.current:  # whoever corrects a value, or is asked for the door alone, is taken at the word
            fields = address.one_two_less(fields)
    wanted = {SlotKind.REGION: ("region",), SlotKind.ROAD: ("road",), SlotKind.ROOM: ("room",)}
    if choices:
        values = tuple({**fields, **choice} for choice in choices)
        return Interpretation(text=said.text, status="ambiguous", value=fields, candidates=values)
    if not any(name in fields for name in wanted.get(said.kind, ("region", "road", "room"))):
        return Interpretation(text=said.text)
    value = {**fields, "raw": address.written(text)}
    return Interpretation(text=said.text, status="match", value=value)


def _digits(said: Said, _: Knowledge) -> Interpretation:
    digits = digit_string(said.text)
    if digits and len(digits) >= 2:
        return Interpretation(text=said.text, status="match", value={"digits": digits[: said.max_digits]})
    return Interpretation(text=said.text)


def _phone(said: Said, _: Knowledge) -> Interpretation:
    held = said.current.get("number", "").removeprefix("+86")
    current = said.current.get("digits", "") or (f"0{held}" if held and not phone.is_number(held) else held)
    heard = phone.read_phone(said.text, current, said.current.get("begun", ""))
    if heard.status == "no_match" and said.new != said.text:
        again = phone.read_phone(said.new, current)
        heard = again if again.meaning != "own" else heard  # of "不是这个号" that is what is denied
    if heard.meaning or not heard.digits:
        part = ({"digits": heard.digits},) if heard.digits else ()
        return Interpretation(said.text, heard.status, heard.meaning, candidates=part)
    value = {"digits": heard.digits, "number": phone.e164(heard.digits), "raw": said.text}
    return Interpretation(text=said.text, status="match", value=value)


def _visit(said: Said, _: Knowledge) -> Interpretation:
    heard = visit.read_visit(said.new, said.now, said.current.get("date", ""))
    if heard.meaning or not heard.values:
        return Interpretation(said.text, heard.status, heard.meaning)
    return _of_values(said, heard.values)


def _purchase(said: Said, _: Knowledge) -> Interpretation:
    heard = purchase.read_past(said.new, china_day(said.now) if said.now else None)
    if heard.meaning or not heard.values:
        return Interpretation(said.text, heard.status, heard.meaning)
    return _of_values(said, heard.values)


def _product(said: Said, _: Knowledge) -> Interpretation:
    value = products.read_product(said.new)
    if products.another_brand(said.new):
        return Interpretation(said.text, "match", "other_brand", value)
    return _of_values(said, (value,) if value else ())


def _name(said: Said, _: Knowledge) -> Interpretation:
    value = names.read_name(said.new)
    return _of_values(said, (value,) if value else ())


def _statement(said: Said, _: Knowledge) -> Interpretation:
    if not said.text:
        return Interpretation()
    return Interpretation(text=said.text, status="match", value={"text": said.text})


_READERS: Mapping[SlotKind, Callable[[Said, Knowledge], Interpretation]] = MappingProxyType(
    {
        SlotKind.FAULT_CODE: _code,
        **dict.fromkeys(ADDRESS_KINDS, _address),
        SlotKind.DIGITS: _digits,
        SlotKind.PHONE: _phone,
        SlotKind.VISIT_TIME: _visit,
        SlotKind.PURCHASE_DATE: _purchase,
        SlotKind.PRODUCT: _product,
        SlotKind.NAME: _name,
        SlotKind.STATEMENT: _statement,
    }
)
