"""Ships the journal's facts to crm in order, at least once, for as long as it takes."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime

import structlog

from ivr.contract.desk import Desk, DeskUnavailable
from ivr.contract.facts import Envelope
from ivr.sessions.journal import Journal

log = structlog.get_logger(__name__)

_BATCH = 200
_RETRY_FIRST_S = 0.25
_RETRY_MAX_S = 5.0


class Shipper:
    """`run` as a task. Only durable facts leave, so a seq that crm has seen is never used again."""

    def __init__(
        self, journal: Journal, desk: Desk, clock: Callable[[], datetime], *, retry_first_s: float = _RETRY_FIRST_S
    ) -> None:
        self._journal = journal
        self._desk = desk
        self._clock = clock
        self._retry_first_s = retry_first_s
        self.last_error = ""
        self.idle = asyncio.Event()  # set while crm holds everything that is durable

    @property
    def waiting(self) -> int:
        """How many facts crm has not acknowledged."""
        return len(self._journal.state.facts)

    async def run(self) -> None:
        """Ship for ever; back off while crm is away, and begin with small batches when it is back."""
        delay, size = self._retry_first_s, _BATCH
        while True:
            batch = self._batch(size)
            if not batch:
                self._journal.grown.clear()
                if not self._batch(1):
                    self.idle.set()
                    await self._journal.grown.wait()
                continue
            self.idle.clear()
            try:
                acked = await self._desk.ship(batch)
            except DeskUnavailable as error:
                self.last_error = str(error)
                first = {"seq": batch[0].seq, "kind": batch[0].fact.KIND}
                log.warning("facts_not_shipped", waiting=self.waiting, size=len(batch), reason=str(error), **first)
                await asyncio.sleep(delay)
                delay, size = min(delay * 2, _RETRY_MAX_S), max(1, size // 4)
                continue
            if not await self._acked(batch, acked):
                await asyncio.sleep(delay)
                delay = min(delay * 2, _RETRY_MAX_S)
                continue
            delay, size, self.last_error = self._retry_first_s, min(_BATCH, size * 4), ""

    def _batch(self, size: int) -> list[Envelope]:
        durable = self._journal.durable_seq
        facts = itertools.islice(self._journal.state.facts.values(), size)
        return [envelope for envelope in facts if envelope.seq <= durable]

    async def _acked(self, batch: list[Envelope], acked: int) -> bool:
        """Note what crm holds; False when it holds nothing new. More than we ever sent is not believed."""
        if acked > self._journal.state.seq:
            log.error("crm_is_ahead_of_journal", acked=acked, seq=self._journal.state.seq)  # a journal was lost
        acked = min(acked, batch[-1].seq)
        if acked < batch[0].seq:
            self.last_error = "crm acknowledged nothing"
            log.error("facts_not_acknowledged", seq=batch[0].seq, acked=acked)
            return False
        self._journal.acked(acked, self._clock())
        return True
