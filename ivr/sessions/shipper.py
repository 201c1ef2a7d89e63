"""Ships the journal's facts to crm in order, at least once, for as long as it takes.

What crm refuses is kept back with the rest of its contact, so that one bad fact delays no other call's. So is what crm
breaks over again and again; that is a fault to be mended there, so it is tried anew every few minutes.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from ivr.contract.desk import Desk, DeskFailed, DeskUnavailable, FactsRefused
from ivr.contract.envelope import Envelope
from ivr.sessions.journal import Journal

log = structlog.get_logger(__name__)

_BATCH = 200
_RETRY_FIRST_S = 0.25
_RETRY_MAX_S = 5.0
_SHOWN = 20  # refused facts in the status
_TRIES = 6  # of one fact that crm breaks over: 12 s or so
_ANEW_S = 300.0
_BROKE = "500 crm broke over it"


class Shipper:
    """`run` as a task. Only durable facts leave, so a seq that crm has seen is never used again."""

    def __init__(
        self,
        journal: Journal,
        desk: Desk,
        clock: Callable[[], datetime],
        *,
        retry_first_s: float = _RETRY_FIRST_S,
        anew_s: float = _ANEW_S,
    ) -> None:
        self._journal = journal
        self._desk = desk
        self._clock = clock
        self._retry_first_s = retry_first_s
        self._delay = retry_first_s
        self._size = _BATCH
        self._anew_s = anew_s
        self._anew_at: float | None = None  # on the loop's clock: when what crm broke over is tried again
        self._broken = (0, 0)  # a fact's seq, and how often crm broke over it alone
        self.last_error = ""
        self.idle = asyncio.Event()  # set while crm holds everything that is durable and not kept back

    @property
    def waiting(self) -> int:
        """How many facts are on their way to crm."""
        return len(self._journal.state.facts)

    @property
    def held(self) -> int:
        """How many facts are kept back because crm refused one of their contact."""
        return len(self._journal.state.outbox.held)

    def refused(self) -> list[Mapping[str, str | int]]:
        """Return the first refused facts: seq, kind and reason."""
        outbox = self._journal.state.outbox
        first = itertools.islice(sorted(outbox.refused.items()), _SHOWN)
        return [{"seq": seq, "kind": outbox.held[seq].fact.KIND, "reason": reason} for seq, reason in first]

    async def run(self) -> None:
        """Ship for ever; what an earlier process had to keep back is tried once more."""
        if count := self._journal.release(self._clock()):
            log.info("refused_facts_tried_again", count=count)
        while True:
            self._try_anew()
            batch = self._batch(self._size)
            if batch:
                self.idle.clear()
                await self._ship(batch)
                continue
            self._journal.grown.clear()
            if not self._batch(1):
                self.idle.set()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(self._anew_at):
                        await self._journal.grown.wait()

    def _try_anew(self) -> None:
        if self._anew_at is not None and asyncio.get_running_loop().time() >= self._anew_at:
            self._anew_at = None
            log.info("refused_facts_tried_again", count=self._journal.release(self._clock()))

    def _batch(self, size: int) -> list[Envelope]:
        durable = self._journal.durable_seq
        facts = itertools.islice(self._journal.state.facts.values(), size)
        return [envelope for envelope in facts if envelope.seq <= durable]

    async def _ship(self, batch: list[Envelope]) -> None:
        """Deliver once; back off while crm is away, and begin with small batches when it is back."""
        try:
            acked = await self._desk.ship(batch)
        except DeskFailed as error:
            self.last_error = str(error)
            await self._failed(batch)
        except DeskUnavailable as error:
            self.last_error = str(error)
            first = {"seq": batch[0].seq, "kind": batch[0].fact.KIND}
            log.warning("facts_not_shipped", waiting=self.waiting, size=len(batch), reason=str(error), **first)
            self._size = max(1, self._size // 4)
            await self._back_off()
        except FactsRefused as refused:
            self._refused(batch, refused)
        else:
            if self._acked(batch, acked):
                self._delay, self._size, self.last_error = self._retry_first_s, min(_BATCH, self._size * 4), ""
            else:
                await self._back_off()

    async def _back_off(self) -> None:
        delay, self._delay = self._delay, min(self._delay * 2, _RETRY_MAX_S)
        await asyncio.sleep(delay)

    def _refused(self, batch: list[Envelope], refused: FactsRefused) -> None:
        """Find the bad one by sending one at a time; then keep it back, or give it a number that is free at crm."""
        if len(batch) > 1:
            self._size = 1
            return
        bad = batch[0]
        if refused.conflict:
            count = self._journal.renumber(bad.seq, refused.highest, self._clock())
            log.error("facts_renumbered", seq=bad.seq, highest=refused.highest, count=count)  # a journal was lost
            return
        count = self._journal.refused(bad.seq, refused.reason, self._clock())
        log.error("fact_refused", seq=bad.seq, kind=bad.fact.KIND, reason=refused.reason, held=count)

    async def _failed(self, batch: list[Envelope]) -> None:
        """Find the fact that crm breaks over by sending one at a time; then keep it back for a while."""
        if len(batch) > 1:
            self._size = 1
            return
        seq, kind = batch[0].seq, batch[0].fact.KIND
        self._broken = (seq, self._broken[1] + 1 if self._broken[0] == seq else 1)
        if self._broken[1] < _TRIES:
            log.warning("crm_broke_over_fact", seq=seq, kind=kind, times=self._broken[1])
            await self._back_off()
            return
        self._broken, self._delay = (0, 0), self._retry_first_s
        count = self._journal.refused(seq, _BROKE, self._clock())
        if self._anew_at is None:
            self._anew_at = asyncio.get_running_loop().time() + self._anew_s
        log.error("fact_refused", seq=seq, kind=kind, reason=_BROKE, held=count)

    def _acked(self, batch: list[Envelope], acked: int) -> bool:
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
