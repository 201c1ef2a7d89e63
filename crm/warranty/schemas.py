"""Wire forms of the warranty: what is asked, and the verdict."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from crm.policy.warranty_terms import FEES, LINES, RIGHTS, Cause, Known, Precision, ProductClass, Question, Verdict
from crm.wire import Change, Shape, example, sane_day

STANDINGS = {"yes": "可以", "maybe": "待核实", "no": "不可以"}


Day = Annotated[date, AfterValidator(sane_day)]


class WarrantyQuestion(Change):
    """What is known of a machine; day null = today. The invoice comes before the voucher, both before what is told."""

    model_config = example(product_class="boiler", invoice_on="2025-12-01", receipt="yes", serial_matches="yes")

    product_class: ProductClass
    invoice_on: Day | None = None
    voucher_on: Day | None = None
    told_on: Day | None = None
    precision: Precision = Precision.DAY
    card: Known = Known.UNKNOWN
    receipt: Known = Known.UNKNOWN
    serial_matches: Known = Known.UNKNOWN
    cause: Cause = Cause.UNKNOWN
    repairs: int = Field(default=0, ge=0, le=999)
    day: Day | None = None

    def question(self, today: date) -> Question:
        """Return it as the policy asks."""
        given = self.model_dump(exclude={"day"})
        return Question(day=self.day or today, **given)


class RightForm(Shape):
    """A right: refund | exchange | free_repair | paid_visit."""

    right: str
    name: str
    standing: str
    standing_name: str
    until: date | None


class FeeForm(Shape):
    """A kind of fee a visit would cost; amounts are the engineer's to tell."""

    fee: str
    name: str


class ReasonForm(Shape):
    """Why, with the sentence of the document and where it stands."""

    code: str
    text: str
    place: str
    sentence: str


class WarrantyForm(Shape):
    """The verdict. spoken: the wv_ line of the phone; until: last day, included."""

    line: str
    line_name: str
    spoken: str
    counted_from: date | None
    until: date | None
    rights: list[RightForm]
    fees: list[FeeForm]
    reasons: list[ReasonForm]
    rules_from: date


def warranty_form(verdict: Verdict) -> WarrantyForm:
    """Return a verdict's wire form."""
    return WarrantyForm(
        line=verdict.line,
        line_name=LINES[verdict.line],
        spoken=verdict.spoken,
        counted_from=verdict.counted_from,
        until=verdict.until,
        rights=[
            RightForm(
                right=item.right,
                name=RIGHTS[item.right],
                standing=item.standing,
                standing_name=STANDINGS[item.standing],
                until=item.until,
            )
            for item in verdict.rights
        ],
        fees=[FeeForm(fee=item, name=FEES.get(item, item)) for item in verdict.fees],
        reasons=[
            ReasonForm(code=item.code, text=item.text, place=item.place, sentence=item.sentence)
            for item in verdict.reasons
        ],
        rules_from=verdict.rules_from,
    )
