"""Wire forms of imports."""

from collections.abc import Sequence
from typing import Literal

from crm.imports.columns import COLUMNS, MOST_TOLD, Kind, Problem
from crm.imports.models import ImportChange, ImportRun
from crm.imports.service import Plan
from crm.imports.undo import until
from crm.wire import Shape, Time


class ProblemForm(Shape):
    """What is wrong: line as the spreadsheet counts, heading, what stands there, why it cannot be."""

    line: int
    column: str
    value: str
    reason: str


class ImportRunForm(Shape):
    """An import. ended_at: null while its lines are taken over; then passed of lines are done.

    completed: lines whose file was there and got numbers, an address or a name. undo_until: until when it can be taken
    back, null when it cannot; undo_at: it is, and undone and stayed of written lines are done until undo_ended_at.
    """

    id: str
    kind: str
    file_name: str
    by: str
    at: Time
    ended_at: Time | None
    lines: int
    passed: int
    added: int
    completed: int
    known: int
    left_out: int
    written: int
    undo_until: Time | None
    undo_at: Time | None
    undo_by: str
    undo_ended_at: Time | None
    undone: int
    stayed: int


class LeftOutForm(Shape):
    """Why a line was left out; what stood there is not kept."""

    line: int
    column: str
    reason: str


class StayedForm(Shape):
    """A line that was not or not wholly taken back (partly), why, and the file or card where it stays."""

    line: int
    what: Literal["customer", "completed", "product"]
    partly: bool
    reason: str
    customer: str
    product: str


class ImportRunReport(Shape):
    """An import with the first 500 reasons why lines were left out, also of what turned out on the way, and the first
    500 lines that stayed when it was taken back."""

    run: ImportRunForm
    problems: list[LeftOutForm]
    stayed: list[StayedForm]


class ImportReport(Shape):
    """What a file holds. digest: give it as `checked` to take over just this file. run: the import of this file that
    has not ended, null when there is none.

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
    run: ImportRunForm | None


class ColumnForm(Shape):
    """A column of a table: its heading, what else it may be called, whether it must be there."""

    heading: str
    others: list[str]
    longest: int
    required: bool


def run_form(run: ImportRun) -> ImportRunForm:
    """Return an import's wire form."""
    told = {name: getattr(run, name) for name in ImportRunForm.model_fields if name != "undo_until"}
    return ImportRunForm(**told, undo_until=until(run))


def run_report(run: ImportRun, kept: Sequence[ImportChange]) -> ImportRunReport:
    """Return the report of an import on its way, at its end or taken back."""
    stayed = [
        StayedForm.model_validate(
            {"line": item.line, "what": item.what, "partly": item.outcome == "partly", "reason": item.reason,
             "customer": item.customer_id, "product": item.product_id}
        )
        for item in kept
    ]  # fmt: skip
    problems = [LeftOutForm(**item) for item in run.problems]
    return ImportRunReport(run=run_form(run), problems=problems, stayed=stayed)


def report(kind: Kind, plan: Plan, run: ImportRun | None) -> ImportReport:
    """Return the report of a check or of an import."""
    return ImportReport(
        kind=kind, digest=plan.digest, lines=plan.lines, new=len(plan.found.new), known=len(plan.found.held),
        left_out=plan.left_out, problems=_told(plan.problems[:MOST_TOLD]), problems_total=len(plan.problems),
        ignored=plan.ignored, before=run_form(plan.before) if plan.before else None,
        run=run_form(run) if run else None,
    )  # fmt: skip


def columns_of(kind: Kind) -> list[ColumnForm]:
    """Return the columns a table may have."""
    return [
        ColumnForm(heading=item.heading, others=list(item.others), longest=item.longest, required=item.required)
        for item in COLUMNS[kind]
    ]


def _told(problems: Sequence[Problem]) -> list[ProblemForm]:
    return [ProblemForm(line=item.line, column=item.column, value=item.value, reason=item.reason) for item in problems]
