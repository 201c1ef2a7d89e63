"""A customer's machines as the pages choose between them: what each is, where it was seen, how its warranty stands."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from crm import slots
from crm.customers.schemas import ProductForm
from crm.lens import Lens
from crm.policy.warranty import judge
from crm.policy.warranty_rules import WarrantyRules
from crm.policy.warranty_terms import LINES, Verdict
from crm.products import repository as products
from crm.products.models import Product
from crm.rules.service import warranty_rules
from crm.tickets.warranty import filed_of, question
from crm.words import PRODUCT_CLASSES, word


async def machines(session: AsyncSession, customer_id: str, lens: Lens) -> list[ProductForm]:
    """Return the customer's machines, newest first; the number of statements does not grow with them."""
    found = await products.of_customer(session, customer_id)
    if not found:
        return []
    rules = await warranty_rules(session)
    repairs = await products.repairs_of(session, [item.id for item in found], lens.now)
    places = await products.last_places(session, customer_id)
    return [
        _form(
            item,
            slots.address_text(places.get(item.id, {})),
            _verdict(item, repairs.get(item.id, 0), rules, lens),
        )
        for item in found
    ]


def _verdict(card: Product, repairs: int, rules: Sequence[WarrantyRules], lens: Lens) -> Verdict:
    """Return the verdict of today by what the card alone holds."""
    return judge(question({}, filed_of(card, repairs), lens.now, lens.zone), rules)


def _form(card: Product, place: str, verdict: Verdict) -> ProductForm:
    return ProductForm(
        id=card.id,
        product_class=card.product_class,
        product_class_name=word(PRODUCT_CLASSES, card.product_class),
        model=card.model,
        serial=card.serial,
        purchased_on=card.purchased_on.isoformat() if card.purchased_on else "",
        place=place,
        warranty=LINES[verdict.line],
        warranty_until=verdict.until,
    )
