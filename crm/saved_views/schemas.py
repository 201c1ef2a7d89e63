"""Wire forms of saved views."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from crm.saved_views.models import SavedView
from crm.tickets.schemas import View
from crm.wire import Change, Shape, Text, example, refuse_nul


class SavedViewDraft(Change):
    """A view to keep; one of the same name is replaced."""

    model_config = example(name="顺德未结", view="open", q="顺德")
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), AfterValidator(refuse_nul)
    ]
    view: View
    q: Annotated[Text, Field(max_length=100)] = ""


class SavedViewForm(Shape):
    """A kept view."""

    id: str
    name: str
    view: str
    q: str


def saved_view_form(row: SavedView) -> SavedViewForm:
    """Return a view's wire form."""
    return SavedViewForm(id=row.id, name=row.name, view=row.view, q=row.q)
