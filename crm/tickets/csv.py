"""Tickets as a table for spreadsheets; pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from crm.tables import csv_text
from crm.tickets.schemas import TicketRow

HEAD = (
    "工单号", "类型", "状态", "紧急度", "客户", "电话", "地区", "事由", "承办", "结果", "待核实", "建单时间",
    "更新时间",
)  # fmt: skip


def table(rows: Sequence[TicketRow], zone: ZoneInfo) -> str:
    """Return the CSV of these tickets; times as shown in the zone."""
    return csv_text(HEAD, (_cells(row, zone) for row in rows))


def _cells(row: TicketRow, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        row.no, row.kind_name, row.state_name, row.priority_name, row.customer_name, row.number, row.region,
        row.summary, row.owner_name, row.outcome_name, "、".join(row.unverified), _time(row.created_at, zone),
        _time(row.updated_at, zone),
    )  # fmt: skip


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
