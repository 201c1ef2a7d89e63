"""Wire forms of the private API."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from crm.wire import Change, Shape, Text, sane_day

MOST_FACTS = 500


class Identify(Change):
    """Who calls this number?"""

    caller_e164: Text = Field(max_length=40)
    did: Text = Field(default="", max_length=40)


class LeaseNumbers(Change):
    """A block of serials for this node."""

    node: Text = Field(min_length=1, max_length=64)


class ShippedFacts(Change):
    """Facts of one node in order; more than MOST_FACTS are refused."""

    facts: Annotated[list[dict[str, Any]], Field(max_length=MOST_FACTS)]


class WarrantyAsk(Change):
    """What a caller said of a machine (ivr.contract.desk.WarrantyQuestion)."""

    product_class: Literal["boiler", "other", "unknown"]
    bought_on: Annotated[date, AfterValidator(sane_day)] | None
    precision: Literal["day", "month", "unknown"] = "day"
    has_proof: Literal["yes", "no", "unknown"] = "unknown"
    cause: Literal["quality", "misuse", "damage", "dismantled", "force_majeure"] | None = None


class VisitCodeAsk(Change):
    """Six digits that somebody at the door gave, "" = none, and who asks."""

    code: Text = Field(max_length=40)
    caller_e164: Text = Field(default="", max_length=40)


class TicketsOf(Change):
    """Whose tickets?"""

    caller_e164: Text = Field(max_length=40)


class FindTicket(Change):
    """A ticket's number, and the last digits of its telephone ("" = not asked yet)."""

    number: Text = Field(pattern=r"^[0-9]{8}$")
    tail: Text = Field(default="", pattern=r"^[0-9]{0,4}$")


class OpenCallback(Change):
    """A telephone number, E.164."""

    number: Text = Field(max_length=40)


class Acked(Shape):
    """The highest seq of the node that crm holds."""

    acked: int
