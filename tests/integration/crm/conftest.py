"""A private PostgreSQL for crm started as a process."""

from collections.abc import Iterator

import pytest

from tests.unit.crm.postgres import private_cluster


@pytest.fixture
def cluster_url() -> Iterator[str]:
    with private_cluster() as url:
        yield url
