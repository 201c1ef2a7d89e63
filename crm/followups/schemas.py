"""Wire forms of follow-ups."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from crm.policy.follow_up import Survey
from crm.wire import Change, Shape, Text, Time, example

Score = Annotated[int, Field(ge=1, le=5)]
Kept = Literal["yes", "no", ""]


class VisitRules(Change):
    """What the customer says of the visit (三.二): yes = done or kept, "" = not asked or not answered."""

    badge: Kept = ""
    cleanup: Kept = ""
    demo: Kept = ""
    teach: Kept = ""
    forbidden: Kept = ""


class SurveyDraft(Change):
    """The answers. fixed: yes | no | again (it broke once more). A score that was not given is null."""

    fixed: Literal["yes", "no", "again"]
    score_visit: Score | None = None
    visit_rules: VisitRules = VisitRules()
    score_call: Score | None = None
    remark: Annotated[Text, Field(max_length=1000)] = ""

    def told(self) -> Survey:
        """Return the answers without those that were not given."""
        given = {key: value for key, value in self.visit_rules.model_dump().items() if value}
        return Survey(self.fixed, self.score_visit, given, self.score_call)


class AttemptDraft(Change):
    """How an attempt went; survey with `answered`, and only with it."""

    model_config = example(result="answered", survey={"fixed": "yes", "score_visit": 5, "score_call": 4})

    result: Literal["answered", "unanswered", "later", "no_answer", "wrong_number", "refused"]
    note: Annotated[Text, Field(max_length=1000)] = ""
    survey: SurveyDraft | None = None

    @model_validator(mode="after")
    def _survey_with_an_answer(self) -> Self:
        if (self.result == "answered") != (self.survey is not None):
            raise ValueError("survey goes with answered, and only with it")
        return self


class AttemptForm(Shape):
    """An attempt. contact: the call, when the hotline rang by itself and somebody answered, else ""."""

    at: Time
    by: str
    result: str
    result_name: str
    note: str
    contact: str


class SurveyForm(Shape):
    """The answers as they were given; text: in one line.

    said: which of them a machine took, and from what: speech | dtmf. Empty where a person wrote them down.
    """

    fixed: str
    score_visit: int | None
    visit_rules: dict[str, str]
    score_call: int | None
    remark: str
    text: str
    said: dict[str, str]


class FollowUpForm(Shape):
    """One follow-up; its number is shown in full because it must be dialled.

    original: the completed ticket; ticket: the follow-up's own, "" before its day. visited: an engineer was there, so
    the visit is asked about. matter: what the customer had done ("报过修"). code: what the customer may ask 400 for,
    "" until it is taken. taken_by: the 工号 of who rings till then. survey: null until answered.
    """

    id: str
    ticket: str
    original: str
    kind: str
    kind_name: str
    matter: str
    customer: str
    customer_name: str
    number: str
    e164: str
    place: str
    fault: str
    engineer: str
    visited: bool
    completed_at: Time
    due_at: Time
    code: str
    taken_by: str
    taken_name: str
    taken_until: Time | None
    attempts: list[AttemptForm]
    attempts_left: int
    outcome: str
    outcome_name: str
    survey: SurveyForm | None
    supervisor: bool
    done_at: Time | None
    done_by: str


class FollowUpHours(Shape):
    """When customers are rung. open: now is such a time."""

    open: bool
    text: str
    low_score: int


class ScoreForm(Shape):
    """How many gave a score, and their mean; null when nobody did."""

    given: int
    mean: float | None


class RuleForm(Shape):
    """How many of those asked said that a rule was kept."""

    key: str
    name: str
    kept: int
    asked: int


class FollowUpFigures(Shape):
    """What the follow-ups that ended in a time say.

    silent: not reached or not answered; none of them counts as satisfied. Shares are of `ended` and of `answered`, null
    when there are none.
    """

    since: Time
    until: Time
    ended: int
    answered: int
    silent: int
    satisfied: int
    satisfied_of_ended: float | None
    satisfied_of_answered: float | None
    fixed: int
    score_visit: ScoreForm
    score_call: ScoreForm
    rules: list[RuleForm]
