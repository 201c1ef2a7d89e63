"""Follow-ups that are due at once: a set of rules without a wait, at all hours; completed tickets of people on file."""

from datetime import datetime, timedelta
from typing import Any, Final

from tests.e2e.console_page import ConsolePage
from tests.e2e.console_world import ZONE

_WHOLE_DAY = [{"begin": "00:00", "end": "23:59:59.999999"}]
_DONE: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (
    ("repair", "陈国强", "13922330001", {"fault_code": {"canonical": "E01", "raw": "E01"}}),
    ("install", "欧阳晓婷", "13922330002", {}),
    ("complaint", "佛山暖通设备公司", "0757-22881066", {"statement": {"text": "约好的时间没有来，等了一下午"}}),
)
_PLACE = {"province": "广东省", "city": "佛山市", "district": "顺德区", "adcode": "440606", "town": "容桂街道"}


async def given_follow_ups(admin: ConsolePage, lead: ConsolePage) -> list[str]:
    """Make rules by which people are asked on the day itself, and complete three tickets; returns their numbers."""
    book = await admin.get("/rules/follow_up")
    days = dict.fromkeys(book["sets"][-1]["body"]["after_days"], 0)
    body = {**book["sets"][-1]["body"], "after_days": days, "hours": _WHOLE_DAY}
    today = datetime.now(ZONE).date() - timedelta(days=1)  # whichever day it is when the test gets there
    await admin.send("POST", "/rules/follow_up", valid_from=f"{today}", body=body)
    numbers = []
    for kind, name, number, slots in _DONE:
        phones = [{"number": number, "main": True}]
        file = await lead.send("POST", "/customers", name=name, kind="owner", numbers=phones)
        given: dict[str, Any] = {"address": {**_PLACE, "road": "凤翔路18号"}, "product": {"value": "boiler"}, **slots}
        made = await lead.send("POST", "/tickets", kind=kind, customer=file["id"], slots=given)
        move = "close" if kind == "complaint" else "resolve"
        await lead.send("PATCH", f"/tickets/{made['no']}", version=made["version"], move=move)
        numbers.append(made["no"])
    return numbers
