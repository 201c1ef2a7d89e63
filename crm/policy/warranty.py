"""Warranty (三包): what a customer may ask for, until when, why, with the document's sentence behind each; pure.

One function answers the phone, the page and the API. Counting (design 7): the sale day is not counted, the last day is
included; days are days, years are calendar years (29 February → 28 February); from the invoice, else the sale voucher,
else what the customer says; of a month only its last day is taken, and the verdict says so.
"""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from crm.policy.warranty_rules import Sentence, WarrantyRules, rules_on
from crm.policy.warranty_terms import (
    Cause,
    Known,
    Line,
    Precision,
    ProductClass,
    Question,
    Reason,
    Right,
    Standing,
    Verdict,
)


def last_day_after_days(sold_on: date, days: int) -> date:
    """Return the last day, included, of a period of days; the sale day is not counted. At most the calendar's last."""
    return sold_on + timedelta(days=min(days, (date.max - sold_on).days))


def last_day_after_years(sold_on: date, years: int) -> date:
    """Return the last day, included, of a period of calendar years; 29 February → 28 February. At most the last day."""
    year = sold_on.year + years
    if year > date.max.year:
        return date.max
    return sold_on.replace(year=year, day=min(sold_on.day, calendar.monthrange(year, sold_on.month)[1]))


def judge(question: Question, sets: Sequence[WarrantyRules]) -> Verdict:
    """Return the verdict; never raises for a Question that can be built."""
    sold_on, reasons_of_date = _sale_day(question)
    rules = rules_on(sets, sold_on or question.day)
    return _Judgement(question, rules, sold_on, reasons_of_date).verdict()


def _sale_day(question: Question) -> tuple[date | None, list[tuple[str, str, str]]]:
    """Return the day the periods count from, and the reasons (code, text, sentence) for taking it."""
    if question.invoice_on is not None:
        sold_on, why = question.invoice_on, ("from_invoice", "按发票日期 {day} 起算", "start")
    elif question.voucher_on is not None:
        sold_on, why = question.voucher_on, ("from_voucher", "没有发票，按售货凭证日期 {day} 起算", "start")
    elif question.told_on is None or question.precision is Precision.UNKNOWN:
        return None, [("no_date", "购买日期说不清，以发票或售货凭证的日期为准", "start")]
    elif question.precision is Precision.MONTH:
        last = calendar.monthrange(question.told_on.year, question.told_on.month)[1]
        sold_on = question.told_on.replace(day=last)
        this_month = (question.told_on.year, question.told_on.month) == (question.day.year, question.day.month)
        sold_on = min(sold_on, question.day) if this_month else sold_on
        why = ("from_month", "只知道年月，按 {day} 起算（取月末），以凭证为准", "start")
    else:
        told_by = "购买日期" if question.date_by else "客户说的"
        sold_on, why = question.told_on, ("from_told", f"按{told_by} {{day}} 起算，以凭证为准", "start")
    if sold_on > question.day:
        return None, [("future_date", f"日期 {sold_on} 在今天之后，请核对凭证", "start")]
    return sold_on, [(why[0], why[1].format(day=sold_on) + _by(question.date_by), why[2])]


def _by(source: str) -> str:
    return f"（{source}）" if source else ""


class _Judgement:
    """One question under one set of rules, step by step."""

    def __init__(
        self, question: Question, rules: WarrantyRules, sold_on: date | None, date_reasons: list[tuple[str, str, str]]
    ) -> None:
        self._asked = question
        self._rules = rules
        self._sold_on = sold_on
        self._reasons = [self._reason(*item) for item in date_reasons]

    def verdict(self) -> Verdict:
        """Weigh evidence, cause and dates."""
        if self._asked.proof_by:
            self._add("papers", f"凭证：{self._asked.proof_by}", "no_proof")
        barred, line_of_bar = self._bars()
        proof = self._proof()
        line, until = self._by_date()
        rights = self._rights(barred=barred, proof=proof)
        free = next(item.standing for item in rights if item.right == "free_repair")
        if line_of_bar is not None:
            line, until = line_of_bar, None
        elif proof is Known.UNKNOWN and line is not Line.OUT:
            line = Line.UNKNOWN
        self._explain(line, free)
        return Verdict(
            line=line,
            spoken=self._spoken(line, proof),
            counted_from=self._sold_on,
            until=until,
            rights=rights,
            fees=() if free is Standing.YES else self._rules.fees,
            reasons=tuple(self._reasons),
            rules_from=self._rules.valid_from,
        )

    def _reason(self, code: str, text: str, sentence: str) -> Reason:
        behind: Sentence = self._rules.sentences[sentence]
        return Reason(code, text, behind.place, behind.text)

    def _add(self, code: str, text: str, sentence: str) -> None:
        self._reasons.append(self._reason(code, text, sentence))

    def _proof(self) -> Known:
        """Return whether there is a card or a receipt; one of them is enough (dialogues, assumption 4)."""
        held = (self._asked.card, self._asked.receipt)
        if Known.YES in held:
            return Known.YES
        return Known.NO if held == (Known.NO, Known.NO) else Known.UNKNOWN

    def _bars(self) -> tuple[bool, Line | None]:
        """Return whether the guarantees are excluded whatever the date, and the line that says so."""
        found: list[Line] = []
        if self._proof() is Known.NO:
            self._add("no_proof", "没有保修卡，也没有发票或售货凭证，不实行三包", "no_proof")
            found.append(Line.NO_PROOF)
        if self._asked.serial_matches is Known.NO:
            self._add("mismatch", "机器与发票、售货凭证或保修卡不符，不实行三包", "mismatch")
            found.append(Line.EXCLUDED)
        cause = {
            Cause.MISUSE: ("misuse", "不当操作引发的故障，不属于保修", "misuse"),
            Cause.DAMAGE: ("man_made", "人为损坏，不实行三包", "man_made"),
            Cause.DISMANTLED: ("man_made", "自行拆卸过，不实行三包", "man_made"),
            Cause.FORCE_MAJEURE: ("force_majeure", "自然灾害等外力造成的故障，不属于保修", "force_majeure"),
        }.get(self._asked.cause)
        if cause is not None:
            self._add(*cause)
            found.append(Line.EXCLUDED)
        return bool(found), found[0] if found else None

    def _repair_ends(self, sold_on: date) -> tuple[date, date]:
        """Return the earliest and the latest end of the free repair; they differ when the product is unknown."""
        years = self._rules.repair_years
        wanted = list(years.values())
        if self._asked.product_class is not ProductClass.UNKNOWN:
            wanted = [years[self._asked.product_class.value]]
        ends = [last_day_after_years(sold_on, each) for each in wanted]
        return min(ends), max(ends)

    def _by_date(self) -> tuple[Line, date | None]:
        """Return the line that the dates alone give, and its last day."""
        if self._sold_on is None:
            return Line.UNKNOWN, None
        day, earliest, latest = self._asked.day, *self._repair_ends(self._sold_on)
        steps = (
            (Line.DAYS_7, last_day_after_days(self._sold_on, self._rules.refund_days)),
            (Line.DAYS_15, last_day_after_days(self._sold_on, self._rules.exchange_days)),
            (Line.IN, earliest),
            (Line.UNKNOWN, latest),
        )
        return next(((line, end) for line, end in steps if day <= end), (Line.OUT, latest))

    def _rights(self, *, barred: bool, proof: Known) -> tuple[Right, ...]:
        ends: dict[str, tuple[date | None, date | None]] = dict.fromkeys(
            ("refund", "exchange", "free_repair"), (None, None)
        )
        if self._sold_on is not None:
            refund = last_day_after_days(self._sold_on, self._rules.refund_days)
            exchange = last_day_after_days(self._sold_on, self._rules.exchange_days)
            ends = {
                "refund": (refund, refund),
                "exchange": (exchange, exchange),
                "free_repair": self._repair_ends(self._sold_on),
            }
        rights = [
            Right(name, self._stands(earliest, latest, barred=barred, proof=proof), None if barred else latest)
            for name, (earliest, latest) in ends.items()
        ]
        return (*rights, Right("paid_visit", Standing.YES, None))

    def _stands(self, earliest: date | None, latest: date | None, *, barred: bool, proof: Known) -> Standing:
        if barred or (latest is not None and self._asked.day > latest):
            return Standing.NO
        if proof is not Known.YES or earliest is None or self._asked.day > earliest:
            return Standing.MAYBE
        return Standing.YES

    def _explain(self, line: Line, free: Standing) -> None:
        """Add what the line rests on, the conditions left open, and what a paid visit costs."""
        if line is Line.DAYS_7:
            self._add("refund", "在七日内，发生性能故障可以选择退货、换货或修理", "refund")
        elif line is Line.DAYS_15:
            self._add("exchange", "在十五日内，发生性能故障可以选择换货或修理", "exchange")
        elif line is Line.IN:
            self._add("repair", "在保修期内，非人为的故障免费维修", "repair")
        elif line is Line.OUT:
            self._add("over", "超过三包期限", "over")
        elif line is Line.UNKNOWN:
            self._open_questions()
        if free is not Standing.NO:
            self._conditions()
        if free is not Standing.YES:
            self._add("fees", "收费时只收材料成本费和上门人工费，修前先说清", "fees_promised")
            self._add("lifetime", "保修期外继续提供终身上门维修", "lifetime")
        if self._asked.repairs >= self._rules.review_after_repairs and free is not Standing.NO:
            times = f"{self._asked.repairs} 次{_by(self._asked.repairs_by)}"
            text = f"已修过 {times}；修几次可换，文件没有写，请班长决定"
            self._add("review", text, "setting")

    def _open_questions(self) -> None:
        if self._proof() is Known.UNKNOWN:
            self._add("proof_unknown", "凭证有没有还不清楚：有保修卡或售货凭证之一才实行三包", "no_proof")
        if self._sold_on is not None and self._asked.product_class is ProductClass.UNKNOWN:
            self._add("class_unknown", "不知道是不是壁挂炉：壁挂炉保修两年，其他设备一年", "fees_promised")

    def _conditions(self) -> None:
        if self._asked.cause is Cause.UNKNOWN:
            self._add("if_not_man_made", "以检查为准：人为、自行拆卸、不当操作、自然灾害的不保", "free")
        if self._asked.serial_matches is Known.UNKNOWN:
            self._add("if_serial_matches", "以核对为准：机器要与凭证、保修卡相符", "mismatch")

    def _spoken(self, line: Line, proof: Known) -> Line:
        """Return what the phone says: no exclusion is pronounced on the phone, and unclear proof stays unclear."""
        if line is Line.EXCLUDED or (proof is Known.UNKNOWN and line is Line.OUT):
            return Line.UNKNOWN
        return line
