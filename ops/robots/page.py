"""An agent's page without a browser: logs in, stays on the live feed and acknowledges pops as `received`.

Only for demonstrations: what a person sees is proved in a real browser.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx
import websockets

_HEADERS = {"X-Hotline": "1"}
_PATIENCE_S = 10.0
Say = Callable[[str], None]


class PageRefused(Exception):
    """The hotline did not answer, did not let the agent in or refused an act; the message is the server's own."""


class AgentPage:
    """`async with AgentPage(web, number, password, say) as page:`; `page.cards` holds the newest card per pop."""

    def __init__(self, web: str, number: str, password: str, say: Say) -> None:
        self._web, self._number, self._password, self._say = web, number, password, say
        self._client = httpx.AsyncClient(base_url=f"{web}/api/v1", headers=_HEADERS, timeout=_PATIENCE_S)
        self._feed: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self.cards: dict[str, dict[str, Any]] = {}
        self.me: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        await self._post("/session", {"number": self._number, "password": self._password})
        self._feed = asyncio.create_task(self._follow(), name="agent page")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._feed is not None:
            self._feed.cancel()
            await asyncio.gather(self._feed, return_exceptions=True)
        await self._client.aclose()

    async def ready(self, within_s: float = 30.0) -> None:
        """Sign the phone in, say ready, and wait until the hotline agrees; raises PageRefused."""
        await self._post("/me/sign-in", {"extension": "", "queues": []})
        await self._post("/me/ready", {})
        if not await self.wait(lambda: self.me.get("state") == "ready", within_s):
            raise PageRefused(f"the agent is {self.me.get('state_name', '?')} {self.me.get('reason', '')}")

    async def leave(self) -> None:
        """Sign the phone out."""
        await self._post("/me/sign-out", {})

    async def wait(self, ready: Callable[[], bool], within_s: float) -> bool:
        """Wait until `ready()` holds after some message of the feed; False when the time is up."""
        try:
            async with asyncio.timeout(within_s):
                while not ready():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return ready()
        return True

    async def _follow(self) -> None:
        address = self._web.replace("http", "ws", 1) + "/api/v1/live"
        cookie = "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())
        async for feed in websockets.connect(address, additional_headers={"Cookie": cookie}, origin=self._origin()):
            try:
                async for message in feed:
                    await self._take(json.loads(message))
            except websockets.ConnectionClosed:
                continue  # the library reconnects with back-off; a snapshot follows

    def _origin(self) -> websockets.Origin:
        return websockets.Origin(self._web)

    async def _take(self, message: dict[str, Any]) -> None:
        cards = message.get("cards", []) if message["type"] == "snapshot" else [message.get("card")]
        for card in cards:
            if card and not card["gone"]:
                new = card["pop"] not in self.cards
                self.cards[card["pop"]] = card
                if new:
                    await self._post(f"/pops/{card['pop']}/received", {"page_time": datetime.now(UTC).isoformat()})
        if message.get("me"):
            self.me = message["me"]
        self._changed.set()

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        try:
            answer = await self._client.post(path, json=body)
        except httpx.HTTPError as error:
            raise PageRefused(f"{path}: no answer ({type(error).__name__})") from error
        if answer.is_error:
            try:
                detail = str(answer.json().get("detail", ""))
            except ValueError:
                detail = ""
            raise PageRefused(f"{path}: {answer.status_code} {detail}")
