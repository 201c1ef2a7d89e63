"""What robots may ask of the hotline besides audio: which node listens; afterwards ticket and pops by the REST API."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from speech.contract import shown

_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Listening:
    """A node of a call that listens or records; version grows with every change of the dialogue."""

    contact: str
    node: str
    slot: str
    version: int
    records: bool


class HotlineAPI:
    """Thin client of ivr's private status and crm's REST API. Raises httpx.HTTPError when they are away."""

    def __init__(self, web: str, commands: str, api_token: str, internal_token: str) -> None:
        self._web = httpx.AsyncClient(
            base_url=f"{web}/api/v1", headers={"Authorization": f"Bearer {api_token}"}, timeout=5
        )
        self._ivr = httpx.AsyncClient(
            base_url=commands, headers={"Authorization": f"Bearer {internal_token}"}, timeout=httpx.Timeout(5, read=40)
        )

    async def close(self) -> None:
        """Close both clients."""
        await self._web.aclose()
        await self._ivr.aclose()

    async def newest_contact(self, caller: str) -> str:
        """Return the contact of the caller's newest dialogue, "" when ivr knows none."""
        answer = await self._ivr.get("/live", params={"caller": caller})
        if answer.status_code == 404:
            return ""
        answer.raise_for_status()
        return str(answer.json()["contact"])

    async def listening(self, contact: str, after: int, hear: Callable[[str], None]) -> Listening | None:
        """Wait (up to half a minute) for the dialogue to listen or record at a version above `after`; None if not.

        `hear` is told the prompts on the way, for showing a conversation; the robot's answers never use them.
        """
        while True:
            answer = await self._ivr.get(f"/live/{contact}", params={"after": str(after)})
            if answer.status_code == 404:
                return None
            answer.raise_for_status()
            raw = answer.json()
            after = int(raw["version"])
            if raw.get("said"):
                hear(shown("".join(raw["said"])))
            if raw["listening"] in ("listen", "record"):
                return Listening(contact, str(raw["node"]), str(raw["slot"]), after, raw["listening"] == "record")

    async def call(self, contact: str) -> dict[str, Any]:
        """Return a call as the REST API gives it, {} when it is not known (yet)."""
        answer = await self._web.get(f"/calls/{contact}")
        if answer.status_code == 404:
            return {}
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    async def newest_call(self, caller: str, since: str) -> str:
        """Return the contact of the newest call from `caller` begun after `since` (ISO time), "" when there is none."""
        hidden = caller == "anonymous"
        answer = await self._web.get(
            "/calls", params={"from": since, "size": "20", **({} if hidden else {"q": caller})}
        )
        answer.raise_for_status()
        items = [row for row in answer.json()["items"] if not (hidden and any(map(str.isdigit, row["number"])))]
        return str(items[0]["contact"]) if items else ""

    async def outcomes(self, caller: str, since: str) -> list[str]:
        """Return the outcome of each call from `caller` begun after `since` (ISO time); "" is a call without one."""
        answer = await self._web.get("/calls", params={"from": since, "q": caller})
        answer.raise_for_status()
        return [str(row["outcome"]) for row in answer.json()["items"]]

    async def settled(self, contact: str, within_s: float) -> dict[str, Any]:
        """Return the call once it has an outcome (or what is known when the time is up)."""
        call: dict[str, Any] = {}
        for _ in range(int(within_s / _POLL_S)):
            call = await self.call(contact)
            if call.get("outcome"):
                break
            await asyncio.sleep(_POLL_S)
        return call

    async def tickets(self, contact: str) -> list[dict[str, Any]]:
        """Return the contact's tickets in full."""
        listed = await self._web.get("/tickets", params={"contact": contact, "view": "all"})
        listed.raise_for_status()
        out = []
        for row in listed.json()["items"]:
            one = await self._web.get(f"/tickets/{row['no']}")
            one.raise_for_status()
            out.append(one.json())
        return out

    async def alarms(self) -> list[str]:
        """Return the keys of the board's alarms."""
        answer = await self._web.get("/board")
        answer.raise_for_status()
        return [str(alarm["key"]) for alarm in answer.json()["alarms"]]
