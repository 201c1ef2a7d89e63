"""The repair's own rules: what is still missing, which self-check fits, what the warranty is asked with. All pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from ivr.flows.program import Program
from ivr.flows.state import Matter, Slot, State

_COLD = ("no_ignition", "no_hot_water", "no_heating")  # who has these has no heating or no hot water
_CONFIRMED = ("voice_confirmed", "dtmf", "crm_confirmed")
_READ_BACK_AT_ONCE = ("fault_code", "address", "name", "visit", "contact")


class Told(StrEnum):
    """Whether a question can be left out."""

    TOLD = "told"
    ASK = "ask"


class ProductState(StrEnum):
    """What is known of the product."""

    TOLD = "told"
    BRAND = "brand"
    KNOWN = "known"
    NEW = "new"


class FaultState(StrEnum):
    """What is known of the code."""

    CONFIRMED = "confirmed"
    SAID = "said"
    NONE = "none"
    ASK = "ask"


class AddressState(StrEnum):
    """What is known of the address."""

    TOLD = "told"
    DONE = "done"
    FILE = "file"
    ASK = "ask"


class ContactState(StrEnum):
    """What is known of the number the engineer rings."""

    TOLD = "told"
    CALLER = "caller"
    NEW = "new"


class VisitState(StrEnum):
    """What is missing of a visit's time."""

    DAY = "day"
    PART = "part"
    EVENING = "evening"
    WHOLE = "whole"


class PurchaseState(StrEnum):
    """How the warranty is found out. file: the day of sale is on file. span: the words leave several days open."""

    FILE = "file"
    TOLD = "told"
    ASK = "ask"


class Mine(StrEnum):
    """Which machine a question about the caller's own is about. file: the only one that is registered."""

    TOLD = "told"
    FILE = "file"
    ASK = "ask"


class Span(StrEnum):
    """Whether a verdict must hold for both ends of what was said."""

    ONE = "one"
    SPAN = "span"


class Verdict(StrEnum):
    """The lines wv_*."""

    DAYS_7 = "days_7"
    DAYS_15 = "days_15"
    IN = "in"
    OUT = "out"
    NO_PROOF = "no_proof"
    UNKNOWN = "unknown"


class Right(StrEnum):
    """What a caller may choose besides a repair."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    NONE = "none"


class Notice(StrEnum):
    """What is said before the main menu."""

    AREA = "area"
    SURGE = "surge"
    NONE = "none"


def field(state: State, slot: str, name: str) -> str:
    """Return a field of a slot, "" when there is none."""
    held = state.slot(slot)
    return held.value.get(name, "") if held else ""


def _has(state: State, name: str) -> bool:
    held = state.slot(name)
    return held is not None and held.status in _CONFIRMED


# ---- what one sentence told ----


def _one_breath(_: Program, state: State) -> Told:
    """A device or a symptom alone is read back in the summary; anything more at once. What was resumed is known."""
    if state.resumed:
        return Told.ASK
    return Told.TOLD if any(state.slot(name) for name in _READ_BACK_AT_ONCE) else Told.ASK


def _product_state(_: Program, state: State) -> ProductState:
    held = state.slot("product")
    if held and held.value.get("brand"):
        return ProductState.BRAND
    if "product" not in state.resumed and _offers_product(state, held):
        return ProductState.KNOWN
    return ProductState.TOLD if held else ProductState.NEW


def _offers_product(state: State, held: Slot | None) -> bool:
    return bool(state.caller.card.get("product_spoken")) and not (held and held.value.get("product_id"))


def _fault_state(_: Program, state: State) -> FaultState:
    if not field(state, "fault_code", "canonical"):
        return FaultState.NONE if "symptom" in state.resumed and state.slot("symptom") else FaultState.ASK
    return FaultState.CONFIRMED if _has(state, "fault_code") else FaultState.SAID


def _symptom_told(_: Program, state: State) -> Told:
    return Told.TOLD if state.slot("symptom") else Told.ASK


def for_another(state: State) -> bool:
    """Tell whether the caller reports for somebody else."""
    return "other_person" in (field(state, "product", "value"), field(state, "product", "on_behalf"))


def _address_state(_: Program, state: State) -> AddressState:
    """Somebody who reports for another, or cannot be read an address to, is asked for it."""
    held, card = state.slot("address"), state.caller.card
    if "address" in state.resumed and _has(state, "address"):
        return AddressState.DONE
    if held and held.source != "crm" and any(held.value.get(part) for part in ("region", "road", "room")):
        return AddressState.TOLD
    on_file = bool(card.get("address_region") and card.get("address_road")) and not for_another(state)
    return AddressState.FILE if on_file else AddressState.ASK


def _contact_state(_: Program, state: State) -> ContactState:
    if _has(state, "contact"):
        return ContactState.TOLD
    return ContactState.CALLER if state.caller.e164 and not for_another(state) else ContactState.NEW


def _visit_state(program: Program, state: State) -> VisitState:
    held = state.slot("visit")
    if held is None:
        return VisitState.DAY
    if held.value.get("date") and not (held.value.get("part") or held.value.get("from") or held.value.get("to")):
        return VisitState.PART
    late = held.value.get("part") == "evening" or held.value.get("from", "") >= program.areas.evening_from
    return VisitState.EVENING if late and not program.areas.evening_visits else VisitState.WHOLE


# ---- warranty ----


def _purchase_state(_: Program, state: State) -> PurchaseState:
    if _bought_on_file(state):
        return PurchaseState.FILE
    return PurchaseState.TOLD if state.slot("purchase") else PurchaseState.ASK


def _mine_product(_: Program, state: State) -> Mine:
    if state.slot("product"):
        return Mine.TOLD
    return Mine.FILE if state.caller.card.get("products") == "1" else Mine.ASK


def _bought_on_file(state: State) -> str:
    registered = field(state, "product", "product_id")
    return state.caller.card.get("bought_on", "") if registered else ""


def warranty_args(state: State, end: str) -> dict[str, str]:
    """Return what the Desk action `warranty` is asked; end: "to" or "from", the end of the days that were said.

    A month is told as a month: crm counts it from its last day (dialogues, purchase_date).
    """
    held = state.slot("purchase")
    told = held.value if held else {}
    precision = told.get("precision", "")
    bought = told.get("date", "")
    if precision == "month":
        bought = bought[:7]
    elif precision != "day":
        bought = told.get(end, "")
    return {
        "product_class": field(state, "product", "value"),
        "bought_on": _bought_on_file(state) or bought,
        "has_proof": field(state, "invoice", "value") or "unknown",
    }


def _purchase_span(_: Program, state: State) -> Span:
    precision = field(state, "purchase", "precision")
    open_days = precision not in ("", "day", "month") and not _bought_on_file(state)
    return Span.SPAN if open_days else Span.ONE


_LINES = MappingProxyType({"7d": Verdict.DAYS_7, "15d": Verdict.DAYS_15, "in": Verdict.IN, "out": Verdict.OUT})


def _verdict(_: Program, state: State) -> Verdict:
    line = field(state, "warranty", "line")
    return Verdict.NO_PROOF if line == "no_proof" else _LINES.get(line, Verdict.UNKNOWN)


def _right(_: Program, state: State) -> Right:
    """Days 1 to 7: return, exchange or repair; 8 to 15: exchange or repair (service document 二.一.(一).1-2)."""
    return {"7d": Right.WEEK, "15d": Right.FORTNIGHT}.get(field(state, "warranty", "line"), Right.NONE)


# ---- who must not wait ----


def _cold(_: Program, state: State) -> Told:
    """Ask about old people, children and sick ones only where heating or hot water is gone."""
    return Told.ASK if field(state, "symptom", "value") in _COLD else Told.TOLD


def is_pressing(matter: Matter) -> bool:
    """Tell whether somebody vulnerable sits in the cold (priority high)."""
    symptom, told = matter.slots.get("symptom"), matter.slots.get("vulnerable")
    cold = symptom is not None and symptom.value.get("value") in _COLD
    return cold and told is not None and told.value.get("value") == "yes"


# ---- the opening ----


def _file(_: Program, state: State) -> Told:
    """`ask`: crm did not answer, so that what is on file must be asked anew."""
    return Told.ASK if state.caller.card.get("away") else Told.TOLD


def _notice(_: Program, state: State) -> Notice:
    card = state.caller.card
    if card.get("notice_area") and card.get("notice_event"):
        return Notice.AREA
    return Notice.SURGE if card.get("surge") else Notice.NONE


BRANCHES: Mapping[str, tuple[type[StrEnum], Callable[[Program, State], StrEnum]]] = MappingProxyType(
    {
        "one_breath": (Told, _one_breath),
        "product_state": (ProductState, _product_state),
        "fault_state": (FaultState, _fault_state),
        "symptom_told": (Told, _symptom_told),
        "address_state": (AddressState, _address_state),
        "contact_state": (ContactState, _contact_state),
        "visit_state": (VisitState, _visit_state),
        "purchase_state": (PurchaseState, _purchase_state),
        "mine_product": (Mine, _mine_product),
        "purchase_span": (Span, _purchase_span),
        "verdict": (Verdict, _verdict),
        "return_right": (Right, _right),
        "cold": (Told, _cold),
        "file": (Told, _file),
        "opening_notice": (Notice, _notice),
    }
)
