"""Walks the flow from node to node until something waits: a turn, a look-up, or the end."""

from collections.abc import Iterable
from dataclasses import replace

from ivr.contract.dialogue import End as EndEffect
from ivr.contract.dialogue import HandOver, Lookup
from ivr.contract.facts import HandedOver, NodeEntered
from ivr.flows.actions import lookup_args
from ivr.flows.asking import ask, record, speak, spoken
from ivr.flows.branches import BRANCHES
from ivr.flows.follow_up import tell
from ivr.flows.nodes import (
    RESUME,
    RETURN,
    Ask,
    Branch,
    Do,
    End,
    FlowCall,
    Listening,
    Queue,
    Record,
    Say,
)
from ivr.flows.program import MAIN_MENU, OFFER_AGENT
from ivr.flows.service_rules import queue_priority
from ivr.flows.service_tickets import mark_ticket
from ivr.flows.state import Final, Interrupted, Phase, Place, Question
from ivr.flows.step import (
    Step,
    clear_safety,
    enter_matter,
    fill_known,
    forget_slots,
    open_ticket,
    raise_safety,
    request_callback,
)
from speech.contract import Segment

LONG_CALL_MS = 8 * 60 * 1000
MAX_CORRECTIONS = 3
_HISTORY = 30


def go(step: Step, target: str) -> None:
    """Walk from `target` until an effect waits for an input or ends the dialogue."""
    following: str | None = target
    while following is not None:
        following = _enter(step, following)


def _enter(step: Step, target: str) -> str | None:
    """Enter one node; returns the next target, None when something waits."""
    if target == RESUME:
        return _resume(step)
    stack = step.state.place.stack
    if target == RETURN:
        while target == RETURN:
            target, stack = stack[-1], stack[:-1]
    elif step.state.place.node and step.program.flow_of[target] != step.program.flow_of[step.state.place.node]:
        stack = ()
    return _enter_node(step, target, stack)


def _enter_node(step: Step, name: str, stack: tuple[str, ...]) -> str | None:
    step.set(place=Place(name, stack))
    match step.program.nodes[name]:
        case Say() as node:
            return _say(step, name, node)
        case Branch() as node:
            return node.to[BRANCHES[node.by].choose(step.program, step.state).value]
        case FlowCall() as node:
            forget_slots(step, node.forgets)
            called = node.at or step.program.flows[node.call].entry
            return _enter_node(step, called, (*stack, node.to))
        case Do() as node:
            return _do(step, node)
        case Queue() | End() as node:
            _leave(step, node)
            return None
        case Record() as node:
            return _open_record(step, node)
        case node:
            return _open_question(step, node)


# ---- nodes that do not listen ----


def _say(step: Step, name: str, node: Say) -> str | None:
    if node.raises and not (step.state.matter and step.state.matter.safety):
        raise_safety(step, node.raises, "flow")
    if node.fill:
        fill_known(step, node.fill)
    mark_ticket(step, node)
    if node.ticket:
        open_ticket(step, node.ticket)
    if node.callback:
        request_callback(step, node.callback, in_turn=node.in_turn)
    segments = (*step.state.pending, *spoken(step, node.prompt or name, node.reads))
    if not node.uninterrupted or not segments:
        step.set(pending=segments)
        return node.to
    first = len(segments) if node.whole else len(step.state.pending) + 1
    speak(step, segments[:first], node.to)
    step.set(pending=segments[first:])
    return None


def _do(step: Step, node: Do) -> str | None:
    if node.matter:
        enter_matter(step, node.matter, join=node.join, turns=node.turns)
        if node.fill:
            fill_known(step, node.fill)
        if step.state.matters[-1].ticket:
            return node.to["done"]
    step.set(phase=Phase.LOOKING_UP, lookup=node.action)
    step.effects.append(Lookup(node.action, lookup_args(node.action, step.program, step.state)))
    return None


def _leave(step: Step, node: Queue | End) -> None:
    """Say what is pending, then leave: every matter with something in it is a ticket by then."""
    if step.state.pending:
        speak(step, step.state.pending, step.state.place.node)
        return
    place = step.state.place.node
    if isinstance(node, End):
        open_ticket(step, "cancelled_by_caller")
        finish(step, Final("end"), node.reason or "")
        return
    open_ticket(step, "handed_over")
    step.save(NodeEntered(step.program.flow_of[place], place))
    finish(step, Final(node.target, node.queue, queue_priority(step.state, node.priority)))


def finish(step: Step, final: Final, reason: str = "") -> None:
    """End the dialogue: the fact and the last effect. reason: when it is known better than from the state."""
    tell(step)
    known = "silent" if step.state.silent else step.state.matter.safety if step.state.matter else ""
    reason = reason or known
    step.save(HandedOver(final.target, final.queue, reason, final.priority))
    step.set(phase=Phase.DONE, final=final)
    last(step)


def last(step: Step) -> None:
    """Emit the effect that ended the dialogue (again)."""
    final = step.state.final
    if final is None or final.target == "end":
        step.effects.append(EndEffect())
    else:
        step.effects.append(HandOver(final.target, final.queue, final.priority))


# ---- questions ----


def _open_question(step: Step, node: Listening) -> str | None:
    name = step.state.place.node
    if node.keys_only_to and step.state.keys_only:
        return node.keys_only_to
    flow = step.program.flow(name)
    if flow.counted and step.state.elapsed_ms > LONG_CALL_MS and not step.state.long_offered:
        step.set(long_offered=True)
        return offer_agent(step, Interrupted(step.state.place, target=name))
    before = _said_before_the_cut(step, name, node)
    if not _visit(step, name, node.limit):
        return node.limit_to or node.fallback
    if before:
        return before
    _remember(step, name)
    step.save(NodeEntered(flow.flow, name))
    _put(step, node)
    return None


def _put(step: Step, node: Listening, focus: tuple[str, ...] = (), prefix: str = "") -> None:
    """Put a question anew, by keys only when what it reads back was corrected too often (dialogues, counters)."""
    names = node.confirms if isinstance(node, Ask) else ()
    held = {name: step.state.slot(name) for name in names}
    versions = {name: slot.version for name, slot in held.items() if slot is not None}
    by_keys = corrected_too_often(step, names)
    step.set(question=Question(confirming=versions, focus=focus, by_keys=by_keys))
    ask(step, "p", spoken(step, "common_keys_only" if by_keys else prefix))


def corrected_too_often(step: Step, names: Iterable[str]) -> bool:
    """Tell whether one of these slots has been corrected more often than it may be."""
    matter = step.state.matter
    return any(matter.corrections.get(name, 0) > MAX_CORRECTIONS for name in names) if matter else False


def reread(step: Step, focus: tuple[str, ...] = ()) -> None:
    """Put the present read-back anew for a new version of its value (`focus`: only of these); its tries begin again."""
    _put(step, step.program.question(step.state.place.node), focus, "common_corrected")


def _open_record(step: Step, node: Record) -> str | None:
    name = step.state.place.node
    before = _said_before_the_cut(step, name, node)
    if not _visit(step, name, node.limit):
        return node.fallback
    if before:
        return before
    step.set(question=Question())
    step.save(NodeEntered(step.program.flow_of[name], name))
    record(step)
    return None


def _said_before_the_cut(step: Step, name: str, node: Listening | Record) -> str | None:
    """Where the answer leads that was given before the call was cut, None when the question must be put."""
    matter = step.state.matter
    if matter is None or name in matter.visits or node.slot not in step.state.resumed:
        return None
    held = matter.slots.get(node.slot or "")
    if held is None or isinstance(node, Record):
        return node.to if held and isinstance(node, Record) else None
    return node.to.get(held.value.get("value", "")) or node.to.get("value")


def _visit(step: Step, name: str, limit: int) -> bool:
    """Count that a question is opened; False when it was opened `limit` times already."""
    matter = step.state.matter
    visits = matter.visits if matter else step.state.visits
    if visits.get(name, 0) >= limit:
        return False
    counted = {**visits, name: visits.get(name, 0) + 1}
    if matter:
        step.set_matter(visits=counted)
    else:
        step.set(visits=counted)
    return True


def _remember(step: Step, name: str) -> None:
    history = () if name == MAIN_MENU else step.state.history
    if step.program.flow(name).aside:
        return
    step.set(history=(*history, step.state.place)[-_HISTORY:])


# ---- leaving a question and coming back ----


def offer_agent(step: Step, left: Interrupted) -> str:
    """Offer a person; `left` is where a refusal goes back to."""
    step.set(interrupted=left, errors=0, failed_slots=0)
    return OFFER_AGENT


def interrupt(step: Step) -> None:
    """Remember the present question, unless it is itself an aside."""
    state = step.state
    if not step.program.flow(state.place.node).aside:
        step.set(interrupted=Interrupted(state.place, state.question))


def _resume(step: Step) -> str | None:
    """Go back to what was interrupted: a danger was none after all, or the caller goes on without a person."""
    left = step.state.interrupted or Interrupted(Place(MAIN_MENU), target=MAIN_MENU)
    if step.program.flow(step.state.place.node).back:
        clear_safety(step)
    step.set(interrupted=None, place=left.place)
    if left.question is None:
        return left.target
    step.set(question=replace(left.question, hold=0))
    again(step)
    return None


def again(step: Step, prefix: Iterable[Segment] = ()) -> None:
    """Put the present question or recording once more, without counting it."""
    if isinstance(step.program.nodes[step.state.place.node], Record):
        record(step, "p", prefix)
    else:
        ask(step, "p", prefix)
