"""What of a table's lines is there already, and whose it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers.models import Customer
from crm.imports import repository
from crm.imports.columns import Kind, Line, Problem


@dataclass(slots=True)
class Comparison:
    """Lines against what is there."""

    new: list[Line] = field(default_factory=list)
    held: list[tuple[Line, Customer]] = field(default_factory=list)  # what is there already, with whose it is
    owners: dict[int, Customer] = field(default_factory=dict)  # of a product's new line
    problems: list[Problem] = field(default_factory=list)

    @property
    def good(self) -> list[Line]:
        """Return the lines that can be taken over."""
        return [*self.new, *(line for line, _ in self.held)]


async def compare(session: AsyncSession, kind: Kind, lines: Sequence[Line]) -> Comparison:
    """Return what taking these lines over would do; nothing is written."""
    return await (_customers if kind == "customers" else _products)(session, lines)


async def _customers(session: AsyncSession, lines: Sequence[Line]) -> Comparison:
    by_number = await repository.with_numbers(session, {e164 for line in lines for e164 in line.values["numbers"]})
    places = {line.values["address_text"] for line in lines if not line.values["numbers"]}
    by_place = await repository.at_addresses(session, places)
    found = Comparison()
    for line in lines:
        known = _known_customer(line, by_number, by_place)
        if known is None:
            found.new.append(line)
        else:
            found.held.append((line, known))
    return found


def _known_customer(
    line: Line, by_number: Mapping[str, list[Customer]], by_place: Mapping[str, list[Customer]]
) -> Customer | None:
    """Return the file this line is about: one of its numbers under its name, or a number whose file has no name yet."""
    name = line.values["name"]
    if not line.values["numbers"]:
        return next((item for item in by_place.get(line.values["address_text"], ()) if item.name == name), None)
    holders = [item for e164 in line.values["numbers"] for item in by_number.get(e164, ())]
    named = next((item for item in holders if item.name == name), None)
    return named or next((item for item in holders if not item.name or not name), None)


async def _products(session: AsyncSession, lines: Sequence[Line]) -> Comparison:
    people = await repository.with_numbers(session, {line.values["number"] for line in lines})
    machines = await repository.with_serials(session, {line.values["serial"] for line in lines})
    found = Comparison()
    for line in lines:
        number, name, serial = (line.values[key] for key in ("number", "name", "serial"))
        holders = people.get(number, [])
        owners = [item for item in holders if not name or item.name == name] or (holders if len(holders) == 1 else [])
        machine = machines.get(serial)
        if len(owners) != 1:
            reason = "这个电话有几位客户，请填客户姓名" if holders else "没有这个电话的客户，请先导入客户"
            found.problems.append(Problem(line.number, "客户电话", number, reason))
        elif machine is None:
            found.owners[line.number] = owners[0]
            found.new.append(line)
        elif machine.customer_id == owners[0].id:
            found.held.append((line, owners[0]))
        else:
            found.problems.append(Problem(line.number, "序列号", serial, "序列号已登记在另一位客户名下"))
    return found
