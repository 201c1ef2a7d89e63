"""Ticket numbers from blocks leased ahead: spoken with crm away, and never handed out twice."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from ivr.contract.desk import Desk, DeskUnavailable
from ivr.contract.ids import TicketNumber, ticket_number
from ivr.sessions.journal import Journal

log = structlog.get_logger(__name__)

_LOW_WATER = 500
_RETRY_FIRST_S = 0.5
_RETRY_MAX_S = 15.0


class NoNumberLeft(Exception):
    """The leased block is used up and crm is away."""


def next_number(journal: Journal, now: datetime) -> TicketNumber | None:
    """Take the next leased number, None when none is left. It is durable before any fact that is written after it."""
    pool = journal.state.pool
    if not pool:
        return None
    free, _ = pool[min(pool)]
    journal.number(free, now)
    return ticket_number(free)


class NumberPool:
    """Hands out serials that the journal holds as leased. `run` refills in the background."""

    def __init__(
        self, journal: Journal, desk: Desk, clock: Callable[[], datetime], *, low_water: int = _LOW_WATER
    ) -> None:
        self._journal = journal
        self._desk = desk
        self._clock = clock
        self._low_water = low_water
        self._check = asyncio.Event()
        self._check.set()

    @property
    def left(self) -> int:
        """How many numbers can be handed out without crm."""
        return sum(end - free for free, end in self._journal.state.pool.values())

    async def take(self) -> TicketNumber:
        """Return a number that nobody gets again, also after a crash: it is durable first.

        Raises NoNumberLeft, JournalUnavailable.
        """
        self._check.set()
        number = next_number(self._journal, self._clock())
        if number is None:
            raise NoNumberLeft
        await self._journal.durable()
        return number

    async def run(self) -> None:
        """Lease a block whenever fewer than the low-water mark are left, for ever."""
        delay = _RETRY_FIRST_S
        while True:
            await self._check.wait()
            self._check.clear()
            while self.left < self._low_water:
                try:
                    block = await self._desk.lease_numbers(self._journal.node)
                except DeskUnavailable as error:
                    log.warning("numbers_not_leased", left=self.left, reason=str(error))
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, _RETRY_MAX_S)
                    continue
                delay = _RETRY_FIRST_S
                self._journal.block(block.first, block.size, self._clock())
                log.info("numbers_leased", size=block.size)
