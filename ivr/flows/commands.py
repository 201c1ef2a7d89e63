"""What callers can say or press at every question: person, back, repeat, slower, wait, give up, danger."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from ivr.flows.answers import Answer
from ivr.flows.asking import ask, spoken
from ivr.flows.program import EMERGENCY_CHECK, EMERGENCY_KINDS, LIMIT_REPEAT, MAIN_MENU, QUIT, SOOTHE, TO_AGENT
from ivr.flows.state import Phase, Place
from ivr.flows.step import Step, raise_safety
from ivr.flows.walk import again, go, interrupt

MAX_REPEATS = 5


def command(step: Step, name: str) -> None:
    """Do what a command asks; an unknown one repeats the question."""
    _COMMANDS.get(name, _repeat)(step)


def danger(step: Step, answer: Answer, clip: str) -> None:
    """Danger goes before everything: raise it and go to its instructions, or ask when it is not clear."""
    flow = step.program.flow(step.state.place.node)
    node = step.program.nodes[step.state.place.node]
    vague = answer.name in ("unknown", "check")
    if flow.back and vague:
        go(step, getattr(node, "fallback", EMERGENCY_KINDS["unknown"]))
        return
    interrupt(step)
    if answer.name != "check":
        raise_safety(step, answer.name, answer.trigger, clip)
    go(step, EMERGENCY_KINDS.get(answer.name, EMERGENCY_CHECK))


def _agent(step: Step) -> None:
    go(step, TO_AGENT)


def _back(step: Step) -> None:
    """Go to the question before; values stay. At the first question of a flow that is the main menu,
    or the question itself where we rang."""
    flow = step.program.flow(step.state.place.node)
    aside = flow.back
    history = step.state.history
    if aside:
        go(step, aside)
    elif step.state.phase is Phase.RECORDING and history:
        _reopen(step, history[-1], len(history) - 1)
    elif len(history) >= 2 and history[-1] == step.state.place:
        _reopen(step, history[-2], len(history) - 2)
    elif flow.way_out:
        _repeat(step)
    else:
        go(step, MAIN_MENU)


def _reopen(step: Step, place: Place, keep: int) -> None:
    step.set(history=step.state.history[:keep], place=place)
    go(step, place.node)


def _main_menu(step: Step) -> None:
    go(step, step.program.flow(step.state.place.node).back or MAIN_MENU)


def _quit(step: Step) -> None:
    flow = step.program.flow(step.state.place.node)
    go(step, flow.back or flow.way_out or QUIT)


def _repeat(step: Step) -> None:
    question = step.state.question
    step.set(question=replace(question, repeats=question.repeats + 1, hold=0))
    if question.repeats >= MAX_REPEATS:
        go(step, LIMIT_REPEAT)
    else:
        again(step)


def _slower(step: Step) -> None:
    step.set(elder=True)
    again(step, spoken(step, "common_slow"))


def _hold(step: Step) -> None:
    step.set(question=replace(step.state.question, hold=1))
    ask(step, prefix=spoken(step, "common_hold"), only=True)


def _hello(step: Step) -> None:
    again(step, spoken(step, "common_hello"))


def _robot(step: Step) -> None:
    again(step, spoken(step, "common_robot"))


def _angry(step: Step) -> None:
    go(step, step.program.flow(step.state.place.node).back or SOOTHE)


_COMMANDS: Mapping[str, Callable[[Step], None]] = MappingProxyType(
    {
        "agent": _agent,
        "back": _back,
        "repeat": _repeat,
        "main_menu": _main_menu,
        "slower": _slower,
        "hold": _hold,
        "quit": _quit,
        "hello": _hello,
        "robot": _robot,
        "angry": _angry,
    }
)
