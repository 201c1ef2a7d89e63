"""Keeps the pack as the database says: looks every second whether something was published, and writes the file."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from crm.knowledge import pack, repository
from crm.knowledge.schemas import PackForm
from crm.transaction import UnitOfWork

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0


class PackKeeper:
    """Run as one task (`run`). A pack that was lost or cannot be written is tried again at the next look."""

    def __init__(self, work: UnitOfWork, folder: Path, *, demo: bool) -> None:
        self._work = work
        self._folder = folder
        self._demo = demo
        self._written = ""
        self._seen = ""
        self._form = PackForm(version="", behind=True, articles=0, codes=0, outlets=0, error="")

    def form(self) -> PackForm:
        """Return the pack in force and whether it is behind the database."""
        return self._form

    async def run(self) -> None:
        """Keep for ever."""
        while True:
            await self.keep()
            await asyncio.sleep(LOOK_EVERY_S)

    async def keep(self) -> None:
        """Look once; write the pack when something was published since, or the file is gone."""
        try:
            async with self._work.snapshot() as session:
                self._seen = await repository.mark(session)
                if self._seen == self._written and (self._folder / "current").exists():
                    return
                found = await repository.in_force(session, ("fault_code", "article"))
            knowledge = pack.build(found, demo=self._demo)
            version = await asyncio.to_thread(pack.put_in_force, self._folder, knowledge)
        except (SQLAlchemyError, OSError) as error:
            log.warning("pack_waits_for_database", error=type(error).__name__)
            self._form = self._form.model_copy(update={"behind": True})
        except pack.PackUnwritable as error:
            log.error("pack_not_written", error=str(error))
            self._form = self._form.model_copy(update={"behind": True, "error": "知识包写不进去，来电仍用上一版"})
        else:
            self._take(version, knowledge)

    def _take(self, version: str, knowledge: Mapping[str, Any]) -> None:
        if version != self._form.version:
            log.info(
                "pack_written", version=version, articles=len(knowledge["articles"]), codes=len(knowledge["codes"])
            )
        self._written = self._seen
        self._form = PackForm(
            version=version,
            behind=False,
            articles=len(knowledge["articles"]),
            codes=len(knowledge["codes"]),
            outlets=len(knowledge.get("outlets", ())),
            error="",
        )
