"""Fills an empty, migrated database with made-up tickets and customers by COPY, deterministically."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Index, create_engine
from sqlalchemy.schema import CreateIndex, DropIndex

from crm import slots
from crm.customers.models import Customer
from crm.search import terms
from crm.tickets.models import URGE, Ticket
from ivr.contract.ids import ticket_number
from ops.bench.crm_people import Maker, Person

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SPAN = timedelta(days=4 * 365)
FIRST_SERIAL = 1_000_000
PART = 20_000  # tickets that are made and copied at once
_OPEN_NEWEST = 0.04  # so much of the newest tickets may still be open
_KINDS = (*["repair"] * 5, "consult", "consult", "complaint", "install", "tech_support")
_OPEN = ("new", "to_dispatch", "dispatched", "scheduled")
CODES = tuple(f"{letter}{number:02d}" for letter in "EFAH" for number in range(1, 16))
_COLUMNS = {
    "customers": "id name kind elder note version created_at terms",
    "phone_numbers": "id customer_id e164 main created_at",
    "addresses": "id customer_id value text status created_at",
    "products": "id customer_id product_class model serial purchased_on created_at",
    "contacts": "id linkedids caller_raw caller_e164 did recording notice_version stub resumed customer_id started_at "
    "safety safety_words safety_clip handed_to voicemail ended_at outcome cause duration_ms",
    "tickets": "no contact_id matter kind state is_open priority outcome safety customer_id caller_e164 owner_id "
    "opened_by urged version created_at updated_at terms",
    "ticket_slots": "ticket_no slot value status source candidates clip attempts verified_by updated_at",
    "timeline": "ticket_no version at kind actor text fields",
    "engineers": "id name badge_no e164 skills areas capacity active version created_at",
    "engineer_visits": "id ticket_no engineer_id state starts_at ends_at late_reason code finish_code fee fee_note "
    "fee_agreed charged_fen checked code_found cause parts result result_note signed_by finished_at version created_at",
    "ticket_clocks": "ticket_no key label place sentence scope rules_from started_at duration_s state at_risk_at "
    "due_at left_s pause_reason",
}
_PROMISED = timedelta(days=10)  # so long lie the open tickets' promises apart, the first of them is broken
_ENTRIES = (("opened", "开单：维修申报"), ("state", "办结"), ("note", "已回访"))
_BY_HAND, _URGED, _VISITED = 20, 33, 5  # one of so many tickets: opened by hand, urged, visited a day later
_ENGINEERS = 30
_OF_TICKETS = ("contacts", "tickets", "ticket_slots", "timeline", "ticket_clocks", "engineer_visits")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made."""

    tickets: int
    customers: int
    seed: int = 1


def fill(url: str, size: Size, owners: Sequence[str], say: Say) -> None:
    """Fill the database at an SQLAlchemy URL; owners: account ids that tickets may belong to."""
    engine = create_engine(url)
    heavy = [_index(Customer, "ix_customers_terms"), _index(Ticket, "ix_tickets_terms")]
    with engine.begin() as connection:
        for index in heavy:
            connection.execute(DropIndex(index))
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        maker = Maker(size.seed)
        people = [maker.person(index) for index in range(size.customers)]
        say(f"{size.customers} customers ...")
        for table, rows in _of_people(people):
            _copy(connection, table, rows)
        _copy(connection, "engineers", engineers())
        say(f"{size.tickets} tickets ...")
        known = [_found_by(person) for person in people]
        for start in range(0, size.tickets, PART):
            part = range(start, min(start + PART, size.tickets))
            for table, made in _of_tickets(people, known, size, owners, part):
                _copy(connection, table, made)
        connection.execute(
            "INSERT INTO number_leases (first, size, node, used, leased_at) VALUES (%s, %s, 'bench', %s, %s)",
            (FIRST_SERIAL, size.tickets, size.tickets, NOW),
        )
    say("indexes ...")
    with engine.begin() as connection:
        for index in heavy:
            connection.execute(CreateIndex(index))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def _index(model: type[Any], name: str) -> Index:
    indexes: set[Index] = model.__table__.indexes
    return next(index for index in indexes if index.name == name)


def _copy(connection: psycopg.Connection[Any], table: str, rows: Iterable[Sequence[Any]]) -> None:
    columns = ", ".join(f'"{column}"' for column in _COLUMNS[table].split())
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def person_id(index: int) -> str:
    """Return the id of the customer of this index."""
    return f"{index:032x}"


def _of_people(people: Sequence[Person]) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    since = [NOW - SPAN + SPAN * index / len(people) for index in range(len(people))]
    everyone = list(enumerate(people))
    yield "customers", (
        (person_id(i), p.name, "owner", False, "", 1, since[i],
         sorted(terms.of_customer(p.name, p.numbers, [p.address], [(p.model, p.serial)])))
        for i, p in everyone
    )  # fmt: skip
    yield (
        "phone_numbers",
        (
            (f"{i * 2 + n:032x}", person_id(i), e164, n == 0, since[i])
            for i, p in everyone
            for n, e164 in enumerate(p.numbers)
        ),
    )
    yield (
        "addresses",
        (
            (f"{i:032x}", person_id(i), json.dumps(p.address), slots.address_text(p.address), "verified", since[i])
            for i, p in everyone
        ),
    )
    yield (
        "products",
        ((f"{i:032x}", person_id(i), "boiler", p.model, p.serial, since[i].date(), since[i]) for i, p in everyone),
    )


def _of_tickets(
    people: Sequence[Person], known: Sequence[Sequence[str]], size: Size, owners: Sequence[str], numbers: range
) -> Iterator[tuple[str, Sequence[Sequence[Any]]]]:
    """Return the rows of a part of the tickets, table by table; each part has its own chance, so that it can be made
    alone."""
    chance = Random(f"{size.seed}/{numbers.start}")  # noqa: S311 made-up data
    found: dict[str, list[Sequence[Any]]] = {name: [] for name in _OF_TICKETS}
    for index in numbers:
        _ticket(found, people, known, size, owners, index, chance)
    yield from found.items()


def _ticket(
    found: dict[str, list[Sequence[Any]]], people: Sequence[Person], known: Sequence[Sequence[str]], size: Size,
    owners: Sequence[str], index: int, chance: Random,
) -> None:  # fmt: skip
    no, who = str(ticket_number(FIRST_SERIAL + index)), chance.randrange(len(people))
    person, at = people[who], NOW - SPAN + SPAN * (index / size.tickets)
    lasting = index > size.tickets * (1 - _OPEN_NEWEST) and chance.random() < 0.7
    told = _told(chance)
    held = told | _place_and_machine(person)
    contact = f"{index:032x}" if index % 2 == 0 else None
    if contact:
        found["contacts"].append(
            (contact, "[]", person.numbers[0], person.numbers[0], "4001726011", "", "v1", False, 0, person_id(who), at,
             "", "", "", "queue", "", at + timedelta(minutes=3), "talked", 16, 180_000)
        )  # fmt: skip
    found_terms = terms.of_ticket(no, "", told, known[who])
    found["tickets"].append(
        (no, contact, 1 if contact else 0, chance.choice(_KINDS), chance.choice(_OPEN) if lasting else "closed",
         lasting, "urgent" if chance.random() < 0.01 else "normal", "reported", "", person_id(who), person.numbers[0],
         chance.choice(owners), opener(index, owners), is_urged(index), 3, at, at, sorted(found_terms))
    )  # fmt: skip
    for slot, value in held.items():
        status = "unverified" if lasting and chance.random() < 0.3 else "verified"
        found["ticket_slots"].append((no, slot, json.dumps(value), status, "speech", "[]", "", 1, "", at))
    for version, (kind, text) in enumerate(_ENTRIES, start=1):
        found["timeline"].append((no, version, at, kind, "语音导航", text, "[]"))
    if is_urged(index):
        found["timeline"].append(urge(no, at))
    if index % _VISITED == 0:
        found["engineer_visits"].append(visit(no, index, at, lasting=lasting))
    if lasting:
        due = NOW - timedelta(hours=2) + _PROMISED * (index * 7919 % 1000 / 1000)
        found["ticket_clocks"].append(
            (no, "on_site", "上门", "一.二", "", "city", NOW.date(), at, 28_800, "running", due - timedelta(hours=2),
             due, 0, "")
        )  # fmt: skip


def opener(index: int, owners: Sequence[str]) -> str | None:
    """Return who opened a ticket by hand, None for a call's; without a chance, so that the others stay as they were."""
    return owners[index // _BY_HAND % len(owners)] if index % _BY_HAND == 1 else None


def is_urged(index: int) -> bool:
    """Tell whether a ticket's customer urged."""
    return index % _URGED == 0


def urge(no: str, at: datetime) -> Sequence[Any]:
    """Return the entry of the timeline that tells of an urge."""
    return (no, len(_ENTRIES) + 1, at, URGE, "语音导航", "来电催单：第 1 次", "[]")


def visit(no: str, index: int, opened: datetime, *, lasting: bool) -> Sequence[Any]:
    """Return the visit of a ticket, a day after it was opened."""
    starts, ends = opened + timedelta(days=1), opened + timedelta(days=1, hours=2)
    done = starts < NOW or not lasting
    return (
        f"{index:032x}", no, f"{index // _VISITED % _ENGINEERS:032x}", "done" if done else "planned", starts, ends, "",
        f"{index:07d}", "0000", "in", "", False, 0, "{}", "", "", "[]", "", "", "", ends if done else None, 1, opened,
    )  # fmt: skip


def engineers() -> Iterator[Sequence[Any]]:
    """Return the engineers who visit."""
    for index in range(_ENGINEERS):
        yield f"{index:032x}", f"师傅{index}", f"{2000 + index}", "", '["boiler"]', "[]", 7, True, 1, NOW - SPAN


def _told(chance: Random) -> dict[str, dict[str, str]]:
    code = CODES[min(int(chance.expovariate(0.12)), len(CODES) - 1)]
    return {"fault_code": {"canonical": code}} if chance.random() < 0.8 else {"symptom": {"value": "no_hot_water"}}


def _place_and_machine(person: Person) -> dict[str, dict[str, str]]:
    return {"address": person.address, "product": {"value": "boiler", "serial": person.serial}}


def _found_by(person: Person) -> tuple[str, ...]:
    """Return what every ticket of a person is found by; made once, not for each ticket."""
    numbers = terms.of_person(person.name, person.numbers)
    return tuple(sys.intern(term) for term in terms.of_ticket("", "", _place_and_machine(person), numbers))
