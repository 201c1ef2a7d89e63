"""One sentence that fills several slots: what of it is new, and the slots it becomes. Pure."""

from collections.abc import Mapping

from ivr.flows.state import Slot, State
from speech.contract import Captured

# In the order in which they are read back. `since` only goes along: nobody asks for it.
READ_BACK = ("name", "address", "product", "fault_code", "symptom", "visit", "contact")
KEPT = (*READ_BACK, "purchase", "since")
_SAME_BY: Mapping[str, tuple[str, ...]] = {
    "product": ("value",), "fault_code": ("canonical",), "symptom": ("value",), "name": ("name",),
    "visit": ("value", "date", "part", "from", "to"), "contact": ("number",), "purchase": ("date",),
}  # fmt: skip
_LEFT_OUT = ("raw", "adcode")
_TIMES = ("part", "from", "to")


def taken(captured: Mapping[str, Captured]) -> dict[str, Mapping[str, str]]:
    """Return slot -> value of what was said clearly and can be kept; a device nobody could name is nothing said.

    Another maker's name is kept although it is not sure: the caller is asked about it.
    """
    clear = {
        name: item.value
        for name, item in captured.items()
        if name in KEPT and item.value and (item.sure or item.value.get("brand"))
    }
    if clear.get("product", {}).get("value") == "unknown" and not clear["product"].get("brand"):
        del clear["product"]
    if "contact" in clear and not clear["contact"].get("number"):
        del clear["contact"]
    return clear


def said_anew(state: State, captured: Mapping[str, Captured]) -> dict[str, Mapping[str, str]]:
    """Return of what was said only what differs from the values held: a repetition corrects nothing."""
    values = {name: same_time(state, value) if name == "visit" else value for name, value in taken(captured).items()}
    return {name: value for name, value in values.items() if not _is_held(state, name, value)}


def same_time(state: State, said: Mapping[str, str]) -> Mapping[str, str]:
    """Return a visit said anew with what it leaves as it was: the day when only a part of it is said, and its time."""
    held = state.slot("visit")
    before = held.value if held else {}
    timed = any(said.get(name) for name in _TIMES)
    if timed and said.get("value") == "any" and before.get("date"):
        return {**before, **{name: said.get(name, "") for name in (*_TIMES, "raw")}}
    if timed or not said.get("date"):
        return said
    return {**said, **{name: before[name] for name in _TIMES if before.get(name)}}


def _is_held(state: State, name: str, value: Mapping[str, str]) -> bool:
    held = state.slot(name)
    if held is None:
        return False
    fields = _SAME_BY.get(name) or tuple(field for field in value if field not in _LEFT_OUT)
    return all(value.get(field, "") == held.value.get(field, "") for field in fields if value.get(field))


def as_slots(values: Mapping[str, Mapping[str, str]], clip: str) -> dict[str, Slot]:
    """Return slots that wait for their read-back."""
    return {name: Slot(dict(value), "unverified", "speech", clip=clip) for name, value in values.items()}
