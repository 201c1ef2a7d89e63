"""The audit log, for auditors, supervisors and administrators."""

from typing import Annotated

from fastapi import APIRouter, Query

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit import repository
from crm.audit.schemas import AuditForm
from crm.audit.service import note
from crm.paging import Cursor, Slice, SliceSize, cut
from crm.views import audit as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute
from crm.wire import Text

router = APIRouter(route_class=TransactionalRoute, tags=["audit"])
_Filter = Annotated[Text, Query(max_length=64)]


@router.get("/audit", operation_id="listAudit")
async def list_audit(
    session: SessionDep,
    lens: LensDep,
    actor: _Filter = "",
    action: _Filter = "",
    subject_kind: _Filter = "",
    subject: _Filter = "",
    cursor: Cursor = "",
    size: SliceSize = 50,
) -> Slice[AuditForm]:
    """Who looked at what, newest first. Looking here is an entry too."""
    require(lens.viewer, Role.AUDITOR, Role.SUPERVISOR, Role.ADMIN)
    where = repository.matching(actor=actor, action=action, subject_kind=subject_kind, subject=subject)
    found = await repository.search(session, where + repository.older_than(cursor), size + 1)
    kept, after = cut(found, size, lambda entry: (entry.at, str(entry.id)))
    await note(session, lens.viewer, "audit_seen", "list", subject or "audit", lens.now, detail=action)
    return Slice(items=await view.rows(session, kept, lens), next=after)
