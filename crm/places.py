"""The divisions of the pack in force, at hand in every transaction, for what people write as an address."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from crm.knowledge import pack
from divisions.gazetteer import Gazetteer, build_gazetteer, divisions_of
from divisions.written import recognized

log = structlog.get_logger(__name__)

INFO = "places"  # key of AsyncSession.info: the Places of the process


class Places:
    """Reads the pack's divisions when they are first asked for, and again when another pack is in force."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._version = ""
        self._gazetteer = build_gazetteer({}, {})

    async def gazetteer(self) -> Gazetteer:
        """Return the divisions; those of before, at first none, while the pack cannot be read."""
        try:
            version = pack.version_of(self._folder)
            if version != self._version:
                self._gazetteer = await asyncio.to_thread(self._read)
                self._version = version
        except (OSError, KeyError, TypeError, ValueError, IndexError, pack.PackUnwritable) as error:
            log.error("divisions_not_read", error=type(error).__name__)
        return self._gazetteer

    def _read(self) -> Gazetteer:
        data = pack.current(self._folder)
        return build_gazetteer(divisions_of(data["divisions"]), data["aliases"])


async def gazetteer(session: AsyncSession) -> Gazetteer:
    """Return the divisions of the pack in force, none where the session knows no pack."""
    places = session.info.get(INFO)
    return await places.gazetteer() if isinstance(places, Places) else build_gazetteer({}, {})


async def recognize(session: AsyncSession, value: Mapping[str, str]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return an address that somebody wrote with its division, and what it may be where that is not certain."""
    places = session.info.get(INFO)
    return recognized(value, await places.gazetteer()) if isinstance(places, Places) else (dict(value), [])
