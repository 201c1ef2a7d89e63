"""Tickets as CSV: readable by a spreadsheet, masked as the list, never a formula, written down."""

import csv
import io

import pytest

from crm.bootstrap import Process
from crm.tables import csv_text, safe_cell
from crm.web.app import make_web_app
from tests.unit.crm.conftest import Opener
from tests.unit.crm.tickets_by_hand import API, opened

_SLOTS = {"fault_code": {"canonical": "=HYPERLINK(1)"}, "symptom": {"text": "不打火"}}


async def test_tickets_as_csv(page: Opener) -> None:
    async with page("8001") as agent, page("9001") as supervisor:
        ticket = await opened(agent, "repair", slots=_SLOTS)
        assert (await agent.get(f"{API}/exports/tickets.csv")).status_code == 403
        answer = await supervisor.get(f"{API}/exports/tickets.csv?view=open&q=顺德")
        assert answer.headers["content-type"].startswith("text/csv")
        head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
        told = dict(zip(head, rows[0], strict=True))
        assert (told["工单号"], told["类型"], told["状态"]) == (ticket["no"], "维修申报", "待处理")
        assert (told["地区"], told["事由"]) == ("顺德区容桂街道", "'=HYPERLINK(1) 不打火")
        assert told["建单时间"] == "2026-11-22 12:00:00"
        only = await supervisor.get(f"{API}/exports/tickets.csv?no={ticket['no']}&no=99999999")
        assert only.text == answer.text
        assert (await supervisor.get(f"{API}/exports/tickets.csv?no=99999999")).text.count("\r\n") == 1
        log = (await supervisor.get(f"{API}/audit?action=list_exported")).json()["items"]
        assert {item["subject"] for item in log} == {"tickets"}
        assert [item["detail"] for item in log] == ["0", "1", "1"]


@pytest.mark.parametrize("cell", ["=1", "+86", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    assert safe_cell(f"a{cell}") == f"a{cell}"
    assert csv_text(["a"], []) == "\ufeffa\r\n"


def test_request_bodies_have_examples(process: Process) -> None:
    schemas = make_web_app(process.parts).openapi()["components"]["schemas"]
    for name in (
        "TicketChange",
        "TicketDraft",
        "WarrantyQuestion",
        "PauseDraft",
        "LinesChange",
        "Reveal",
        "WebhookDraft",
    ):
        assert schemas[name]["examples"], name
