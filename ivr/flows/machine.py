"""The flow interpreter: `step(program, state, input) -> (state, effects)`, pure. Resume is folding the inputs again."""

from collections.abc import Iterable
from dataclasses import replace

from ivr.contract.dialogue import (
    Effect,
    HungUp,
    Input,
    LookedUp,
    LookupFailed,
    Resumed,
    Returned,
    Started,
    TurnDone,
)
from ivr.contract.facts import TurnEnded
from ivr.flows import callback_times
from ivr.flows.actions import (
    CallbackAnswer,
    CallbackHoursAnswer,
    CallerAnswer,
    CodeAnswer,
    NumberAnswer,
    QueueAnswer,
    WarrantyAnswer,
    card_fields,
    draft_of,
    parse_answer,
)
from ivr.flows.answers import Answer, Sort, read_answer, read_record
from ivr.flows.asking import speak, spoken
from ivr.flows.hanging_up import hang_up
from ivr.flows.nodes import Ask, Menu, Record
from ivr.flows.program import AGENT_QUEUE, BACK, FOLLOW_UP, START, Program
from ivr.flows.service_answers import ArticlesAnswer, CodeVerdictAnswer, FoundAnswer, TicketsAnswer
from ivr.flows.service_taking import keep_told, say_articles, say_unknown
from ivr.flows.state import Caller, Phase, Slot, State
from ivr.flows.step import Step, fill_slot
from ivr.flows.taking import answered, keep_clip, recorded
from ivr.flows.walk import again, go, last
from speech.contract import Cause, Segment, SlotKind, TurnResult

MAX_TURNS = 150
MAX_MEDIA_FAILURES = 3
_ARTICLES = {"articles": say_articles, "unknown_article": say_unknown}
_LOST = (Cause.MEDIA_FAILED, Cause.RECOGNIZER_ERROR)

__all__ = ["State", "fold", "step"]


def step(program: Program, state: State, item: Input) -> tuple[State, tuple[Effect, ...]]:
    """Return the state after `item` and what to do: any Save effects, then one that waits or ends.

    Never raises for any input: what comes out of order makes the present effect be asked for again.
    """
    making = Step(program, state)
    if state.phase is Phase.DONE and not _comes_back(state, item):
        last(making)
    else:
        _take(making, item)
    return making.state, tuple(making.effects)


def _comes_back(state: State, item: Input) -> bool:
    return isinstance(item, Returned) and state.final is not None and state.final.target == "queue"


def fold(program: Program, inputs: Iterable[Input]) -> State:
    """Return the state after all `inputs`, from the beginning."""
    state = State()
    for item in inputs:
        state, _ = step(program, state, item)
    return state


def _take(making: Step, item: Input) -> None:
    match item:
        case Started() if making.state.phase is Phase.NEW:
            caller = Caller(item.contact, item.caller_e164, item.did)
            making.set(caller=caller, keys_only=item.keys_only, busy=item.busy, at=item.at, demo=item.demo)
            making.set(follow_up=item.follow_up)
            go(making, FOLLOW_UP if item.follow_up else START)
        case HungUp():
            hang_up(making)
        case _ if making.state.phase is Phase.NEW:
            go(making, AGENT_QUEUE)
        case TurnDone(result) if result.turn_id == making.state.turn_id or result.cause is Cause.HUNG_UP:
            _turn_done(making, result)
        case LookedUp(action, data) if making.state.phase is Phase.LOOKING_UP and action == making.state.lookup:
            _looked_up(making, parse_answer(action, data))
        case LookupFailed(action) if making.state.phase is Phase.LOOKING_UP and action == making.state.lookup:
            _look_up_failed(making)
        case Returned(why, keys_only) if making.state.phase is Phase.DONE:
            making.set(phase=Phase.SPEAKING, keys_only=keys_only, errors=0, failed_slots=0)
            go(making, BACK.get(why, BACK["timeout"]))
        case Resumed(keys_only) | Returned(keys_only=keys_only):
            _resumed(making, keys_only=keys_only)
        case _:
            _replay(making)


# ---- going on after a loss ----


def _resumed(making: Step, *, keys_only: bool) -> None:
    if keys_only and not making.state.keys_only:
        making.set(keys_only=True)
        _replay(making, "sys_keys_only")
    else:
        _replay(making, "sys_resume")


def _lost(making: Step, cause: Cause) -> None:
    """Speech failed: the recognizer once is asked again, anything else is keys from now on, and then a person."""
    failures = making.state.media_failures + 1
    making.set(media_failures=failures)
    if failures > MAX_MEDIA_FAILURES:
        making.set(pending=())
        _leave_at_once(making)
    elif making.state.keys_only or (cause is Cause.RECOGNIZER_ERROR and failures == 1):
        _replay(making, "sys_resume")
    else:
        making.set(keys_only=True)
        _replay(making, "sys_keys_only")


def _leave_at_once(making: Step) -> None:
    """Nothing more is asked: a person goes on, or the goodbye where we rang."""
    go(making, making.program.flow(making.state.place.node).way_out or AGENT_QUEUE)


def _replay(making: Step, prompt: str = "") -> None:
    """Ask for the present effect again, a question from its beginning."""
    state = making.state
    prefix: list[Segment] = spoken(making, prompt) if prompt else []
    if state.phase is Phase.LOOKING_UP:
        _look_up_again(making)
    elif state.phase is Phase.SPEAKING:
        waiting = state.pending
        speak(making, state.spoken, state.then)
        making.set(pending=waiting)
    else:
        _question_again(making, prefix)


def _look_up_again(making: Step) -> None:
    go(making, making.state.place.node)


def _question_again(making: Step, prefix: list[Segment]) -> None:
    """A question that needs speech is left for its way by keys; every other is put again."""
    node = making.program.nodes[making.state.place.node]
    if isinstance(node, Menu | Ask) and node.keys_only_to and making.state.keys_only:
        making.set(pending=(*making.state.pending, *prefix))
        go(making, node.keys_only_to)
    else:
        making.set(question=replace(making.state.question, hold=0))
        again(making, prefix)


# ---- look-ups ----


def _look_up_failed(making: Step) -> None:
    """No answer in time: a patient look-up says so and asks once more, then the flow goes on without."""
    node = making.program.do(making.state.place.node)
    if node.patient and not making.state.waited:
        making.set(waited=True)
        speak(making, (*making.state.pending, *spoken(making, "sys_wait")), making.state.place.node)
        return
    if node.action == "identify":
        making.set(caller=replace(making.state.caller, card={"away": "1"}))
    _looked_up(making, None)


def _looked_up(making: Step, answer: object) -> None:
    node = making.program.do(making.state.place.node)
    making.set(waited=False)
    if node.action in _ARTICLES:
        _ARTICLES[node.action](making, answer if isinstance(answer, ArticlesAnswer) else None)
    match answer:
        case TicketsAnswer() | FoundAnswer() | CodeVerdictAnswer():
            keep_told(making, answer)
        case CallerAnswer():
            caller = replace(making.state.caller, card=card_fields(answer))
            making.set(caller=caller, elder=answer.elder, draft=draft_of(answer))
        case NumberAnswer(number=number):
            making.set_matter(ticket=number)
        case QueueAnswer(open=is_open, queue=queue, waiting=waiting):
            making.set(queue_open=is_open, queue=queue, waiting=-1 if waiting is None else waiting)
        case CallbackAnswer(open=is_open):
            making.set(called_back=is_open)
        case CallbackHoursAnswer(after=bound):
            fill_slot(making, callback_times.SLOT, callback_times.settled(making.state, bound))
        case CodeAnswer():
            _catalogue_row(making, answer)
        case WarrantyAnswer():
            _verdict(making, answer)
    go(making, node.to["done" if answer is not None else "failed"])


def _catalogue_row(making: Step, answer: CodeAnswer) -> None:
    """Keep what the catalogue says of a code that was keyed in; the confirmed code itself stays as it is."""
    held = making.state.slot("fault_code")
    if held is None or not answer.catalogue_id:
        return
    names = ("catalogue_id", "meaning_zh", "severity", "self_check_zh", "reset_allowed")
    row = {name: str(getattr(answer, name)) for name in names}
    fill_slot(making, "fault_code", replace(held, value={**held.value, **{k: v for k, v in row.items() if v}}))


def _verdict(making: Step, answer: WarrantyAnswer) -> None:
    """Keep what holds for the machine; two ends of a span of days that disagree say nothing."""
    before = making.state.slot("warranty")
    span = making.program.do(making.state.place.node).action == "warranty_earliest"
    line = "unknown" if span and before and before.value.get("line") != answer.line else answer.line
    value = {"line": line, "until": answer.until, "reasons": " ".join(answer.reasons)}
    kept = {name: text for name, text in value.items() if text and (line != "unknown" or name != "until")}
    fill_slot(making, "warranty", Slot(kept, "unverified", "crm"))


# ---- turns ----


def _turn_done(making: Step, result: TurnResult) -> None:
    phase = making.state.phase
    if phase in (Phase.LISTENING, Phase.RECORDING):
        making.set(elapsed_ms=making.state.elapsed_ms + result.wait_ms + result.speech_ms)
        _listened(making, result)
    elif result.cause is Cause.HUNG_UP:
        hang_up(making)
    elif phase is not Phase.SPEAKING:
        _replay(making)
    elif result.cause in _LOST:
        _lost(making, result.cause)
    else:
        go(making, making.state.then)


def _listened(making: Step, result: TurnResult) -> None:
    node = making.program.nodes[making.state.place.node]
    answer = read_answer(node, making.state, result) if isinstance(node, Menu | Ask) else read_record(result)
    making.save(_turn_fact(making, result, answer))
    if result.cause is Cause.HUNG_UP:
        keep_clip(making, node, result)
        hang_up(making)
    elif result.cause in _LOST:
        _lost(making, result.cause)
    elif making.state.turn >= MAX_TURNS:
        _leave_at_once(making)
    elif isinstance(node, Record):
        recorded(making, node, answer, result)
    else:
        answered(making, making.program.question(making.state.place.node), answer, result)


def _asked(node: object) -> str:
    """Return the kind of answer a node wants, as speech.contract.SlotKind names it."""
    kind = node.listen if isinstance(node, Ask) else SlotKind.MENU if isinstance(node, Menu) else SlotKind.STATEMENT
    return SlotKind(kind).value  # plain text: a fact with anything else is refused, and the dialogue broken


def _turn_fact(making: Step, result: TurnResult, answer: Answer) -> TurnEnded:
    place = making.state.place.node
    return TurnEnded(
        flow=making.program.flow_of[place],
        node=place,
        cause=result.cause.value,
        mode=result.mode.value if result.mode else "",
        text=result.interpretation.text,
        digits=result.digits,
        meaning=answer.name or (answer.sort.value if answer.sort is not Sort.VALUE else "value"),
        clip=result.clip,
        attempt=making.state.question.tried + 1,
        wait_ms=result.wait_ms,
        barged_in=result.barged_in,
        asked=_asked(making.program.nodes[place]),
    )
