"""A company after a year of work, for the pages of the console: many varied files, calls, visits, entries; by the API.

Nothing here is random: the n-th of everything is the same each time, so that two pictures can be compared.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ivr.contract import facts
from tests.e2e.console_crm import Tale
from tests.e2e.console_page import ConsolePage
from tests.e2e.console_world import ZONE, given_engineers, given_visit, tomorrow

_SURNAMES: Final = "陈林黄张李王吴刘蔡杨许郑谢郭洪邱曾廖赖徐周叶苏庄江吕何罗高潘"
_GIVEN: Final = ("志明", "小红", "建国", "丽华", "伟", "秀英", "浩然", "淑芬", "俊杰", "敏")
_FIRMS: Final = (
    ("佛山市顺德区容桂街道恒暖暖通设备安装工程有限公司", "contractor"),
    ("佛山暖通设备公司", "dealer"),
    ("广东粤西北地区汉普顿壁挂炉特约销售及售后服务中心（肇庆总店）", "dealer"),
    ("容桂维修网点", "outlet"),
)
_PLACES: Final = (
    ("顺德区", "440606", "容桂街道", "凤翔路"),
    ("顺德区", "440606", "大良街道", "清晖路"),
    ("南海区", "440605", "桂城街道", "南海大道"),
    ("禅城区", "440604", "祖庙街道", "汾江中路"),
    ("南海区", "440605", "里水镇", "里广路和顺段沿江北侧金溪花园二期"),
)
_SYMPTOMS: Final = (
    "不打火，水压正常", "一开就熄火，停半小时以后又能点着，连续三天都是这样，晚上特别明显", "机器下面滴水", "",
    "显示屏一直闪", "热水忽冷忽热", "噪声大，像拖拉机",
)  # fmt: skip
_CODES: Final = ("E01", "F28", "E05", "", "E02", "E07", "")
_FLOOR: Final = (
    ("8002", "王敏", "talking", ""),
    ("8003", "李娜", "ready", ""),
    ("8004", "刘洋", "wrapup", ""),
    ("8005", "欧阳晓婷", "paused", "用餐"),
    ("8006", "赵敏", "unreachable", "话机未注册"),
    ("8007", "陈晨", "ready", ""),
    ("8008", "周小平", "paused", "设备故障"),
)
_KINDS: Final = ("repair", "repair", "complaint", "install", "repair", "consult")
_PRIORITIES: Final = ("normal", "normal", "high", "normal", "urgent", "low")


@dataclass(frozen=True, slots=True)
class Company:
    """What the pictures open: ids of files, of the card, numbers of tickets, visits, calls."""

    rich: str
    bare: str
    firm: str
    product: str
    waiting: str
    visit: dict[str, Any]
    contact: str


def _address(index: int) -> dict[str, str]:
    district, adcode, town, road = _PLACES[index % len(_PLACES)]
    return {
        "province": "广东省", "city": "佛山市", "district": district, "adcode": adcode, "town": town,
        "road": f"{road}{index * 7 + 1}号", "room": f"{index % 12 + 1}栋{index % 4 + 1}座{index * 3 + 101}室",
    }  # fmt: skip


async def given_customers(lead: ConsolePage) -> list[str]:
    """Open 36 files: people with and without number and address, firms with long names; returns their ids."""
    made = []
    for index in range(32):
        name = _SURNAMES[index % len(_SURNAMES)] + _GIVEN[index % len(_GIVEN)] if index % 11 else ""
        numbers = [] if index % 9 == 8 else [{"number": f"139{index:04d}{index * 137 % 10000:04d}", "main": True}]
        addresses = (
            [] if index % 7 == 6 else [{"value": _address(index), "status": "unverified" if index % 3 else "verified"}]
        )
        file = await lead.send(
            "POST", "/customers", name=name, kind="owner", elder=index % 5 == 0, numbers=numbers, addresses=addresses
        )
        made.append(file["id"])
    for index, (name, kind) in enumerate(_FIRMS):
        file = await lead.send(
            "POST", "/customers", name=name, kind=kind, organization=True,
            numbers=[{"number": f"0757-2238{index:04d}", "extension": f"80{index}", "main": True}],
            addresses=[{"value": _address(index + 40)}],
        )  # fmt: skip
        made.append(file["id"])
    return made


async def given_rich(lead: ConsolePage) -> tuple[str, str]:
    """Open a file with everything, and one that may be the same customer; returns the file and its newest product."""
    numbers = [
        {"number": "13800138000", "main": True}, {"number": "0757-22881066", "extension": "8012"},
        {"number": "13922334455", "do_not_call": True},
    ]  # fmt: skip
    places = [{"value": _address(index), "status": status} for index, status in ((0, "verified"), (9, "unverified"))]
    file = await lead.send(
        "POST", "/customers", name="欧阳志明", kind="owner", elder=True, numbers=numbers, addresses=places,
        note="上午不在家，请下午两点以后打电话；家里有狗，上门前先说一声。",
    )  # fmt: skip
    await lead.send(
        "POST", "/customers", name="欧阳先生", kind="owner", numbers=[{"number": "13800138000"}], addresses=[places[0]]
    )
    for text in ("去年十二月换过主板，客户对收费有疑问，已说明保内不收费。", "说话慢一点，老人耳朵不太好。"):
        await lead.send("POST", f"/customers/{file['id']}/notes", text=text)
    today = datetime.now(ZONE).date()
    product = ""
    for serial, model, age in (("2503-01877X", "HP-24", 620), ("2609-11420", "HP-28 全预混冷凝壁挂炉", 45)):
        sold = today - timedelta(days=age)
        card = await lead.send(
            "POST", "/products", customer=file["id"], product_class="boiler", model=model, serial=serial,
            purchased_on=f"{sold}", invoice_no="04512233", invoice_on=f"{sold + timedelta(days=2)}",
            warranty_card="yes", sold_by="佛山暖通设备公司", installer="顺德网点 李强",
            installed_on=f"{sold + timedelta(days=5)}", commissioned_on=f"{sold + timedelta(days=6)}",
        )  # fmt: skip
        product = product or card["id"]
    return file["id"], product


async def given_tickets(lead: ConsolePage, customers: list[str], count: int) -> list[str]:
    """Open tickets of several kinds; those that can wait for an engineer do; returns the numbers of these."""
    waiting = []
    for index in range(count):
        slots: dict[str, Any] = {"product": {"value": "boiler"}}
        if index % 6 != 5:
            slots["address"] = _address(index)
        if _CODES[index % 7]:
            slots["fault_code"] = {"raw": _CODES[index % 7], "canonical": _CODES[index % 7]}
        if _SYMPTOMS[index % 7]:
            slots["symptom"] = {"text": _SYMPTOMS[index % 7]}
        kind = _KINDS[index % len(_KINDS)]
        made = await lead.send(
            "POST", "/tickets", kind=kind, priority=_PRIORITIES[index % 6], customer=customers[index % len(customers)],
            slots=slots,
        )  # fmt: skip
        move = next((move["move"] for move in made["moves"] if move["to"] == "to_dispatch"), "")
        if move and kind in ("repair", "install"):
            await lead.send("PATCH", f"/tickets/{made['no']}", version=made["version"], move=move)
            waiting.append(made["no"])
    return waiting


async def given_calls(tale: Tale, agent: str, count: int) -> str:
    """Tell calls that ended in several ways, some from nobody known; returns the contact of a talked one."""
    for index in range(count):
        contact, serial = f"past{index}", 3_000_000 + index
        caller = "" if index % 8 == 7 else f"+86139{index % 30:04d}{index % 30 * 137 % 10000:04d}"
        await tale.dialogue(contact, serial, caller)
        if index % 4 == 3:
            await tale.abandon(contact)
            continue
        answered = facts.AgentAnswered(f"v-{contact}", "repair", agent, 42_000 + index * 1_000, 2_000)
        talked = facts.TalkEnded(f"v-{contact}", "repair", agent, "caller", 61_000 + index * 37_000)
        await tale.tell(contact, answered, talked, facts.ContactEnded("talked", 16, 100_000 + index * 37_000))
    return "past1"


async def given_day(lead: ConsolePage, waiting: list[str], product: str) -> dict[str, Any]:
    """Fill a day of four engineers, one with a double booking; returns the visit that is planned first."""
    people = list((await given_engineers(lead)).values())
    plan = [(0, 8), (0, 10), (0, 10), (0, 13), (0, 15), (0, 17), (1, 9), (1, 14), (2, 8), (2, 10), (2, 12), (2, 14)]
    visits: list[dict[str, Any]] = []
    for ticket, (person, hour) in zip(waiting, plan, strict=False):
        visits.append(await given_visit(lead, ticket, people[person], tomorrow(hour), "" if visits else product))
    return visits[0]


async def given_floor(admin: ConsolePage, tale: Tale) -> None:
    """Seat seven more agents in all their states, and let three callers wait."""
    for number, name, state, reason in _FLOOR:
        queues = ["repair", "consult"] if number < "8005" else ["repair", "consult", "complaint", "emergency"]
        await admin.send(
            "PUT", f"/accounts/{number}", version=0, name=name, roles=["agent"], extension=number, queues=queues
        )
        await tale.phone(number, state, reason)
    for index in range(3):
        await tale.dialogue(f"waits{index}", 4_000_000 + index, f"+8613700137{index:03d}")


async def given_company(lead: ConsolePage, tale: Tale, agent: str) -> Company:
    """Make all of it as a supervisor."""
    files = await given_customers(lead)
    rich, product = await given_rich(lead)
    waiting = await given_tickets(lead, [rich, *files], 40)
    contact = await given_calls(tale, agent, 36)
    visit = await given_day(lead, waiting, product)
    return Company(rich, files[8], files[-2], product, waiting[-1], visit, contact)
