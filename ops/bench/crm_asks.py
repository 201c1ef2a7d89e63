"""What the benchmark of the CRM asks: each act of a day's work with other values every time."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

from crm import phone
from crm.paging import encode
from crm.policy.ticket_states import KINDS, PRIORITIES
from ivr.contract.ids import ticket_number
from ops.bench.crm_data import CODES, FIRST_SERIAL, NOW, SPAN, Size
from ops.bench.crm_people import Maker, Person

API = "/api/v1"
STATES = ("new", "to_dispatch", "dispatched", "scheduled", "resolved", "closed")


@dataclass
class World:
    """What is in the database, and whom to ask."""

    client: httpx.AsyncClient
    size: Size
    people: list[Person]
    chance: Random

    @classmethod
    def of(cls, client: httpx.AsyncClient, size: Size) -> "World":
        """Return the world of a size; its people are made again, as they were."""
        maker = Maker(size.seed)
        return cls(client, size, [maker.person(index) for index in range(size.customers)], Random(size.seed))  # noqa: S311

    def person(self) -> Person:
        """Return somebody."""
        return self.chance.choice(self.people)

    def ticket(self) -> str:
        """Return the number of a ticket."""
        return str(ticket_number(FIRST_SERIAL + self.chance.randrange(self.size.tickets)))


Ask = Callable[[World], Awaitable[httpx.Response]]


async def _get(world: World, path: str, **params: Any) -> httpx.Response:
    return await world.client.get(f"{API}/{path}", params=params)


def _list(path: str, **params: Any) -> Ask:
    return lambda world: _get(world, path, **params)


def _search(path: str, q: Callable[[World], str]) -> Ask:
    return lambda world: _get(world, path, q=q(world))


def _filter(world: World) -> dict[str, Any]:
    """Return some filter of kinds, states, priorities, owner and days."""
    chance = world.chance
    return {
        "kind": chance.sample(tuple(KINDS), chance.randrange(1, 4)),
        "state": chance.sample(STATES, chance.randrange(0, 4)),
        "priority": chance.sample(tuple(PRIORITIES), chance.randrange(0, 3)),
        "owner": chance.choice(("", "", "me", "none")),
        "days": chance.choice((0, 0, 7, 90)),
    }


async def _any_filter(world: World, **more: Any) -> httpx.Response:
    return await _get(world, "tickets", **_filter(world), **more)


async def _any_filter_deep(world: World) -> httpx.Response:
    cursor = encode(NOW - SPAN * world.chance.random(), f"0{world.ticket()}")
    return await _any_filter(world, cursor=cursor)


async def _deep(world: World) -> httpx.Response:
    """Read on from somewhere in the middle of all tickets."""
    cursor = encode(NOW - SPAN * world.chance.random(), f"0{world.ticket()}")
    return await _get(world, "tickets", view="all", cursor=cursor)


async def _open(world: World) -> httpx.Response:
    return await _get(world, f"tickets/{world.ticket()}")


async def _new(world: World) -> httpx.Response:
    body = {"kind": "repair", "slots": {"address": world.person().address, "fault_code": {"canonical": "E01"}}}
    return await world.client.post(f"{API}/tickets", json=body)


async def prepare_move(world: World) -> Mapping[str, Any]:
    """Open the ticket that will be moved; not measured."""
    made: Mapping[str, Any] = (await _new(world)).raise_for_status().json()
    return made


async def move(world: World, ticket: Mapping[str, Any]) -> httpx.Response:
    """Accept a ticket."""
    body = {"version": ticket["version"], "move": "accept"}
    return await world.client.patch(f"{API}/tickets/{ticket['no']}", json=body)


async def _file(world: World) -> httpx.Response:
    return await _get(world, f"customers/{world.chance.randrange(world.size.customers):032x}")


def _dialled(world: World) -> str:
    return phone.national(world.person().numbers[0])


def _region(person: Person) -> str:
    return person.address.get("district", "") + person.address["town"]


ASKS: Mapping[str, Ask] = {
    "list open": _list("tickets", view="open"),
    "list mine": _list("tickets", view="mine"),
    "list urgent": _list("tickets", view="urgent"),
    "list unverified": _list("tickets", view="unverified"),
    "list opened by me": _list("tickets", view="opened"),
    "list visits of today": _list("tickets", view="visits"),
    "list urged": _list("tickets", view="urged"),
    "list today": _list("tickets", view="today"),
    "list at risk": _list("tickets", view="at_risk"),
    "list late": _list("tickets", view="late"),
    "list, one kind": lambda world: _get(world, "tickets", kind=world.chance.choice(tuple(KINDS))),
    "list, closed complaints of nobody": _list("tickets", kind="complaint", state="closed", owner="none"),
    "list, what there is none of": _list("tickets", kind=["training", "follow_up"], days=366),
    "list, any filter": _any_filter,
    "list, any filter, read on": _any_filter_deep,
    "counts of the views": _list("ticket-counts"),
    "list all": _list("tickets", view="all"),
    "list all, read on": _deep,
    "list customers": _list("customers"),
    "list calls": _list("calls"),
    "tickets by number": _search("tickets", _dialled),
    "tickets by last four": _search("tickets", lambda world: _dialled(world)[-4:]),
    "tickets by name": _search("tickets", lambda world: world.person().name),
    "tickets by initials": _search("tickets", lambda _: "wjg"),
    "tickets by two characters (顺德)": _search("tickets", lambda _: "顺德"),
    "tickets by two characters (any)": _search("tickets", lambda world: world.person().address["road"][:2]),
    "tickets by district and town": _search("tickets", lambda world: _region(world.person())),
    "tickets by road and number": _search("tickets", lambda world: world.person().address["road"]),
    "tickets by fault code": _search("tickets", lambda world: world.chance.choice(CODES)),
    "tickets by code and town": _search(
        "tickets", lambda world: f"{world.chance.choice(CODES)} {world.person().address['town'][:2]}"
    ),
    "tickets by ticket number": _search("tickets", lambda world: world.ticket()),
    "tickets of a filter by two characters": lambda world: _any_filter(world, q="顺德"),
    "open tickets by two characters": lambda world: _get(world, "tickets", view="open", q="顺德"),
    "tickets, nothing found": _search("tickets", lambda _: "顺德 长沙"),
    "customers by number": _search("customers", _dialled),
    "customers by name": _search("customers", lambda world: world.person().name),
    "customers by two characters": _search("customers", lambda world: world.person().address["road"][:2]),
    "customers by serial": _search("customers", lambda world: world.person().serial),
    "calls by last four": _search("calls", lambda world: _dialled(world)[-4:]),
    "calls by name": _search("calls", lambda world: world.person().name),
    "open a ticket's page": _open,
    "open a customer's page": _file,
    "new ticket": _new,
    "dashboard (board)": _list("board"),
    "dispatch board": lambda world: _get(world, "dispatch/board", day="2026-11-22"),
}
MOVE = "move a ticket"
