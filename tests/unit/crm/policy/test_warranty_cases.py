"""The worked table a clerk reads is the test of the warranty; its copy in docs must be fresh."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crm.policy.warranty import judge
from crm.policy.warranty_terms import Cause, Known, Line, Precision, ProductClass, Question, Standing
from tests.unit.crm.policy.defaults import warranty_rules

TABLE = Path(__file__).with_name("warranty_cases.md")
DOCS = Path(__file__).resolve().parents[4] / "docs" / "warranty-cases.md"
LINES = {"七日内": "7d", "十五日内": "15d", "保内": "in", "过保": "out", "无凭证": "no_proof", "不保": "excluded",
         "不清": "unknown"}  # fmt: skip
CLASSES = {"壁挂炉": "boiler", "其他": "other", "不知": "unknown"}
KNOWN = {"有": "yes", "是": "yes", "无": "no", "否": "no", "不清": "unknown"}
CAUSES = {"未判定": "unknown", "性能故障": "quality", "不当操作": "misuse", "人为损坏": "damage",
          "自行拆卸": "dismantled", "自然灾害": "force_majeure"}  # fmt: skip
STANDINGS = {"是": "yes", "否": "no", "待定": "maybe"}
STARTS = {"发票": "invoice_on", "凭证": "voucher_on", "口述": "told_on"}


def rows() -> list[dict[str, str]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    head, _, *body = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(head, cells, strict=True)) for cells in body]


def question(row: dict[str, str]) -> Question:
    told = row["日期"]
    month = len(told) == len("2026-01")
    bought = None if told == "—" else date.fromisoformat(f"{told}-15" if month else told)
    proof = Known(KNOWN[row["凭证"]])
    dated: dict[str, Any] = {STARTS[row["起算"]]: bought}
    return Question(
        product_class=ProductClass(CLASSES[row["产品"]]),
        day=date.fromisoformat(row["今天"]),
        **dated,
        precision=Precision.MONTH if month else Precision.DAY,
        card=Known.NO if proof is Known.NO else Known.UNKNOWN,
        receipt=proof,
        serial_matches=Known(KNOWN[row["相符"]]),
        cause=Cause(CAUSES[row["原因"]]),
        repairs=int(row["已修"]),
    )


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["说明"])
def test_the_clerks_table(row: dict[str, str]) -> None:
    verdict = judge(question(row), warranty_rules())
    assert verdict.line is Line(LINES[row["结论"]])
    assert (verdict.until.isoformat() if verdict.until else "—") == row["到期"]
    for column, right in (("退", "refund"), ("换", "exchange"), ("修", "free_repair")):
        assert verdict.standing(right) is Standing(STANDINGS[row[column]]), right
    assert verdict.standing("paid_visit") is Standing.YES
    assert verdict.fees == (() if row["收费"] == "无" else ("material", "labor"))
    assert f"wv_{verdict.spoken}" == row["电话话术"]
    assert all(reason.sentence or reason.place == "设定，可改" for reason in verdict.reasons)
    assert ("review" in {reason.code for reason in verdict.reasons}) == (row["已修"] == "2")


def test_the_table_in_the_docs_is_this_one() -> None:
    assert DOCS.read_text(encoding="utf-8") == TABLE.read_text(encoding="utf-8")
