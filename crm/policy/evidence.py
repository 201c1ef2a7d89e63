"""What is known of a machine's warranty, from three sources, made into the one question that is judged; pure.

The product card is what the company has on file and goes before what somebody saw for this ticket, and that before
what the caller said. A paper that one of them holds is there; the answer names where each came from.
"""

from dataclasses import dataclass
from datetime import date

from crm.policy.warranty_terms import Cause, Known, Precision, ProductClass, Question

_CARD, _SEEN = "产品卡登记", "核对时看过"


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller said. proof: of a card or a receipt, whichever."""

    product_class: ProductClass = ProductClass.UNKNOWN
    bought_on: date | None = None
    precision: Precision = Precision.UNKNOWN
    proof: Known = Known.UNKNOWN


@dataclass(frozen=True, slots=True)
class Filed:
    """What the product card holds. repairs: finished ones of other tickets before this one."""

    product_class: ProductClass = ProductClass.UNKNOWN
    invoice_on: date | None = None
    invoice: bool = False
    bought_on: date | None = None
    card: Known = Known.UNKNOWN
    repairs: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found when somebody checked papers and machine for this ticket."""

    invoice_on: date | None = None
    voucher_on: date | None = None
    receipt: Known = Known.UNKNOWN
    card: Known = Known.UNKNOWN
    serial_matches: Known = Known.UNKNOWN
    cause: Cause = Cause.UNKNOWN
    repairs: int = 0


def question_of(day: date, told: Told, filed: Filed, seen: Seen) -> Question:
    """Return what to judge for the day a matter was reported."""
    receipt = Known.YES if filed.invoice else seen.receipt
    card = Known.YES if Known.YES in (filed.card, seen.card) else _first(seen.card, filed.card)
    spoken_no = Known.NO if told.proof is Known.NO else Known.UNKNOWN
    return Question(
        product_class=told.product_class if filed.product_class is ProductClass.UNKNOWN else filed.product_class,
        day=day,
        invoice_on=filed.invoice_on or seen.invoice_on,
        voucher_on=seen.voucher_on,
        told_on=filed.bought_on or told.bought_on,
        precision=Precision.DAY if filed.bought_on else told.precision,
        card=_first(card, spoken_no),
        receipt=_first(receipt, told.proof),
        serial_matches=seen.serial_matches,
        cause=seen.cause,
        repairs=max(filed.repairs, seen.repairs),
        date_by=_date_by(filed, seen),
        proof_by=_proof_by(filed, seen),
        repairs_by=_CARD if filed.repairs > seen.repairs else "",
    )


def _first(*found: Known) -> Known:
    return next((item for item in found if item is not Known.UNKNOWN), Known.UNKNOWN)


def _date_by(filed: Filed, seen: Seen) -> str:
    """Return where the date comes from; two dates that differ are told, for one of them is wrong."""
    if filed.invoice_on:
        other = seen.invoice_on if seen.invoice_on not in (None, filed.invoice_on) else None
        return _CARD + (f"；核对时看到的是 {other}，不一致，请改正" if other else "")
    if seen.invoice_on or seen.voucher_on:
        return _SEEN
    return _CARD if filed.bought_on else ""


def _proof_by(filed: Filed, seen: Seen) -> str:
    """Return which papers there are and where each is known from, "" for none that anybody but the caller knows of."""
    papers = (("发票", filed.invoice, seen.receipt), ("保修卡", filed.card is Known.YES, seen.card))
    held = [
        f"{name}（{_CARD if on_file else _SEEN}）" for name, on_file, found in papers if on_file or found is Known.YES
    ]
    return "、".join(held)
