"""How many lines go into one transaction, and the rescue of a batch that the database refuses."""

from collections.abc import Awaitable, Callable

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from crm.transaction import UnitOfWork

BATCH = 50  # lines; other writers wait no longer than these take

Step = Callable[[AsyncSession], Awaitable[int]]


async def one_by_one(work: UnitOfWork, take: Step, leave: Step, refused: tuple[type[DBAPIError], ...]) -> int:
    """Go over a refused batch again with a transaction for each line; returns how many lines have passed.

    take, leave: deal with the next line, or pass it by because the database refused it; return 0 when none is left.
    """
    passed = 0
    for _ in range(BATCH):
        try:
            passed += await work.run(take)
        except refused:
            passed += await work.run(leave)
    return passed
