"""The made-up database of the CRM's benchmark: the same for the same seed, found by what crm.search would write."""

import json
from datetime import datetime, timedelta

from crm.search import terms
from ops.bench import crm_data as data
from ops.bench.crm import Found, percentiles, slow_lists, written
from ops.bench.crm_people import Maker

SIZE = data.Size(tickets=200, customers=60)
TICKET = data._COLUMNS["tickets"].split()


def made(seed: int) -> dict[str, list[dict[str, object]]]:
    maker = Maker(seed)
    people = [maker.person(index) for index in range(SIZE.customers)]
    known = [data._found_by(person) for person in people]
    rows = data._of_tickets(people, known, data.Size(200, 60, seed), ["a", "b"], range(200))
    return {
        table: [dict(zip(data._COLUMNS[table].split(), row, strict=True)) for row in found] for table, found in rows
    }


def test_the_same_seed_makes_the_same_database() -> None:
    assert made(1) == made(1)
    assert made(1) != made(2)
    assert len({row["no"] for row in made(1)["tickets"]}) == SIZE.tickets


def test_tickets_have_the_terms_that_crm_would_write() -> None:
    rows = made(1)
    maker = Maker(1)
    people = {data.person_id(index): maker.person(index) for index in range(SIZE.customers)}
    slots: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows["ticket_slots"]:
        slots.setdefault(str(row["ticket_no"]), {})[str(row["slot"])] = json.loads(str(row["value"]))
    for row in rows["tickets"]:
        no, person = str(row["no"]), people[str(row["customer_id"])]
        expected = terms.of_ticket(no, str(row["caller_e164"]), slots[no], terms.of_person(person.name, person.numbers))
        assert row["terms"] == sorted(expected)
        assert row["is_open"] == (row["state"] != "closed")


def test_every_new_list_has_what_it_shows() -> None:
    rows = made(1)
    by_hand = [row for row in rows["tickets"] if row["opened_by"]]
    assert {row["opened_by"] for row in by_hand} == {"a", "b"}
    assert not any(row["contact_id"] for row in by_hand)
    told = {row["ticket_no"] for row in rows["timeline"] if row["kind"] == "urge"}
    assert {row["no"] for row in rows["tickets"] if row["urged"]} == told != set()
    people = {row[0] for row in data.engineers()}
    assert {row["engineer_id"] for row in rows["engineer_visits"]} <= people
    opened = {row["no"]: row["created_at"] for row in rows["tickets"]}
    for row in rows["engineer_visits"]:
        begun = opened[row["ticket_no"]]
        assert isinstance(begun, datetime)
        assert row["starts_at"] == begun + timedelta(days=1)
        assert (row["state"] == "planned") == (row["finished_at"] is None)


def test_the_last_of_a_million_tickets_is_of_today() -> None:
    person = Maker(1).person(0)
    million = data.Size(1_000_000, 1)
    rows = dict(data._of_tickets([person], [data._found_by(person)], million, ["a"], range(999_999, 1_000_000)))
    opened = rows["tickets"][0][TICKET.index("created_at")]
    assert data.NOW - timedelta(hours=1) < opened < data.NOW


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert percentiles([]) == (-1.0, -1.0)
    assert percentiles([float(value) for value in range(1, 101)]) == (50.5, 95.0)
    assert percentiles([5.0]) == (5.0, 5.0)


def test_a_list_over_the_goal_is_named_and_a_page_is_not() -> None:
    times = {"list open": [101.0], "tickets by name": [99.0], "open a ticket's page": [500.0]}
    found = Found(SIZE, {"database": 7}, times, {name: [] for name in times})
    assert slow_lists(found) == ["list open"]
    assert "| tickets by name | 99 | 99 | - | - |" in written(found)
