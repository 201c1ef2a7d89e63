"""What the contracts need that costs seconds: crm's database, made when the first test asks for it."""

from collections.abc import Iterator

import pytest

from crm.migrate import upgrade
from tests.unit.crm.postgres import private_cluster


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Give a database of the newest schema."""
    with private_cluster() as url:
        upgrade(url)
        yield url
