"""Wire forms of the private API."""

from typing import Annotated, Any

from pydantic import Field

from crm.wire import Change, Shape, Text

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


class Acked(Shape):
    """The highest seq of the node that crm holds."""

    acked: int
