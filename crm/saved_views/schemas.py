"""Wire forms of saved views and of how many tickets each view has."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from crm.accounts.schemas import Role
from crm.lens import Lens
from crm.saved_views.models import SavedView
from crm.tickets.schemas import TicketFilter
from crm.wire import Shape, example, refuse_nul
from crm.words import ROLES, word

Column = Literal[
    "kind", "priority", "customer", "number", "region", "summary", "state", "owner", "clock", "created", "updated",
]  # fmt: skip


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), AfterValidator(refuse_nul)]


class SavedViewDraft(TicketFilter):
    """A view to keep; one of the same name, of one's own or of the role, is replaced. role: who shall see it besides
    oneself, "" = nobody. columns: in their order, empty = the list's own; the ticket's number is always there."""

    model_config = example(
        name="顺德待派单", role="dispatcher", view="open", q="顺德", kind=["repair"], state=["to_dispatch"],
        columns=["priority", "region", "summary", "clock"],
    )  # fmt: skip
    name: Name
    role: Role | Literal[""] = ""
    columns: list[Column] = Field(default_factory=list, max_length=11)


class SavedViewForm(TicketFilter):
    """A kept view. removable: the viewer may remove it."""

    id: str
    name: Name
    role: Role | Literal[""]
    role_name: str
    columns: list[Column]
    removable: bool


class ViewCount(Shape):
    """How many tickets a view has: counted up to 1000 (capped: there are more), or, where that would cost too much, an
    estimate (about). view: a view of the list, or the id of a saved one."""

    view: str
    total: int
    capped: bool
    about: bool


def filter_of(row: SavedView) -> TicketFilter:
    """Return what a kept view shows."""
    return TicketFilter.model_validate(
        {
            "view": row.view, "q": row.q, "kind": row.kinds, "state": row.states, "priority": row.priorities,
            "owner": row.owner, "days": row.days,
        }
    )  # fmt: skip


def saved_view_form(row: SavedView, lens: Lens) -> SavedViewForm:
    """Return a view's wire form."""
    return SavedViewForm.model_validate(
        {
            **filter_of(row).model_dump(), "id": row.id, "name": row.name, "role": row.role, "columns": row.columns,
            "role_name": word(ROLES, row.role), "removable": may_remove(row, lens),
        }
    )  # fmt: skip


def may_remove(row: SavedView, lens: Lens) -> bool:
    """Tell whether the viewer may remove or replace the view: the own ones, and the leads every shared one."""
    return lens.viewer.has(*LEADS) if row.role else row.account_id == lens.viewer.id


LEADS = (Role.SUPERVISOR, Role.ADMIN)
