"""Errors of imports: TableUnreadable 422 · NotChecked, HasProblems 409."""

from crm.errors import Conflict, Invalid


class TableUnreadable(Invalid):
    """The file is no table that can be read, or too big."""

    code = "table_unreadable"


class NotChecked(Conflict):
    """The file was not checked before, or is another one than was checked."""

    code = "not_checked"


class HasProblems(Conflict):
    """Lines are wrong and were not said to be left out; nothing was taken over."""

    code = "has_problems"
