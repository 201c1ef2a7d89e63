"""Customers and machines as lines of a table, in the columns of the import, so that what goes out may come in again."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.customers import repository as customers
from crm.customers.models import Customer
from crm.imports.columns import CUSTOMER_COLUMNS, PRODUCT_COLUMNS, Kind
from crm.lens import Lens
from crm.products import repository as products
from crm.products.models import Product
from crm.words import CUSTOMER_KINDS, PRODUCT_CLASSES, word

MOST = 20_000
_YES = {True: "是", False: "否"}
_CARD = {"yes": "有", "no": "没有", "unknown": ""}


async def rows(session: AsyncSession, kind: Kind, q: str, lens: Lens, *, in_full: bool) -> list[list[str]]:
    """Return the lines; numbers masked unless in full."""
    found, _ = await customers.search(session, q, limit=MOST)
    ids = [item.id for item in found]
    numbers = {
        each: [
            phone.with_extension(phone.national(row.e164) if in_full else lens.number(row.e164), row.extension)
            for row in held
        ]
        for each, held in (await customers.phones(session, ids)).items()
    }
    if kind == "products":
        people = {item.id: item for item in found}
        machines = await products.of_customers(session, ids, MOST)
        return [_product(item, people[item.customer_id], numbers.get(item.customer_id, [])) for item in machines]
    places = await customers.addresses(session, ids)
    return [
        _customer(item, numbers.get(item.id, []), places[item.id][0].value if item.id in places else {})
        for item in found
    ]


def _customer(found: Customer, numbers: Sequence[str], address: dict[str, str]) -> list[str]:
    held = dict(zip(("number", "number2", "number3"), numbers, strict=False))
    told = held | address | {
        "name": found.name, "kind": word(CUSTOMER_KINDS, found.kind), "organization": _YES[found.organization],
        "elder": _YES[found.elder], "do_not_call": _YES[found.do_not_call], "note": found.note,
        "road": address.get("road") or "".join(address.get(key, "") for key in ("community", "street", "number")),
    }  # fmt: skip
    return [told.get(column.key, "") for column in CUSTOMER_COLUMNS]


def _product(found: Product, owner: Customer, numbers: Sequence[str]) -> list[str]:
    told = {"number": numbers[0] if numbers else "", "name": owner.name}
    told["product_class"] = word(PRODUCT_CLASSES, found.product_class)
    told["warranty_card"] = _CARD.get(found.warranty_card, "")
    return [told[item.key] if item.key in told else _shown(getattr(found, item.key)) for item in PRODUCT_COLUMNS]


def _shown(value: str | date | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""
