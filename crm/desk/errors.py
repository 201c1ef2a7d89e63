"""Errors of facts: FactRejected (stored with its reason, never blocks) · JournalConflict 409."""

from crm.errors import Conflict


class FactRejected(Exception):
    """A well-formed fact that does not fit the state of things; `reason` is a constant without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class JournalConflict(Conflict):
    """The node sent another fact under a number that crm already holds: its journal began anew."""

    code = "journal_conflict"
