"""A parts store at work: catalogue with prices and stock, a dealer with a quota and a request beyond it; by the API."""

from dataclasses import dataclass
from typing import Final

from tests.e2e.console_page import ConsolePage

_PARTS: Final = (
    ("PCB-24", "主控板 24kW", True, 48_000, 12, 5),
    ("IGN-01", "点火电极", True, 3_800, 3, 10),
    ("PUMP-15", "循环水泵 15-6", True, 52_000, 6, 2),
    ("VALVE-G", "燃气比例阀", False, 39_500, 4, 2),
    ("SENSOR-NTC", "温度传感器 NTC", True, 2_600, 40, 20),
    ("FAN-35", "风机 35W", True, 31_000, 1, 3),
    ("EXCH-MAIN", "主换热器", False, 86_000, 2, 0),
    ("EXCH-PLATE", "板式换热器", False, 42_000, 5, 2),
    ("FLOW-HALL", "水流传感器", True, 5_500, 18, 5),
    ("TANK-8L", "膨胀水箱 8L", False, 12_800, 7, 2),
    ("GASKET-KIT", "密封圈套件", False, 1_500, 60, 20),
    ("PRESS-SW", "风压开关", True, 4_200, 9, 4),
)
_SHOPS: Final = (("佛山暖通设备公司", "dealer", 180, "normal"), ("哈尔滨北安工程公司", "contractor", 90, "cold"))


@dataclass(frozen=True, slots=True)
class Store:
    """What was made: the partners' ids by name, the request that waits for approval, one that is still written."""

    partners: dict[str, str]
    waiting: str
    open: str


async def given_stock(lead: ConsolePage) -> None:
    """Make parts with prices and stock in the main warehouse and one outlet, as a supervisor."""
    made = await lead.send("POST", "/outlets", name="容桂网点", number="0757-22388800")
    for code, name, swappable, fen, count, mark in _PARTS:
        await lead.send("PUT", f"/parts/{code}", name=name, swappable=swappable)
        price = {"valid_from": "2026-01-01", "fen": fen, "source": "2026 年价目表"}
        await lead.send("POST", f"/parts/{code}/prices", **price)
        book = {"kind": "in", "quantity": count, "reason": "采购入库 2026-11", "version": 0}
        await lead.send("POST", f"/stock/{code}/moves", place="main", **book)
        if mark:
            await lead.send("PUT", f"/stock/{code}/main", reorder_at=mark, version=1)
        if count > 5:
            await lead.send(
                "POST", f"/stock/{code}/moves", place=made["id"], **{**book, "quantity": 2, "reason": "总仓调拨"}
            )


async def given_store(lead: ConsolePage) -> Store:
    """Make stock, two partners, a request of the first that is beyond its quota and one of the second that is new."""
    await given_stock(lead)
    partners = {}
    for name, kind, units, environment in _SHOPS:
        made = await lead.send("POST", "/customers", name=name, kind=kind)
        partners[name] = made["id"]
        await lead.send("PUT", f"/partners/{made['id']}", version=0, units_bought=units, environment=environment)
    waiting = ""
    for lines, step in (({"IGN-01": 2, "PCB-24": 1}, "issue"), ({"IGN-01": 4, "FAN-35": 1}, "approve")):
        waiting = await given_request(lead, partners[_SHOPS[0][0]], lines)
        ticket = await lead.get(f"/tickets/{waiting}")
        await lead.send("PATCH", f"/tickets/{waiting}", version=ticket["version"], move=step)
    begun = await given_request(lead, partners[_SHOPS[1][0]], {"PCB-24": 2, "FAN-35": 4, "GASKET-KIT": 1})
    return Store(partners, waiting, begun)


async def given_request(lead: ConsolePage, customer: str, lines: dict[str, int]) -> str:
    """Open a request for parts and return its number."""
    made = await lead.send("POST", "/tickets", kind="part_request", customer=customer)
    if lines:
        await lead.send("PUT", f"/tickets/{made['no']}/parts", version=made["version"], lines=lines)
    number: str = made["no"]
    return number
