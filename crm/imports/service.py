"""Rules of imports: a file is checked first, then taken over whole or not at all; a second time it doubles nothing."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.audit.service import note
from crm.customers.models import Customer
from crm.events.service import EventKind, append_each, begin_writing
from crm.imports import columns, reader, repository
from crm.imports.columns import Kind, Line, Problem
from crm.imports.errors import HasProblems, NotChecked
from crm.imports.models import ImportRun
from crm.products.models import Product


@dataclass(slots=True)
class Plan:
    """What taking over a file would do."""

    digest: str
    before: ImportRun | None
    lines: int
    problems: list[Problem]
    ignored: list[str]
    new: list[Line] = field(default_factory=list)
    held: list[tuple[Line, Customer]] = field(default_factory=list)  # what is there already, with whose it is
    owners: dict[int, Customer] = field(default_factory=dict)  # of a product's line

    @property
    def left_out(self) -> int:
        """Return how many lines are wrong."""
        return len({problem.line for problem in self.problems})


async def check(session: AsyncSession, kind: Kind, content: bytes) -> Plan:
    """Read a file and compare it with what is there; nothing is written. Raises TableUnreadable."""
    digest = hashlib.sha256(content).hexdigest()
    lines = await asyncio.to_thread(reader.read, content)
    good, problems, ignored = await asyncio.to_thread(columns.understood, kind, lines)
    before = await repository.done_before(session, kind, digest)
    plan = Plan(digest, before, len(lines) - 1, problems, ignored)
    await (_compare_customers if kind == "customers" else _compare_products)(session, good, plan)
    plan.problems.sort(key=lambda problem: problem.line)
    return plan


async def take_over(
    session: AsyncSession, kind: Kind, content: bytes, checked: str, *, skip: bool, name: str, viewer: Viewer,
    now: datetime,
) -> tuple[Plan, ImportRun]:  # fmt: skip
    """Take a file over in this one transaction; raises NotChecked, HasProblems, TableUnreadable.

    checked: the digest of the report that the person saw. skip: leave lines with problems out.
    """
    if hashlib.sha256(content).hexdigest() != checked:
        raise NotChecked("这个文件还没有检查过，或检查后又改动了。请先检查，再导入")
    await begin_writing(session)  # two imports at once come one after the other, so that neither misses the other's
    plan = await check(session, kind, content)
    if plan.problems and not skip:
        raise HasProblems(f"有 {plan.left_out} 行有问题，什么都没有导入。请改好再传，或选择跳过这些行")
    added, completed = await (_put_customers if kind == "customers" else _put_products)(session, plan, now)
    run = ImportRun(
        id=uuid4().hex, kind=kind, digest=plan.digest, file_name=name, by=viewer.name, at=now, added=added,
        completed=completed, known=len(plan.held) - completed, left_out=plan.left_out,
    )  # fmt: skip
    await repository.add(session, run)
    detail = f"{kind} 新增 {added} 补充 {completed} 已有 {run.known} 跳过 {run.left_out}"
    await note(session, viewer, "table_imported", "import", run.id, now, detail=detail)
    return plan, run


# ---- customers ----


async def _compare_customers(session: AsyncSession, lines: Sequence[Line], plan: Plan) -> None:
    by_number = await repository.with_numbers(session, {e164 for line in lines for e164 in line.values["numbers"]})
    places = {line.values["address_text"] for line in lines if not line.values["numbers"]}
    by_place = await repository.at_addresses(session, places)
    for line in lines:
        known = _known_customer(line, by_number, by_place)
        if known is None:
            plan.new.append(line)
        else:
            plan.held.append((line, known))


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


async def _put_customers(session: AsyncSession, plan: Plan, now: datetime) -> tuple[int, int]:
    fresh = [(line, _new_customer(line, now)) for line in plan.new]
    await repository.put_in(session, [customer for _, customer in fresh])
    named = {customer.id for line, customer in plan.held if _give_name(customer, line.values["name"])}
    everyone, first = [*fresh, *plan.held], {line.number for line in plan.new}
    numbers = [
        {"id": uuid4().hex, "customer_id": customer.id, "e164": e164, "created_at": now, "extension": "",
         "main": index == 0 and line.number in first, "do_not_call": False}
        for line, customer in everyone for index, e164 in enumerate(line.values["numbers"])
    ]  # fmt: skip
    addresses = [
        {"id": uuid4().hex, "customer_id": customer.id, "value": line.values["address"], "status": "unverified",
         "text": line.values["address_text"], "adcode": line.values["address"].get("adcode", ""), "created_at": now}
        for line, customer in everyone if line.values["address"]
    ]  # fmt: skip
    given = await repository.put_numbers(session, numbers) | await repository.put_addresses(session, addresses) | named
    completed = {customer.id: customer for _, customer in plan.held if customer.id in given}
    for customer in completed.values():
        customer.version += 1
    await append_each(session, EventKind.CUSTOMER, now, [*(customer.id for _, customer in fresh), *completed])
    return len(fresh), len({line.number for line, customer in plan.held if customer.id in given})


def _new_customer(line: Line, now: datetime) -> Customer:
    told = {key: line.values[key] for key in ("name", "kind", "organization", "elder", "do_not_call", "note")}
    return Customer(id=uuid4().hex, created_at=now, **told)


def _give_name(customer: Customer, name: str) -> bool:
    """Give a file that has no name this one; nothing that somebody wrote is changed."""
    if customer.name or not name:
        return False
    customer.name = name
    return True


# ---- products ----


async def _compare_products(session: AsyncSession, lines: Sequence[Line], plan: Plan) -> None:
    people = await repository.with_numbers(session, {line.values["number"] for line in lines})
    machines = await repository.with_serials(session, {line.values["serial"] for line in lines})
    for line in lines:
        number, name = line.values["number"], line.values["name"]
        holders = people.get(number, [])
        owners = [item for item in holders if not name or item.name == name] or (holders if len(holders) == 1 else [])
        machine = machines.get(line.values["serial"])
        if len(owners) != 1:
            reason = "这个电话有几位客户，请填客户姓名" if holders else "没有这个电话的客户，请先导入客户"
            plan.problems.append(Problem(line.number, "客户电话", number, reason))
        elif machine is None:
            plan.owners[line.number] = owners[0]
            plan.new.append(line)
        elif machine.customer_id == owners[0].id:
            plan.held.append((line, owners[0]))
        else:
            serial = line.values["serial"]
            plan.problems.append(Problem(line.number, "序列号", serial, "序列号已登记在另一位客户名下"))


async def _put_products(session: AsyncSession, plan: Plan, now: datetime) -> tuple[int, int]:
    fresh = [
        Product(id=uuid4().hex, customer_id=plan.owners[line.number].id, created_at=now, **columns.card_values(line))
        for line in plan.new
    ]
    await repository.put_in(session, fresh)
    await append_each(session, EventKind.CUSTOMER, now, list(dict.fromkeys(item.customer_id for item in fresh)))
    return len(fresh), 0
