"""The live stream's WebSocket: snapshot, then what the hub queues for this page; the page only listens."""

import asyncio
import contextlib

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocketState

from crm.accounts.schemas import Viewer
from crm.database import milliseconds
from crm.live.schemas import CardMessage, LiveMessage, SnapshotMessage
from crm.web.context import COOKIE, Parts, identify
from crm.web.hub import Browser, Close, numbered

log = structlog.get_logger(__name__)

MAXIMUM_LIFE_S = 30 * 60
SEND_TIMEOUT_S = 5.0

router = APIRouter()


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """See crm/API.md, live stream."""
    parts: Parts = socket.app.state.parts
    if not _same_origin(socket):
        await _refuse(socket, Close.WRONG_ORIGIN)
        return
    try:
        viewer = await _viewer(socket, parts)
        if viewer is None:
            await _refuse(socket, Close.NO_SESSION)
            return
        await socket.accept()
        browser, snapshot = await parts.hub.join(viewer)
    except (SQLAlchemyError, OSError):
        await _refuse(socket, Close.DATABASE_AWAY)
        return
    try:
        await _serve(socket, parts, browser, snapshot)
    finally:
        parts.hub.leave(browser)


async def _serve(socket: WebSocket, parts: Parts, browser: Browser, snapshot: SnapshotMessage) -> None:
    """Run until the page goes, is too slow, or has been here long enough."""
    sender = asyncio.create_task(_send(socket, parts, browser, snapshot))
    listener = asyncio.create_task(_listen(socket))
    slow = asyncio.create_task(browser.too_slow.wait())
    tasks = {sender, listener, slow}
    try:
        async with asyncio.timeout(MAXIMUM_LIFE_S):
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        code = Close.TOO_SLOW if browser.too_slow.is_set() or _timed_out(sender) else None
    except TimeoutError:
        code = Close.MAXIMUM_LIFE
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if code is not None:
        await _refuse(socket, code)


async def _send(socket: WebSocket, parts: Parts, browser: Browser, snapshot: SnapshotMessage) -> None:
    number = 0
    message: LiveMessage = snapshot
    while True:
        number += 1
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await socket.send_text(numbered(message, number))
        await _note_sent(parts, message)
        message = await browser.queue.get()


async def _note_sent(parts: Parts, message: LiveMessage) -> None:
    cards = (
        message.cards
        if isinstance(message, SnapshotMessage)
        else [message.card]
        if isinstance(message, CardMessage)
        else []
    )
    first = [card.pop for card in cards if card.ledger.sent is None]
    try:
        await parts.hub.mark_sent(first)
    except (SQLAlchemyError, OSError) as error:
        log.warning("sent_not_noted", error=type(error).__name__)


async def _listen(socket: WebSocket) -> None:
    """Wait for the page to go; what it sends means nothing."""
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return


def _timed_out(sender: "asyncio.Task[None]") -> bool:
    return sender.done() and not sender.cancelled() and isinstance(sender.exception(), TimeoutError)


async def _refuse(socket: WebSocket, code: Close) -> None:
    with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):
        if socket.application_state is WebSocketState.CONNECTING:
            await socket.accept()  # a close code reaches the page only on an accepted socket
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await socket.close(code)


def _same_origin(socket: WebSocket) -> bool:
    """Tell whether a browser's page comes from this host; programs send no Origin."""
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    return origin.partition("://")[2] == socket.headers.get("host", "")


async def _viewer(socket: WebSocket, parts: Parts) -> Viewer | None:
    async with parts.work() as session:
        return await identify(
            session,
            socket.headers.get("authorization", ""),
            socket.cookies.get(COOKIE, ""),
            parts,
            milliseconds(parts.now()),
        )
