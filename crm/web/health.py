"""Health of the parts crm depends on, looked at every two seconds."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from crm.database import milliseconds
from crm.telephone import Telephone
from crm.wire import Shape, Time

LOOK_EVERY_S = 2.0


class Part(StrEnum):
    """What is looked at."""

    DATABASE = "database"
    REDIS = "redis"
    TELEPHONY = "telephony"


_NAMES = {Part.DATABASE: "数据库", Part.REDIS: "消息", Part.TELEPHONY: "电话系统"}
_TEXTS = {
    Part.DATABASE: "连不上数据库，页面暂时不能保存；来电照常接听，资料稍后补上",
    Part.REDIS: "实时画面最多慢 1 秒，通话不受影响",
    Part.TELEPHONY: "连不上语音导航，暂时不能签入、示忙；来电不受影响",
}


class PartForm(Shape):
    """One part."""

    part: str
    name: str
    ok: bool
    since: Time | None
    text: str


class StatusForm(Shape):
    """The whole."""

    status: str
    time: Time
    parts: list[PartForm]


class Health:
    """Keeps what was last seen of each part. `run` as one task."""

    def __init__(
        self, engine: AsyncEngine, telephone: Telephone, redis_ok: Callable[[], bool], now: Callable[[], datetime]
    ) -> None:
        self.engine = engine
        self._telephone = telephone
        self._redis_ok = redis_ok
        self._now = now
        self._seen: dict[Part, tuple[bool, datetime]] = {}

    @property
    def telephony(self) -> str:
        """Return ok | unavailable | unknown."""
        seen = self._seen.get(Part.TELEPHONY)
        return "unknown" if seen is None else "ok" if seen[0] else "unavailable"

    def status(self) -> StatusForm:
        """Return the whole; a part not yet looked at counts as away."""
        parts = [self._form(part) for part in Part]
        whole = "ok" if all(part.ok for part in parts) else "degraded"
        return StatusForm(status=whole, time=milliseconds(self._now()), parts=parts)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once at every part."""
        self._see(Part.DATABASE, await self._database_ok())
        self._see(Part.REDIS, self._redis_ok())
        self._see(Part.TELEPHONY, await self._telephone.reachable())

    def _see(self, part: Part, ok: bool) -> None:
        before = self._seen.get(part)
        if before is None or before[0] != ok:
            self._seen[part] = (ok, milliseconds(self._now()))

    def _form(self, part: Part) -> PartForm:
        ok, since = self._seen.get(part, (False, None))
        return PartForm(part=part, name=_NAMES[part], ok=ok, since=since, text="" if ok else _TEXTS[part])

    async def _database_ok(self) -> bool:
        try:
            async with asyncio.timeout(LOOK_EVERY_S), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError, TimeoutError):
            return False
        return True
