"""The caller is gone, wherever the dialogue stands: what is left to write down, and who is to be rung back."""

from ivr.flows.follow_up import tell
from ivr.flows.matters import has_content
from ivr.flows.nodes import End
from ivr.flows.service_rules import CODE_GOOD, code_verdict, is_answered, takes_a_person
from ivr.flows.service_tickets import EXISTING
from ivr.flows.state import Final, Phase
from ivr.flows.step import Step, enter_matter, fill_known, open_ticket, raise_safety, request_callback
from ivr.flows.walk import finish, go, last

_CODE_FLOW = "visit_code"
_CALLBACK_FLOW = "callback"
_RUNG = "no_agent_once"  # where a flow that it calls goes back to in the end


def hang_up(making: Step) -> None:
    """The caller is gone: a ticket with what is known and a call-back, else nothing but the end."""
    node = making.program.nodes.get(making.state.place.node)
    if isinstance(node, End) and node.reason:  # a wrong number need not hear our goodbye
        go(making, making.state.place.node)
        return
    if _asked_of_danger(making):
        raise_safety(making, "unknown", "flow")  # no answer there counts as a yes (dialogues, emergency_check)
    if _at_the_door(making):
        enter_matter(making, "complaint", join=False)
        fill_known(making, "category_impostor")
    we_rang = making.state.follow_up is not None
    tell(making)
    matter = making.state.matter
    if matter and is_answered(matter) and not matter.opened:
        open_ticket(making, "unconfirmed")
    elif matter and has_content(making.state) and matter.outcome in ("", "handed_over"):
        open_ticket(making, "hung_up")
        request_callback(making, "hung_up")
    elif matter and matter.kind == "complaint" and matter.opened:
        request_callback(making, "asked")  # every complaint is answered (dialogues, complaint_next)
    elif matter and (matter.safety or (matter.outcome == EXISTING and takes_a_person(making.state))):
        # about a ticket that was there before: danger was named, or a person was promised and not reached
        request_callback(making, "hung_up")
    elif matter and _asked_to_be_rung(making):
        open_ticket(making, "handed_over")
        request_callback(making, "asked", in_turn=True)
    elif matter is None and (we_rang or code_verdict(making.state) in CODE_GOOD):
        finish(making, Final("end"))  # asked to just hang up (dialogues, visit_code_after): nothing is left to do
        return
    making.set(phase=Phase.DONE, final=Final("end"))
    last(making)


def _asked_to_be_rung(making: Step) -> bool:
    """Tell whether it was only being asked where and when to ring, and there is a number to ring."""
    state = making.state
    place = state.place
    asked = making.program.flow_of.get(place.node) == _CALLBACK_FLOW or _RUNG in place.stack
    return asked and bool(state.caller.e164 or state.slot("contact"))


def _asked_of_danger(making: Step) -> bool:
    """Tell whether it is being asked if there is danger, and none has been named."""
    state = making.state
    asked = state.phase is Phase.LISTENING and making.program.question(state.place.node).safety
    return asked and not (state.matter and state.matter.safety)


def _at_the_door(making: Step) -> bool:
    """Tell whether the last visit code was nobody's and another was asked for: an impostor until a person says no."""
    state = making.state
    return making.program.flow_of.get(state.place.node) == _CODE_FLOW and code_verdict(state) == "wrong"
