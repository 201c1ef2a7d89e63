"""Runs crm: the pages' server, the private server, the hub and the health look, in one process."""

import asyncio
import signal
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts import service as accounts
from crm.bootstrap import Process, build
from crm.callbacks.duty import call_duty
from crm.callbacks.turns import place_due
from crm.clocks.tick import tick
from crm.corrections import writing as corrections
from crm.database import milliseconds
from crm.followups import opening
from crm.followups.robot import Robot
from crm.imports.batches import take_next
from crm.imports.undo import undo_next
from crm.jobs.loop import repeat, run
from crm.knowledge import seeds
from crm.privacy import service as privacy
from crm.search import service as search
from crm.settings import Settings
from crm.web.app import make_desk_app, make_web_app
from crm.webhooks import service as webhooks
from liveness.http_door import http_server
from liveness.watchdog import keep_alive

log = structlog.get_logger(__name__)

RETRY_S = 1.0
_BLOCKED_S = 3.0
_FROZEN_S = 3.3
CLOCKS_EVERY_S = 5.0
ERASED_EVERY_S = 20.0
CORRECTIONS_EVERY_S = 30.0
WEBHOOKS_EVERY_S = 2.0
TERMS_EVERY_S = 60.0
CALLBACKS_EVERY_S = 2.0
DUTY_EVERY_S = 5.0
IMPORTS_EVERY_S = 1.0
FOLLOW_UPS_EVERY_S = 5.0
_MOST_OF_PAGES = 600
_MOST_OF_IVR = 200


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    async with build(settings) as process:
        servers = [
            web_server(make_web_app(process.parts), settings.web_port),
            http_server(make_desk_app(process.parts), settings.desk_port, connections=_MOST_OF_IVR),
        ]
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        async with asyncio.TaskGroup() as group:
            background = [group.create_task(task) for task in _background(process)]
            serving = [group.create_task(server.serve()) for server in servers]
            log.info("serving", web_port=settings.web_port, desk_port=settings.desk_port)
            await stop.wait()
            for server in servers:
                server.should_exit = True
            await asyncio.gather(*serving)
            for task in background:
                task.cancel()


def _background(process: Process) -> tuple[Coroutine[Any, Any, None], ...]:
    """Return what runs beside the servers."""
    return (
        keep_alive(_BLOCKED_S, _FROZEN_S),
        process.hub.run(),
        process.health.run(),
        process.parts.knowledge.run(),
        _prepare(process),
        _clocks(process),
        _erased_files(process),
        _corrections(process),
        _webhooks(process),
        run("search_terms", search.catch_up, process.parts.work, process.parts.now, TERMS_EVERY_S),
        _callbacks(process),
        _duty(process),
        _imports(process),
        run("follow_ups", opening.tick, process.parts.work, process.parts.now, FOLLOW_UPS_EVERY_S),
        _robot(process),
    )


async def _prepare(process: Process) -> None:
    """Make the first administrator and the knowledge to begin with as soon as the database is there."""
    parts = process.parts
    while True:
        try:
            async with parts.work() as session:
                password = parts.settings.first_admin_password.get_secret_value()
                await accounts.ensure_first_admin(session, password, parts.now())
                await seeds.put_in(session, milliseconds(parts.now()))
                again = privacy.read_list(parts.settings.erasures_file)
                await privacy.erase_again(session, again, milliseconds(parts.now()))
        except (SQLAlchemyError, OSError) as error:
            log.warning("waiting_for_database", error=type(error).__name__)
            await asyncio.sleep(RETRY_S)
        else:
            return


async def _erased_files(process: Process) -> None:
    """Delete the files of erased persons."""
    parts = process.parts

    async def job(session: AsyncSession, now: datetime) -> int:
        return await privacy.remove_files(session, now, parts.audio, parts.settings)

    await run("erased_files", job, parts.work, parts.now, ERASED_EVERY_S)


async def _corrections(process: Process) -> None:
    """Keep the set of what was misheard as the agents corrected it."""
    parts = process.parts

    async def job(session: AsyncSession, _now: datetime) -> int:
        return await corrections.write(session, parts.audio, keep=parts.settings.keep_corrections)

    await run("corrections", job, parts.work, parts.now, CORRECTIONS_EVERY_S)


async def _webhooks(process: Process) -> None:
    """Tell other programs of events."""
    parts = process.parts
    async with httpx.AsyncClient(trust_env=False) as client:
        await repeat("webhooks", lambda: webhooks.tell(parts.work, client, milliseconds(parts.now())), WEBHOOKS_EVERY_S)


async def _callbacks(process: Process) -> None:
    """Call back whose turn it is."""
    parts = process.parts
    zone = parts.settings.zone
    await repeat("callbacks", lambda: place_due(parts.work, parts.telephone, parts.now(), zone), CALLBACKS_EVERY_S)


async def _duty(process: Process) -> None:
    """Ring the duty phones for a danger that was written and that nobody takes."""
    parts = process.parts
    wait = timedelta(seconds=parts.settings.danger_duty_s)
    await repeat("duty", lambda: call_duty(parts.work, parts.telephone, milliseconds(parts.now()), wait), DUTY_EVERY_S)


async def _robot(process: Process) -> None:
    """Ring by itself whose completed work is asked about today, if the company has switched it on."""
    parts = process.parts
    most = parts.settings.follow_up_calls if parts.settings.follow_up_robot else 0
    robot = Robot(parts.work, parts.telephone, most)
    await repeat("follow_up_calls", lambda: robot.tick(parts.now()), FOLLOW_UPS_EVERY_S)


async def _imports(process: Process) -> None:
    """Take over the lines of handed-in tables, and take imports back."""
    parts = process.parts

    async def step() -> int:
        now = milliseconds(parts.now())
        return await take_next(parts.work, now) or await undo_next(parts.work, now)

    await repeat("imports", step, IMPORTS_EVERY_S)


async def _clocks(process: Process) -> None:
    """Tell what is at risk and late."""
    await run("clocks", tick, process.parts.work, process.parts.now, CLOCKS_EVERY_S)


def web_server(app: FastAPI, port: int) -> uvicorn.Server:
    """Return the pages' server: a page holds a stream and up to six connections more."""
    return http_server(app, port, connections=_MOST_OF_PAGES, ws="websockets-sansio")
