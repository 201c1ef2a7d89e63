"""A company at work: outlets, engineers, tickets in several places, visits of the day; made by the API."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.e2e.console_page import ConsolePage

ZONE: Final = ZoneInfo("Asia/Shanghai")
_SHUNDE = {"province": "广东省", "city": "佛山市", "district": "顺德区", "adcode": "440606"}
_NANHAI = {"province": "广东省", "city": "佛山市", "district": "南海区", "adcode": "440605"}
_OUTLETS: Final = (
    ("顺德网点", "0757-22388800", ({"adcode": "440606", "name": "顺德区", "city": True},)),
    ("南海网点", "0757-86388800", ({"adcode": "440605", "name": "南海区", "city": True},)),
)
_ENGINEERS: Final = (
    ("李强", "1026", "顺德网点", ["boiler", "install", "gas"], {"adcode": "440606101", "name": "容桂街道"}),
    ("周立", "1031", "顺德网点", ["boiler"], {"adcode": "440606", "name": "顺德区"}),
    ("黄海", "1040", "南海网点", ["boiler", "electric"], {"adcode": "440605", "name": "南海区"}),
    ("陈志明", "1044", "南海网点", ["other", "install"], {"adcode": "440605", "name": "南海区"}),
)
_TICKETS: Final = (
    (
        "repair",
        "high",
        {**_SHUNDE, "town": "容桂街道", "road": "凤翔路18号", "room": "3栋502室"},
        "E01",
        "不打火，水压正常",
    ),
    (
        "repair",
        "normal",
        {**_SHUNDE, "town": "大良街道", "road": "清晖路6号", "room": "1栋1204室"},
        "F28",
        "一开就熄火",
    ),
    (
        "repair",
        "urgent",
        {**_NANHAI, "town": "桂城街道", "road": "南海大道88号", "room": "7栋301室"},
        "E05",
        "机器下面滴水",
    ),
    ("install", "normal", {**_SHUNDE, "town": "北滘镇", "road": "美的大道2号", "room": "12栋803室"}, "", ""),
    ("repair", "normal", {**_NANHAI, "town": "大沥镇", "road": "振兴路31号", "room": "2栋606室"}, "E02", "暖气不热"),
    (
        "repair",
        "normal",
        {**_SHUNDE, "town": "容桂街道", "road": "新发路5号", "room": "9栋1701室"},
        "E07",
        "显示屏一直闪",
    ),
)


async def given_engineers(page: ConsolePage) -> dict[str, str]:
    """Make outlets and engineers as a supervisor; returns the engineers' ids by name."""
    outlets = {}
    for name, number, areas in _OUTLETS:
        made = await page.send("POST", "/outlets", name=name, number=number, areas=list(areas))
        outlets[name] = made["id"]
    people = {}
    for index, (name, badge, outlet, skills, area) in enumerate(_ENGINEERS):
        made = await page.send(
            "POST", "/engineers", name=name, badge_no=badge, number=f"1380013810{index}", outlet=outlets[outlet],
            skills=skills, areas=[area], capacity=7,
        )  # fmt: skip
        people[name] = made["id"]
    return people


async def given_waiting(page: ConsolePage) -> list[str]:
    """Open tickets that wait for an engineer; returns their numbers."""
    numbers = []
    for kind, priority, address, code, symptom in _TICKETS:
        slots: dict[str, Any] = {"address": address, "product": {"value": "boiler"}}
        if code:
            slots |= {"fault_code": {"raw": code, "canonical": code}, "symptom": {"text": symptom}}
        made = await page.send("POST", "/tickets", kind=kind, priority=priority, slots=slots)
        move = next(move["move"] for move in made["moves"] if move["to"] == "to_dispatch")
        await page.send("PATCH", f"/tickets/{made['no']}", version=made["version"], move=move)
        numbers.append(made["no"])
    return numbers


async def given_visit(
    page: ConsolePage, ticket: str, engineer: str, starts_at: datetime, product: str = ""
) -> dict[str, Any]:
    """Give a ticket to an engineer for two hours, at the machine of a card if there is one."""
    visit: dict[str, Any] = await page.send(
        "POST", "/visits", ticket=ticket, engineer=engineer, starts_at=starts_at.astimezone(UTC).isoformat(),
        ends_at=(starts_at + timedelta(hours=2)).astimezone(UTC).isoformat(), fee="in", product=product,
    )  # fmt: skip
    return visit


def tomorrow(hour: int) -> datetime:
    """Return an hour of the day after in the hotline's zone."""
    day = datetime.now(ZONE) + timedelta(days=1)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)
