"""What the flow tests know: the caller, the card, tickets, a code, an address."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from ivr.contract.dialogue import FollowUpAsk
from ivr.contract.ids import ticket_number

CALLER = "+8613800138000"
NOW = datetime(2026, 7, 24, 2, 30, tzinfo=UTC)  # a Friday, 10:30 in China
AT = "2026-07-24T10:30"
CARD: Mapping[str, Any] = MappingProxyType(
    {
        "known": True,
        "customer_id": "c1",
        "products": [{"product_id": "p1", "spoken": "壁挂炉", "product_class": "boiler"}],
        "address_region": "佛山市顺德区容桂街道",
        "address_road": "凤翔路18号",
        "address_id": "a1",
        "elder": False,
        "open_ticket": "",
    }
)
GAS: Mapping[str, Any] = MappingProxyType({"gas_phones": [{"city": "佛山市", "number": "075722881000"}]})
TICKET: Mapping[str, Any] = MappingProxyType(
    {
        "number": ticket_number(1_000_001),
        "kind": "repair",
        "line": "scheduled",
        "reported_on": "2026-11-20",
        "engineer": "李",
        "window": "11月22日 17:00–19:00",
        "done_on": "",
        "urges": 0,
    }
)


def tickets(*changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an answer of my_tickets: one ticket for each set of changes."""
    return {"tickets": [{**TICKET, **change} for change in changes]}


VISIT_CODE: Mapping[str, Any] = MappingProxyType(
    {"verdict": "ok", "engineer": "李", "badge_no": "1026", "window": "11月22日 17:00–19:00", "fee": "in"}
)
E01: Mapping[str, str] = MappingProxyType(
    {"raw": "E零一", "canonical": "E01", "catalogue_id": "E01", "meaning_zh": "点火失败", "severity": "normal"}
)
E1: Mapping[str, str] = MappingProxyType({"raw": "E一", "canonical": "E1", "catalogue_id": "E1"})
E9: Mapping[str, str] = MappingProxyType(
    {"raw": "E九", "canonical": "E9", "catalogue_id": "E9", "severity": "emergency"}
)
SHUNDE: Mapping[str, str] = MappingProxyType(
    {
        "province": "广东省",
        "city": "佛山市",
        "district": "顺德区",
        "town": "容桂街道",
        "adcode": "440606",
        "region": "广东省佛山市顺德区容桂街道",
    }
)
ROAD: Mapping[str, str] = MappingProxyType({"street": "凤翔路", "number": "128", "road": "凤翔路128号"})
ROOM: Mapping[str, str] = MappingProxyType({"building": "3", "unit": "2", "room_no": "502", "room": "3栋2单元502室"})

# what we ask whom we ring
ASKS: Mapping[str, FollowUpAsk] = {
    "asked": FollowUpAsk("repair", visited=True, first=True, code="308217"),
    "asked_of_installation": FollowUpAsk("install", visited=True, first=False, code="308217"),
    "asked_of_complaint": FollowUpAsk("complaint", visited=False, first=False, code="308217"),
}
