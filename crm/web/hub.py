"""The hub: reads events after the bell and gives every browser whole cards through one bounded queue each."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum

import structlog
from prometheus_client import Gauge
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Role, Viewer
from crm.audio import Audio
from crm.board.schemas import Board
from crm.database import milliseconds
from crm.events import repository as events
from crm.events.bell import RedisBell
from crm.events.models import Event
from crm.lens import Lens
from crm.live import repository as pops
from crm.live.models import Pop
from crm.live.schemas import BoardMessage, CardMessage, HeartbeatMessage, LiveMessage, MeMessage, SnapshotMessage
from crm.transaction import UnitOfWork
from crm.views import board as board_view
from crm.views import cards, me
from crm.views.board import BoardRules

log = structlog.get_logger(__name__)

BROWSERS = Gauge("hotline_browsers", "Pages on the live stream")
QUEUE_SIZE = 64
HEARTBEAT_S = 2.0
BOARD_EVERY_S = 0.5
FINISHED_KEPT = timedelta(minutes=30)
_BATCH = 500
_RETRY_S = 1.0


class Close(IntEnum):
    """Why a stream is closed (crm/API.md)."""

    NO_SESSION = 4401
    WRONG_ORIGIN = 4403
    TOO_SLOW = 4408
    MAXIMUM_LIFE = 4410
    DATABASE_AWAY = 4503


class Browser:
    """One page: a bounded queue of messages; a page that does not keep up is told to go."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.queue: asyncio.Queue[LiveMessage] = asyncio.Queue(QUEUE_SIZE)
        self.too_slow = asyncio.Event()
        self.seq = 0

    @property
    def sees_board(self) -> bool:
        """Tell whether the board goes to this page."""
        return self.viewer.has(Role.SUPERVISOR, Role.ADMIN)

    def start(self, seq: int) -> None:
        """Begin after a snapshot of `seq`: what was queued meanwhile and is older is in it already."""
        waiting = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        self.seq = seq
        for message in waiting:
            self.put(message)

    def put(self, message: LiveMessage) -> None:
        """Queue a message unless something newer has gone before it: seq never falls. Never waits."""
        if message.seq < self.seq:
            return
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.too_slow.set()
        self.seq = message.seq


class Hub:
    """Runs as one task (`run`); browsers come by `join` and go by `leave`."""

    def __init__(
        self,
        work: UnitOfWork,
        bell: RedisBell,
        audio: Audio,
        rules: BoardRules,
        now: Callable[[], datetime],
        telephony: Callable[[], str],
    ) -> None:
        self._work = work
        self._bell = bell
        self._audio = audio
        self._rules = rules
        self._now = now
        self._telephony = telephony
        self._browsers: set[Browser] = set()
        self._seq = 0
        self._board_due = False
        self.database_ok = False

    @property
    def browsers(self) -> frozenset[Browser]:
        """Return the pages on the live stream."""
        return frozenset(self._browsers)

    @property
    def delivered(self) -> int:
        """Return the number of the newest event whose messages are queued."""
        return self._seq

    async def join(self, viewer: Viewer) -> tuple[Browser, SnapshotMessage]:
        """Register a page, then take its snapshot: what happens meanwhile is queued behind it.

        Raises sqlalchemy.exc.SQLAlchemyError when the database is away.
        """
        browser = Browser(viewer)
        self._browsers.add(browser)
        BROWSERS.set(len(self._browsers))
        try:
            async with self._work.snapshot() as session:
                message = await self.snapshot(session, viewer)
        except BaseException:
            self.leave(browser)
            raise
        browser.start(message.seq)
        return browser, message

    def leave(self, browser: Browser) -> None:
        """Forget a page; safe to call twice."""
        self._browsers.discard(browser)
        BROWSERS.set(len(self._browsers))

    def dismiss(self, account: str) -> None:
        """Close the streams of an account whose rights have changed: its pages come back with those it has now."""
        for browser in self._browsers:
            if browser.viewer.id == account:
                browser.too_slow.set()

    async def snapshot(self, session: AsyncSession, viewer: Viewer) -> SnapshotMessage:
        """Return everything the page shows, as of one moment of the database."""
        lens = self._lens(viewer)
        seq = await events.highest(session)
        found = await pops.current(session, viewer.extension, lens.now - FINISHED_KEPT) if viewer.extension else []
        sees_board = viewer.has(Role.SUPERVISOR, Role.ADMIN)
        return SnapshotMessage(
            n=0,
            seq=seq,
            cards=[await cards.card(session, pop, lens) for pop in found],
            me=await me.me(session, lens, self._rules.zone),
            board=await self._board(session) if sees_board else None,
        )

    async def mark_sent(self, pop_ids: Sequence[str]) -> None:
        """Write in the ledger that cards went out to a page."""
        if pop_ids:
            async with self._work() as session:
                await pops.mark_sent(session, pop_ids, milliseconds(self._now()))

    async def run(self) -> None:
        """Read and deliver for ever; a database that is away is tried again each second."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._beat())
            group.create_task(self._read())

    async def _read(self) -> None:
        while True:
            try:
                await self._follow()
            except (SQLAlchemyError, OSError) as error:
                if self.database_ok:
                    log.warning("hub_without_database", error=type(error).__name__)
                self.database_ok = False
                await asyncio.sleep(_RETRY_S)

    async def _follow(self) -> None:
        if not self.database_ok:
            async with self._work.snapshot() as session:
                newest = await events.highest(session)
            self._seq = max(self._seq, newest) if self._seq else newest
            self.database_ok = True
        while True:
            await self._bell.wait()
            while await self._deliver():
                pass

    async def _deliver(self) -> bool:
        """Deliver one batch of events; tells whether there may be more."""
        async with self._work.snapshot() as session:
            batch = await events.after(session, self._seq, _BATCH)
            if not batch:
                return False
            seq = batch[-1].seq
            agents = await self._cards(session, batch, seq)
            await self._mes(session, agents | {event.agent for event in batch if event.agent}, seq)
        self._seq = seq
        self._board_due = True
        return len(batch) == _BATCH

    async def _cards(self, session: AsyncSession, batch: Sequence[Event], seq: int) -> set[str]:
        """Queue the cards the events are about; returns whose telephones they belong to."""
        agents = {browser.viewer.extension for browser in self._browsers} - {""}
        contacts = {event.contact for event in batch if event.contact}
        if not agents:
            return set()
        if any(event.customer for event in batch):
            contacts |= await self._contacts_on_pages(session, agents)
        found = await pops.of_contacts(session, contacts, agents)
        for pop in found:
            for browser in self._of(pop.agent):
                await self._card(session, pop, browser, seq)
        return {pop.agent for pop in found}

    async def _card(self, session: AsyncSession, pop: Pop, browser: Browser, seq: int) -> None:
        try:
            card = await cards.card(session, pop, self._lens(browser.viewer))
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("card_failed", pop=pop.id)
            return
        browser.put(CardMessage(n=0, seq=seq, card=card))

    async def _contacts_on_pages(self, session: AsyncSession, agents: Iterable[str]) -> set[str]:
        shown: list[Pop] = []
        for agent in agents:
            shown += await pops.current(session, agent, milliseconds(self._now()) - FINISHED_KEPT)
        return {pop.contact_id for pop in shown}

    async def _mes(self, session: AsyncSession, agents: Iterable[str], seq: int) -> None:
        for agent in agents:
            for browser in self._of(agent):
                form = await me.me(session, self._lens(browser.viewer), self._rules.zone)
                browser.put(MeMessage(n=0, seq=seq, me=form))

    async def _beat(self) -> None:
        """Send heartbeats, and the board when something changed, at most twice a second."""
        loop = asyncio.get_running_loop()
        heartbeat_at = loop.time()
        while True:
            await asyncio.sleep(BOARD_EVERY_S)
            if self._board_due:
                self._board_due = False
                await self._send_board()
            if loop.time() >= heartbeat_at:
                heartbeat_at = loop.time() + HEARTBEAT_S
                for browser in list(self._browsers):
                    time = milliseconds(self._now())
                    browser.put(HeartbeatMessage(n=0, seq=browser.seq, time=time))

    async def _send_board(self) -> None:
        watching = [browser for browser in self._browsers if browser.sees_board]
        if not watching:
            return
        try:
            async with self._work.snapshot() as session:
                form = await self._board(session)
        except (SQLAlchemyError, OSError) as error:
            log.warning("board_without_database", error=type(error).__name__)
            self._board_due = True
            return
        for browser in watching:
            # Not the database's newest number: cards of events up to that one may still be on their way.
            browser.put(BoardMessage(n=0, seq=browser.seq, board=form))

    async def _board(self, session: AsyncSession) -> Board:
        return await board_view.board(session, self._rules, self._telephony(), milliseconds(self._now()))

    def _of(self, agent: str) -> list[Browser]:
        return [browser for browser in self._browsers if browser.viewer.extension == agent]

    def _lens(self, viewer: Viewer) -> Lens:
        return Lens(viewer=viewer, audio=self._audio, now=milliseconds(self._now()), zone=self._rules.zone)


def numbered(message: BaseModel, n: int) -> str:
    """Return a message's JSON with its number on this connection."""
    return message.model_copy(update={"n": n}).model_dump_json()
