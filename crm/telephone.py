"""Commands to ivr (private HTTP): done, refused or unreachable within their deadline; never sent twice."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

import httpx
import structlog

from crm.errors import Conflict, Unavailable
from ivr.contract.commands import CommandName, CommandStatus

log = structlog.get_logger(__name__)

DEADLINE = timedelta(seconds=3)
_AWAY = "连不上电话系统，状态没有改变。可以再试一次"


class TelephonyRefused(Conflict):
    """ivr or Asterisk refused the command; the detail is its reason."""

    code = "telephony_refused"


class TelephonyUnavailable(Unavailable):
    """ivr did not answer in time; whether it acted is unknown to us, its facts will tell."""

    code = "telephony_unavailable"


class Telephone(Protocol):
    """Tells ivr what to do with agents' phones."""

    async def command(self, name: CommandName, args: Mapping[str, str], now: datetime) -> None:
        """Do it; raises TelephonyRefused or TelephonyUnavailable."""

    async def reachable(self) -> bool:
        """Tell whether ivr answers; never raises."""


class HTTPTelephone:
    """Telephone over ivr's private API."""

    def __init__(self, port: int, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=DEADLINE.total_seconds(),
            transport=transport,
            trust_env=False,
        )

    async def command(self, name: CommandName, args: Mapping[str, str], now: datetime) -> None:
        """Do it; raises TelephonyRefused or TelephonyUnavailable."""
        body = {
            "id": uuid4().hex,
            "name": name.value,
            "deadline": (now + DEADLINE).isoformat(),
            "args": dict(args),
        }
        try:
            answer = await self._client.post("/commands", json=body)
            answer.raise_for_status()
            result = answer.json()
            status, detail = CommandStatus(result["status"]), str(result.get("detail", ""))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("telephone_unavailable", command=name.value, error=type(error).__name__)
            raise TelephonyUnavailable(_AWAY) from error
        if status is CommandStatus.EXPIRED:
            raise TelephonyUnavailable(_AWAY)
        if status is not CommandStatus.DONE:
            raise TelephonyRefused(detail or "电话系统没有接受这个操作")

    async def reachable(self) -> bool:
        """Tell whether ivr answers; never raises."""
        try:
            return (await self._client.get("/status", timeout=1.0)).is_success
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
