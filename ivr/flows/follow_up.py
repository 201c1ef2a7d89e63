"""What a customer whom we rang said of completed work, in one fact; and the branches of these questions. Pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from ivr.contract.facts import FollowUpTold
from ivr.flows.program import Program
from ivr.flows.service_rules import chosen
from ivr.flows.state import State
from ivr.flows.step import Step

_AGAIN = "fu_hello_again"  # asked once more, after the customer has heard how to verify us
_RESULTS: Mapping[str, str] = MappingProxyType(
    {"willing": "unanswered", "later": "later", "wrong": "wrong_number", "refuse": "refused"}
)
_KEPT = ("badge", "cleanup", "demo")  # what the question names
_RULES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "all": dict.fromkeys(_KEPT, "yes"),
        **{broken: {broken: "no"} for broken in (*_KEPT, "teach", "forbidden", "some")},
    }
)
_SCORES: Mapping[str, int] = MappingProxyType({f"s{score}": score for score in range(1, 6)})
_FIXED: Mapping[str, str] = MappingProxyType({"fixed": "yes", "undone": "no", "again": "again"})
# slot -> field of the fact
_FIELDS: Mapping[str, str] = MappingProxyType(
    {"fu_fixed": "fixed", "score_visit": "score_visit", "visit_rules": "rules", "score_call": "score_call"}
)


class Kind(StrEnum):
    """What was completed."""

    REPAIR = "repair"
    INSTALL = "install"
    COMPLAINT = "complaint"


class YesNo(StrEnum):
    """The answer to a plain question."""

    YES = "yes"
    NO = "no"


def kind(state: State) -> Kind:
    """Return what is asked about; a repair when nobody says."""
    asked = state.follow_up.kind if state.follow_up else ""
    return Kind(asked) if asked in set(Kind) else Kind.REPAIR


def _kind(_: Program, state: State) -> Kind:
    return kind(state)


def _proof_due(_: Program, state: State) -> YesNo:
    """The first call about a matter tells how to verify us; who doubted it has been told."""
    told = _AGAIN in state.visits or (state.matter is not None and _AGAIN in state.matter.visits)
    return YesNo.YES if state.follow_up and state.follow_up.first and not told else YesNo.NO


def _visited(_: Program, state: State) -> YesNo:
    return YesNo.YES if state.follow_up and state.follow_up.visited else YesNo.NO


BRANCHES: Mapping[str, tuple[type[StrEnum], Callable[[Program, State], StrEnum]]] = MappingProxyType(
    {
        "follow_up_kind": (Kind, _kind),
        "follow_up_proof": (YesNo, _proof_due),
        "follow_up_visited": (YesNo, _visited),
    }
)


def told(state: State) -> FollowUpTold:
    """Return what the customer has said so far. Who says nothing of the work has not answered."""
    fixed = _FIXED.get(chosen(state, "fu_fixed"), "")
    scores = {name: _SCORES.get(chosen(state, name), 0) for name in ("score_visit", "score_call")}
    rules = dict(_RULES.get(chosen(state, "visit_rules"), {}))
    answers = {"fixed": fixed, **scores, "rules": rules}
    remark = state.loose.get("remark")
    return FollowUpTold(
        result="answered" if fixed else _RESULTS.get(chosen(state, "fu_consent"), "not_asked"),
        fixed=fixed,
        rules=rules,
        remark=remark.clip if remark else "",
        said={name: state.loose[slot].source for slot, name in _FIELDS.items() if answers[name]},
        danger=remark.value.get("danger", "") if remark else "",
        **scores,
    )


def tell(step: Step) -> None:
    """Write down, once, what came of a call of ours; nothing for a caller who rang us."""
    if step.state.follow_up is not None:
        step.save(told(step.state))
        step.set(follow_up=None)
