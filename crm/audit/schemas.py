"""Wire forms of the audit log."""

from crm.audit.models import AuditEntry
from crm.audit.service import ACTIONS
from crm.wire import Shape, Time
from crm.words import word


class AuditForm(Shape):
    """One entry."""

    id: int
    at: Time
    actor: str
    actor_name: str
    action: str
    action_name: str
    subject_kind: str
    subject: str
    detail: str
    reason: str


def audit_form(entry: AuditEntry) -> AuditForm:
    """Return an entry's wire form."""
    return AuditForm(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        actor_name=entry.actor_name,
        action=entry.action,
        action_name=word(ACTIONS, entry.action),
        subject_kind=entry.subject_kind,
        subject=entry.subject,
        detail=entry.detail,
        reason=entry.reason,
    )
