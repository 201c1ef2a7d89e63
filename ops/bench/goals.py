"""What simulated callers want to get across: a code, an address, a number, and their ways of saying it."""

import random
from collections.abc import Callable, Mapping

from ops.bench.talk import Goal
from speech.evaluation.cases import Case, Cases, part_right, sounds_right

_PARTS = ("region", "road", "room")


def code_goal(cases: Cases, chance: random.Random) -> Goal:
    """Say a code, spell it when it was not understood, then by keys."""
    code = cases.code(chance)
    letter, rest = (code[0], code[1:]) if code[0].isalpha() else ("", code)
    key = {"E": "1", "F": "2", "A": "3", "": "5"}.get(letter, "4")
    plain = rest.isdigit()

    def correct(value: Mapping[str, str]) -> str:
        wrong = value.get("canonical", "")
        return f"不是 {cases.read_code(wrong, chance)} 是 {cases.read_code(code, chance)}"

    def say() -> str:
        return cases.read_code(code, chance)

    return Goal(
        "fault_code",
        code,
        {"fault_code": say, "fault_code_spell": lambda: cases.spell_code(code, chance)},
        {
            "fault_code": lambda: "1",
            "fault_code_spell": lambda: "1",
            "fault_code_key_letter": lambda: key if plain else "4",
            "fault_code_key_digits": lambda: rest,
        },
        "fault_code_confirm",
        lambda value: value.get("canonical") == code,
        correct,
    )


def address_goal(cases: Cases, chance: random.Random) -> Goal:
    """Say the whole address, then the parts that are asked for."""
    case = cases.address(chance)
    region, road, room = _said_parts(case)
    said = dict(zip(_PARTS, (region, road, room), strict=True))

    def wrong_part(value: Mapping[str, str]) -> str:
        return next((part for part in _PARTS if not part_right(case, value, part)), "room")

    say: dict[str, Callable[[], str]] = {f"address_{part}": lambda part=part: said[part] for part in _PARTS}  # type: ignore[misc]  # each has its own part
    fix = {"region": "城区", "road": "路名", "room": "房号"}
    last: dict[str, str] = {"part": "room"}

    def correct(value: Mapping[str, str]) -> str:
        last["part"] = wrong_part(value)
        return f"不对 {said[last['part']]}" if last["part"] != "room" else f"房号错了 是 {room}"

    return Goal(
        "address",
        " ".join(case.truth.values()),
        {"address_full": lambda: case.said, **say, "address_fix": lambda: fix[last["part"]]},
        {"address_fix": lambda: {"region": "1", "road": "2", "room": "3"}[last["part"]]},
        "address_confirm",
        lambda value: sounds_right(case, value),
        correct,
    )


def _said_parts(case: Case) -> tuple[str, str, str]:
    """Return the words of the three parts of an address case: it ends with building, unit and room."""
    words = case.said.split()
    road_at = next(index for index, word in enumerate(words) if f"{word}" and case.truth["road"].startswith(word))
    room_at = next(index for index, word in enumerate(words) if word.endswith("栋"))
    return " ".join(words[:road_at]), " ".join(words[road_at:room_at]), " ".join(words[room_at:])


def phone_goal(cases: Cases, chance: random.Random) -> Goal:
    """Say a number twice, then by keys."""
    case = cases.phone(chance)
    number = case.truth["digits"]

    def correct(value: Mapping[str, str]) -> str:
        del value
        return f"不对 {case.said}"

    return Goal(
        "contact",
        number,
        {"contact_number": lambda: case.said},
        {"contact_number": lambda: number},
        "contact_confirm",
        lambda value: value.get("number", "").removeprefix("+86").removeprefix("0") == number.removeprefix("0"),
        correct,
    )


GOALS: Mapping[str, Callable[[Cases, random.Random], Goal]] = {
    "fault_code": code_goal,
    "address": address_goal,
    "phone": phone_goal,
}
