"""Imports: check a file, take it over, what was taken over, take that back; tables out again."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.errors import Forbidden, NotFound
from crm.imports import export, repository, schemas, service, undo, written
from crm.imports.columns import COLUMNS, MOST_TOLD, Kind
from crm.imports.schemas import ColumnForm, ImportReport, ImportRunForm, ImportRunReport
from crm.paging import Cursor, Slice, SliceSize, cut
from crm.tables import CSV, XLSX, csv_text, workbook
from crm.views.board import day_start
from crm.web.context import LensDep, PartsDep, SessionDep, TransactionalRoute
from crm.wire import Search, Text

router = APIRouter(route_class=TransactionalRoute, tags=["imports"])
_IMPORTERS = (Role.SUPERVISOR, Role.ADMIN)
_FILE: dict[str, Any] = {
    "requestBody": {"required": True, "description": "The file itself.", "content": {CSV: {}, XLSX: {}}}
}
_TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {}, XLSX: {}}}}
_Format = Annotated[Literal["csv", "xlsx"], Query()]
_Name = Annotated[Text, Query(max_length=200, description="Name of the file, shown in the list.")]
_Digest = Annotated[str, Query(pattern=r"^[0-9a-f]{64}$", description="`digest` of the report of the check.")]


@router.get("/imports", operation_id="listImports")
async def list_imports(
    session: SessionDep, lens: LensDep, cursor: Cursor = "", size: SliceSize = 50
) -> Slice[ImportRunForm]:
    """What was handed in, newest first; with `ended_at` null it is on its way."""
    require(lens.viewer, *_IMPORTERS)
    found = await repository.listed(session, cursor=cursor, limit=size + 1)
    kept, after = cut(found, size, lambda run: (run.at, run.id))
    return Slice(items=[schemas.run_form(run) for run in kept], next=after)


@router.get("/imports/{table}/columns", operation_id="listImportColumns")
async def list_columns(table: Kind, lens: LensDep) -> list[ColumnForm]:
    """The columns a file may have; one without `required` may be missing."""
    require(lens.viewer, *_IMPORTERS)
    return schemas.columns_of(table)


@router.get("/imports/{table}/template", operation_id="getImportTemplate", response_class=Response, responses=_TABLE)
async def template(table: Kind, lens: LensDep, form: Annotated[_Format, Query(alias="format")] = "xlsx") -> Response:
    """A table with the headings and nothing else, to fill in."""
    require(lens.viewer, *_IMPORTERS)
    return _file(f"{table}-template", form, [column.heading for column in COLUMNS[table]], [])


@router.post("/imports/{table}/check", operation_id="checkImport", openapi_extra=_FILE)
async def check(table: Kind, request: Request, session: SessionDep, lens: LensDep) -> ImportReport:
    """Look through a file (CSV in UTF-8 or GBK, or .xlsx; 5 MB, 5000 lines): nothing is written."""
    require(lens.viewer, *_IMPORTERS)
    plan = await service.check(session, table, await request.body(), lens.now.astimezone(lens.zone).date())
    return schemas.report(table, plan, plan.run)


@router.post("/imports/{table}", operation_id="runImport", status_code=202, openapi_extra=_FILE)
async def run(
    table: Kind, request: Request, session: SessionDep, lens: LensDep, checked: _Digest, name: _Name = "",
    skip_problems: bool = False,
) -> ImportReport:  # fmt: skip
    """Hand in the file that was checked: nothing when a line is wrong, with skip_problems all lines but the wrong ones.

    The lines are taken over in batches afterwards (`run`, see getImport). A file on its way is not handed in twice.
    """
    require(lens.viewer, *_IMPORTERS)
    plan, found = await service.hand_in(
        session,
        table,
        await request.body(),
        checked,
        skip=skip_problems,
        name=name,
        viewer=lens.viewer,
        now=lens.now,
        today=lens.now.astimezone(lens.zone).date(),
    )
    return schemas.report(table, plan, found)


@router.get("/imports/runs/{run_id}", operation_id="getImport")
async def get_import(
    run_id: Annotated[Text, Path(max_length=32)], session: SessionDep, lens: LensDep
) -> ImportRunReport:
    """How far an import is, line by line what was left out, and what stayed when it was taken back."""
    require(lens.viewer, *_IMPORTERS)
    found = await repository.run_by_id(session, run_id)
    if found is None:
        raise NotFound("没有这次导入")
    return schemas.run_report(found, await written.kept(session, run_id, MOST_TOLD))


@router.post("/imports/runs/{run_id}/undo", operation_id="undoImport", status_code=202)
async def undo_import(
    run_id: Annotated[Text, Path(max_length=32)], session: SessionDep, lens: LensDep
) -> ImportRunForm:
    """Take an import back within 7 days, in batches afterwards (see getImport): what nobody built upon goes.

    A second time changes nothing.
    """
    require(lens.viewer, *_IMPORTERS)
    return schemas.run_form(await undo.begin(session, run_id, lens.viewer, lens.now))


@router.get("/exports/{table}", operation_id="exportTable", response_class=Response, responses=_TABLE)
async def export_table(
    table: Kind, session: SessionDep, lens: LensDep, parts: PartsDep,
    form: Annotated[_Format, Query(alias="format")] = "csv", q: Search = "",
    reason: Annotated[Text, Query(max_length=200, description="With a reason (管理员 only) numbers are in full.")] = "",
) -> Response:  # fmt: skip
    """Customers or their machines with the headings of the import, newest first, at most 20 000; into the audit log."""
    require(lens.viewer, Role.SUPERVISOR, Role.ADMIN)
    if reason and not lens.viewer.has(Role.ADMIN):
        raise Forbidden("完整号码只能由管理员导出")
    rows = await export.rows(session, table, q, lens, in_full=bool(reason.strip()))
    await note(session, lens.viewer, "list_exported", "list", table, lens.now, detail=f"{len(rows)}", reason=reason)
    day = day_start(lens.now, parts.settings.zone)
    return _file(f"{table}-{day:%Y%m%d}", form, [column.heading for column in COLUMNS[table]], rows)


def _file(name: str, form: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    if form == "xlsx":
        return Response(workbook(head, rows), media_type=XLSX, headers=headers)
    return Response(csv_text(head, rows), media_type=f"{CSV}; charset=utf-8", headers=headers)
