"""What of a machine's papers counts: the card on file before what was seen, that before what was said."""

from datetime import date

import pytest

from crm.policy.evidence import Filed, Seen, Told, question_of
from crm.policy.warranty import judge
from crm.policy.warranty_terms import Cause, Known, Line, Precision, ProductClass, Verdict
from tests.unit.crm.policy.defaults import warranty_rules

DAY = date(2026, 11, 22)
SOLD = date(2025, 12, 1)
SAID = Told(ProductClass.OTHER, date(2020, 1, 1), Precision.DAY, Known.NO)


def verdict(told: Told = SAID, filed: Filed | None = None, seen: Seen | None = None) -> Verdict:
    return judge(question_of(DAY, told, filed or Filed(), seen or Seen()), warranty_rules())


def texts(found: Verdict) -> list[str]:
    return [reason.text for reason in found.reasons]


def test_without_card_and_check_the_callers_words_count() -> None:
    assert verdict().line is Line.NO_PROOF
    said = Told(ProductClass.BOILER, SOLD, Precision.DAY, Known.YES)
    assert texts(verdict(said))[0] == "按客户说的 2025-12-01 起算，以凭证为准"
    assert verdict(said).line is Line.IN


def test_the_invoice_on_the_card_goes_before_what_was_said() -> None:
    filed = Filed(ProductClass.BOILER, invoice_on=SOLD, invoice=True, card=Known.YES)
    found = verdict(filed=filed)
    assert (found.line, found.until) == (Line.IN, date(2027, 12, 1))
    assert texts(found)[:2] == [
        "按发票日期 2025-12-01 起算（产品卡登记）",
        "凭证：发票（产品卡登记）、保修卡（产品卡登记）",
    ]
    assert found.reasons[1].sentence == "无“保修卡”或售货凭证;"


def test_an_invoice_seen_that_differs_from_the_card_is_told() -> None:
    filed = Filed(ProductClass.BOILER, invoice_on=SOLD, invoice=True)
    found = verdict(filed=filed, seen=Seen(invoice_on=date(2025, 1, 1), receipt=Known.YES))
    assert texts(found)[0] == "按发票日期 2025-12-01 起算（产品卡登记；核对时看到的是 2025-01-01，不一致，请改正）"
    same = verdict(filed=filed, seen=Seen(invoice_on=SOLD))
    assert texts(same)[0] == "按发票日期 2025-12-01 起算（产品卡登记）"


def test_what_was_seen_counts_where_the_card_is_silent() -> None:
    found = verdict(seen=Seen(invoice_on=SOLD, receipt=Known.YES, card=Known.YES))
    assert texts(found)[:2] == [
        "按发票日期 2025-12-01 起算（核对时看过）",
        "凭证：发票（核对时看过）、保修卡（核对时看过）",
    ]
    voucher = verdict(seen=Seen(voucher_on=SOLD, receipt=Known.YES))
    assert texts(voucher)[0] == "没有发票，按售货凭证日期 2025-12-01 起算（核对时看过）"


def test_a_day_of_sale_on_the_card_is_no_invoice_and_goes_before_what_was_said() -> None:
    found = verdict(filed=Filed(ProductClass.BOILER, bought_on=SOLD, card=Known.YES))
    assert texts(found)[0] == "按购买日期 2025-12-01 起算，以凭证为准（产品卡登记）"
    assert found.line is Line.IN


@pytest.mark.parametrize(
    ("filed", "seen", "card"),
    [
        (Known.YES, Known.NO, Known.YES),
        (Known.NO, Known.YES, Known.YES),
        (Known.NO, Known.UNKNOWN, Known.NO),
        (Known.UNKNOWN, Known.NO, Known.NO),
        (Known.UNKNOWN, Known.UNKNOWN, Known.NO),  # the caller said that there is nothing
    ],
)
def test_a_warranty_card_that_one_of_both_has_is_there(filed: Known, seen: Known, card: Known) -> None:
    assert question_of(DAY, SAID, Filed(card=filed), Seen(card=seen)).card is card


def test_the_larger_count_of_repairs_holds_and_says_whose_it_is() -> None:
    papers = Seen(invoice_on=SOLD, receipt=Known.YES, serial_matches=Known.YES, cause=Cause.QUALITY, repairs=1)
    found = verdict(filed=Filed(ProductClass.BOILER, repairs=2), seen=papers)
    assert "已修过 2 次（产品卡登记）；修几次可换，文件没有写，请班长决定" in texts(found)
    asked = question_of(DAY, SAID, Filed(repairs=1), Seen(repairs=3))
    assert (asked.repairs, asked.repairs_by) == (3, "")
