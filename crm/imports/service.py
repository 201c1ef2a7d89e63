"""Rules of imports: a file is checked first, then handed in; batches (crm.imports.batches) take its lines over."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm import places
from crm.accounts.schemas import Viewer
from crm.audit.service import note
from crm.imports import columns, reader, repository
from crm.imports.columns import Kind, Problem
from crm.imports.compare import Comparison, compare
from crm.imports.errors import HasProblems, NotChecked
from crm.imports.models import ImportRun


@dataclass(slots=True)
class Plan:
    """What taking over a file would do. run: the import of this very file that is not at its end, before: the last
    one that is."""

    digest: str
    before: ImportRun | None
    run: ImportRun | None
    lines: int
    problems: list[Problem]
    ignored: list[str]
    found: Comparison

    @property
    def left_out(self) -> int:
        """Return how many lines are wrong."""
        return len({problem.line for problem in self.problems})


async def check(session: AsyncSession, kind: Kind, content: bytes, today: date) -> Plan:
    """Read a file and compare it with what is there; nothing is written. Raises TableUnreadable.

    today: the day where the hotline stands.
    """
    digest = hashlib.sha256(content).hexdigest()
    lines = await asyncio.to_thread(reader.read, content)
    gazetteer = await places.gazetteer(session)
    good, problems, ignored = await asyncio.to_thread(columns.understood, kind, lines, today, gazetteer)
    found = await compare(session, kind, good)
    problems = sorted([*problems, *found.problems], key=lambda problem: problem.line)
    before, run = await repository.runs_of(session, kind, digest)
    return Plan(digest, before, run, len(lines) - 1, problems, ignored, found)


async def hand_in(
    session: AsyncSession, kind: Kind, content: bytes, checked: str, *, skip: bool, name: str, viewer: Viewer,
    now: datetime, today: date,
) -> tuple[Plan, ImportRun]:  # fmt: skip
    """Put a file's lines where the batches find them; raises NotChecked, HasProblems, TableUnreadable.

    checked: the digest of the report that the person saw. skip: leave lines with problems out. A file that is not at
    its end yet is not handed in a second time: its import is returned.
    """
    if hashlib.sha256(content).hexdigest() != checked:
        raise NotChecked("这个文件还没有检查过，或检查后又改动了。请先检查，再导入")
    plan = await check(session, kind, content, today)
    if plan.run is not None:
        return plan, plan.run
    if plan.problems and not skip:
        raise HasProblems(f"有 {plan.left_out} 行有问题，什么都没有导入。请改好再传，或选择跳过这些行")
    waiting = plan.found.good
    run = await repository.open_run(
        session,
        {
            "id": uuid4().hex, "kind": kind, "digest": plan.digest, "file_name": name, "by": viewer.name, "at": now,
            "ended_at": None if waiting else now, "lines": plan.lines, "passed": plan.left_out, "added": 0,
            "completed": 0, "known": 0, "left_out": plan.left_out, "problems": columns.reasons(plan.problems),
        },
        [{"number": line.number, "values": columns.kept(line)} for line in waiting],
    )  # fmt: skip
    if run.created:
        await note(session, viewer, "table_imported", "import", run.row.id, now, detail=f"{kind} 共 {plan.lines} 行")
    return plan, run.row
