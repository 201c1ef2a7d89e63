"""Wire forms of the audit log."""

from crm.wire import Shape, Time


class AuditForm(Shape):
    """One entry. subject_name: what a ticket, customer or call of this id is called, "" where it has no name, is gone,
    or the viewer may not know whom it is about."""

    id: int
    at: Time
    actor: str
    actor_name: str
    action: str
    action_name: str
    subject_kind: str
    subject: str
    subject_name: str
    detail: str
    reason: str
