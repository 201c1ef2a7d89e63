"""A ticket that was there before the call: the matter that is about it, and what is noted of it."""

from ivr.contract.facts import MatterOpened, TicketAsked, TicketUrged
from ivr.flows.nodes import Say
from ivr.flows.service_rules import current_ticket, urges
from ivr.flows.state import Matter
from ivr.flows.step import Step, matter_number

EXISTING = "existing"  # outcome of a matter whose ticket no call opens again


def mark_ticket(step: Step, node: Say) -> None:
    """Do what a sentence says of the ticket asked about: go on with it, urge it, or note that it was denied."""
    if node.about:
        _go_on_with(step)
    if node.urges:
        _urge(step)
    if node.denied:
        held = step.state.loose.get("ticket_no")
        step.save(TicketAsked(matter_number(step.state), held.value.get("digits", "") if held else "", "denied"))


def _go_on_with(step: Step) -> None:
    """Enter the matter that is about the ticket; asking twice in a call is one matter."""
    ticket, matter = current_ticket(step.state), step.state.matter
    if matter is None or matter.ticket != ticket["number"]:
        matter = Matter(len(step.state.matters) + 1, ticket["kind"], ticket["number"], EXISTING)
        step.set(matters=(*step.state.matters, matter))
        step.save(MatterOpened(matter.number, matter.kind, matter.ticket))
    step.save(TicketAsked(matter.number, matter.ticket, "verified" if "ticket_tail" in step.state.loose else "own"))


def _urge(step: Step) -> None:
    index, ticket = step.state.ticket, current_ticket(step.state)
    urged = {**ticket, "urges": str(urges(step.state) + 1)}
    step.set(tickets=(*step.state.tickets[:index], urged, *step.state.tickets[index + 1 :]))
    step.save(TicketUrged(matter_number(step.state), ticket["number"], urges(step.state)))
