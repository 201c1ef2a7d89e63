"""What happens when an answer does not come: reprompts in order, the counters, and the way out."""

from dataclasses import replace

from ivr.flows.answers import Sort
from ivr.flows.asking import ask, node_prompt, spoken
from ivr.flows.nodes import Listening
from ivr.flows.nodes import Step as Variant
from ivr.flows.program import OFFER_AGENT, TO_AGENT
from ivr.flows.state import Interrupted
from ivr.flows.step import Step, fill_known
from ivr.flows.walk import go, offer_agent
from speech.contract import Segment, TurnResult

MAX_ERRORS = 6
MAX_FAILED_SLOTS = 2
ELDER_NO_MATCHES = 2
HOLD_TURNS = 3
PACE_FROM = 4  # characters
SLOW_PACE = 2.2  # characters a second; people usually speak four to five on the phone


def fail(step: Step, node: Listening, sort: Sort, spoken_by: TurnResult | None) -> None:
    """One try of the present question came to nothing (`sort`: NO_MATCH or NO_INPUT). spoken_by: None = by keys."""
    name, question = step.state.place.node, step.state.question
    no_match = sort is Sort.NO_MATCH
    step.set(
        errors=step.state.errors + 1,
        question=replace(
            question,
            tried=question.tried + 1,
            no_matches=question.no_matches + no_match,
            slow=question.slow + (no_match and spoken_by is not None and is_slow(spoken_by)),
            asked_silent=False,
        ),
    )
    sorry = tuple(node_prompt(step, name, "nm" if no_match else "ni"))
    leave = node.no_match_to if no_match else node.no_input_to
    if question.by_keys:
        go(step, TO_AGENT)
    elif leave:
        _leave(step, node, leave, sorry)
    elif step.state.elder and spoken_by is not None and step.state.question.no_matches >= ELDER_NO_MATCHES:
        go(step, TO_AGENT)
    elif step.state.question.tried >= len(ladder(step, name, node)):
        _give_up(step, node)
    elif step.program.flow(name).counted and step.state.errors >= MAX_ERRORS:
        go(step, offer_agent(step, Interrupted(step.state.place, step.state.question)))
    elif not step.state.elder and step.state.question.slow >= ELDER_NO_MATCHES:
        step.set(elder=True)
        ask(step, "r2", spoken(step, "common_slow"))
    else:
        _reprompt(step, node, sorry)


def is_slow(said: TurnResult) -> bool:
    """Tell whether somebody spoke at about half the usual pace; a few characters tell nothing."""
    characters = sum("一" <= char <= "鿿" for char in said.interpretation.text)
    return characters >= PACE_FROM and characters * 1000 < SLOW_PACE * said.speech_ms


def ladder(step: Step, name: str, node: Listening) -> tuple[Variant, ...]:
    """Return the order of prompts; with elderly callers the second prompt is already the one with keys."""
    if not step.state.elder or f"{name}.r2" not in step.program.prompts:
        return node.tries
    return tuple(dict.fromkeys("r2" if variant == "r1" else variant for variant in node.tries))


def _leave(step: Step, node: Listening, target: str, sorry: tuple[Segment, ...]) -> None:
    _fill_fallback(step, node)
    step.set(pending=(*step.state.pending, *sorry))
    go(step, target)


def _reprompt(step: Step, node: Listening, sorry: tuple[Segment, ...]) -> None:
    name, question = step.state.place.node, step.state.question
    variant = ladder(step, name, node)[question.tried]
    if variant != "keys":
        ask(step, variant, sorry if question.tried == 1 else ())
        return
    is_silent = not step.state.heard and not question.no_matches
    step.set(question=replace(question, asked_silent=is_silent))
    ask(step, variant, spoken(step, "common_silent" if is_silent else "common_keys_only"))


def _give_up(step: Step, node: Listening) -> None:
    name = step.state.place.node
    _fill_fallback(step, node)
    step.set(failed_slots=step.state.failed_slots + 1)
    if not step.state.heard and not step.state.question.no_matches:
        step.set(silent=True)
    counted = step.program.flow(name).counted and name != OFFER_AGENT
    if counted and node.fallback != TO_AGENT and step.state.failed_slots >= MAX_FAILED_SLOTS:
        go(step, offer_agent(step, Interrupted(step.state.place, target=node.fallback)))
    else:
        go(step, node.fallback)


def _fill_fallback(step: Step, node: Listening) -> None:
    filler = node.fill.get("fallback")
    if filler:
        fill_known(step, filler)
