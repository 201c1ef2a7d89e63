"""One stack and one round of real calls for all tests of this folder."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.e2e.calls import SCENARIOS, Made, make_calls
from tests.e2e.stack import Stack, running_stack

_LONGEST_FIRST = ("silence", "noise", "repair_by_voice", "repair_by_keys", "address_on_file")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running stack with carrier and demo data."""
    with running_stack() as running:
        yield running


@pytest.fixture(scope="session")
def made(stack: Stack) -> Made:
    """All calls of tests/e2e/scenarios, made once; each test reads what its own call left."""
    others = sorted(path.stem for path in SCENARIOS.glob("*.yaml") if path.stem not in _LONGEST_FIRST)
    return asyncio.run(make_calls(stack, [*_LONGEST_FIRST, *others]))
