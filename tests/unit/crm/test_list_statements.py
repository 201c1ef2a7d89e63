"""However long a page of a list is, it is read with the same number of statements."""

import asyncio

import pytest

from crm.accounts import repository as accounts
from crm.bootstrap import Process
from ops.bench.crm_data import Size, fill
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_customer

LISTS = (
    "tickets?view=all", "tickets?view=all&q=顺德", "tickets?view=open", "tickets?kind=repair&q=顺德", "customers",
    "customers?q=佛山", "calls", "visits", "partners",
)  # fmt: skip


@pytest.fixture
async def filled(process: Process, empty_database: str, clock: Clock) -> None:
    """Give the process a made-up company."""
    async with process.parts.work() as session:
        owners = [account.id for account in await accounts.everybody(session)]
    await asyncio.to_thread(fill, empty_database, Size(120, 60), owners, lambda _: None)
    for _ in range(3):
        await given_customer(process, clock, "dealer")


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.usefixtures("filled")
async def test_a_page_of_many_rows_takes_the_statements_of_a_page_of_one(page: Opener, what: str) -> None:
    join = "&" if "?" in what else "?"
    async with page("9001") as client:
        counts = []
        for size in (1, 50):
            with statements() as sent:
                answer = await client.get(f"{API}/{what}{join}size={size}")
            assert answer.status_code == 200, answer.text
            counts.append((len(answer.json()["items"]), len(sent)))
    (one, few), (many, all_of_them) = counts
    assert one == 1
    assert many > 1
    assert all_of_them == few <= 12, sent
