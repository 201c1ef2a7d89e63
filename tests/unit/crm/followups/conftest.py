"""The office that works through follow-ups."""

from collections.abc import AsyncIterator

import httpx
import pytest

from crm.bootstrap import Process
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.followups.world import Office


@pytest.fixture
async def office(process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock) -> AsyncIterator[Office]:
    async with page("8001") as agent, page("8002") as second, page("9001") as lead:
        yield Office(process, clock, desk, agent, second, lead)
