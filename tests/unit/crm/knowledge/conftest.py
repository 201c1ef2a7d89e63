"""What the tests of the knowledge share: a second editor."""

import pytest

from crm.accounts import service as accounts
from crm.accounts.schemas import Role
from crm.bootstrap import Process
from tests.unit.crm.fakes import Clock


@pytest.fixture
async def other(process: Process, clock: Clock) -> dict[str, str]:
    """Give the header of a second editor."""
    async with process.parts.work() as session:
        role = Role.SUPERVISOR
        token = await accounts.make_token(session, name="reviewer", role=role, secret="cookie", now=clock())
    return {"Authorization": f"Bearer {token}"}
