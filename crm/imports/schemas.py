"""Wire forms of imports."""

from collections.abc import Sequence

from crm.imports.columns import COLUMNS, Kind, Problem
from crm.imports.models import ImportRun
from crm.imports.service import Plan
from crm.wire import Shape, Time

MOST_TOLD = 500


class ProblemForm(Shape):
    """What is wrong: line as the spreadsheet counts, heading, what stands there, why it cannot be."""

    line: int
    column: str
    value: str
    reason: str


class ImportRunForm(Shape):
    """An import that was done. completed: files that were there and got numbers, addresses or a name."""

    id: str
    kind: str
    file_name: str
    by: str
    at: Time
    added: int
    completed: int
    known: int
    left_out: int


class ImportReport(Shape):
    """What a file holds. digest: give it as `checked` to take over just this file. done: null for a check.

    lines = new + known + left_out. problems: the first 500; problems_total counts all. ignored: headings nobody knows.
    before: the same file was taken over then.
    """

    kind: str
    digest: str
    lines: int
    new: int
    known: int
    left_out: int
    problems: list[ProblemForm]
    problems_total: int
    ignored: list[str]
    before: ImportRunForm | None
    done: ImportRunForm | None


class ColumnForm(Shape):
    """A column of a table: its heading, what else it may be called, whether it must be there."""

    heading: str
    others: list[str]
    longest: int
    required: bool


def run_form(run: ImportRun) -> ImportRunForm:
    """Return an import's wire form."""
    names = ("id", "kind", "file_name", "by", "at", "added", "completed", "known", "left_out")
    return ImportRunForm(**{name: getattr(run, name) for name in names})


def report(kind: Kind, plan: Plan, done: ImportRun | None) -> ImportReport:
    """Return the report of a check or of an import."""
    return ImportReport(
        kind=kind, digest=plan.digest, lines=plan.lines, new=len(plan.new), known=len(plan.held),
        left_out=plan.left_out, problems=_told(plan.problems[:MOST_TOLD]), problems_total=len(plan.problems),
        ignored=plan.ignored, before=run_form(plan.before) if plan.before else None,
        done=run_form(done) if done else None,
    )  # fmt: skip


def columns_of(kind: Kind) -> list[ColumnForm]:
    """Return the columns a table may have."""
    return [
        ColumnForm(heading=item.heading, others=list(item.others), longest=item.longest, required=item.required)
        for item in COLUMNS[kind]
    ]


def _told(problems: Sequence[Problem]) -> list[ProblemForm]:
    return [ProblemForm(line=item.line, column=item.column, value=item.value, reason=item.reason) for item in problems]
