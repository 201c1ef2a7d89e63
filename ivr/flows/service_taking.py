"""What the machine makes of answers to consult, ticket and visit questions."""

from collections.abc import Mapping

from ivr.flows.asking import spoken
from ivr.flows.program import Program
from ivr.flows.service_answers import (
    BUILT_IN,
    ArticleAnswer,
    ArticlesAnswer,
    CodeVerdictAnswer,
    FoundAnswer,
    TicketAnswer,
    TicketsAnswer,
)
from ivr.flows.service_rules import UNKNOWN_ARTICLE, article_keys, asked_topics
from ivr.flows.state import Slot, State
from ivr.flows.step import Step, fill_slot
from speech.contract import Segment, hinted


def say_articles(step: Step, answer: ArticlesAnswer | None) -> None:
    """Put the articles that answer the question before the next one; keep which version was spoken."""
    changed = answer.articles if answer else {}
    keys = article_keys(step.program.topics, step.state)
    segments = [segment for key in keys for segment in _segments(step, key, changed)]
    step.set(pending=(*step.state.pending, *segments))
    versions = {key: changed[key].version if key in changed else BUILT_IN for key in keys}
    _keep_answered(step, versions)


def say_unknown(step: Step, answer: ArticlesAnswer | None) -> None:
    """Put before what comes next that there is no article, in the words of the newest version."""
    segments = _segments(step, UNKNOWN_ARTICLE, answer.articles if answer else {})
    step.set(pending=(*step.state.pending, *segments))


def _segments(step: Step, key: str, changed: Mapping[str, ArticleAnswer]) -> list[Segment]:
    built_in = spoken(step, key)
    texts = [hinted(text) for text in changed[key].segments] if key in changed else []
    if not texts or texts == [segment.text for segment in built_in]:
        return built_in
    # no key: a recording of the built-in sentence must not be played for a changed one
    return [Segment("", text, (text,)) for text in texts]


def _keep_answered(step: Step, versions: Mapping[str, str]) -> None:
    """Remember every topic of the matter and the articles that were spoken, oldest first."""
    before = step.state.slot("answered")
    value = dict(before.value) if before else {}
    names = _names(step.program, step.state)
    spoken_now = " ".join(f"{key}@{version}" for key, version in versions.items())
    value["topics"] = " ".join(filter(None, (value.get("topics", ""), *asked_topics(step.state))))
    value["articles"] = " ".join(filter(None, (value.get("articles", ""), spoken_now)))
    value["spoken"] = "、".join(filter(None, (value.get("spoken", ""), *names)))
    fill_slot(step, "answered", Slot(value, "unverified", "speech"))


def _names(program: Program, state: State) -> tuple[str, ...]:
    names = program.question("consult_topic").names
    return tuple(names.get(topic, topic) for topic in asked_topics(state))


def keep_told(step: Step, answer: TicketsAnswer | FoundAnswer | CodeVerdictAnswer) -> None:
    """Keep what crm told of tickets or of a visit code, as text."""
    match answer:
        case TicketsAnswer(tickets=tickets):
            step.set(tickets=tuple(_texts(ticket) for ticket in tickets), ticket=0)
        case FoundAnswer(exists=exists, status=status):
            step.set(found=exists, tickets=(_texts(status),) if status else (), ticket=0)
        case _:
            step.set(told=_texts(answer))


def _texts(answer: TicketAnswer | CodeVerdictAnswer) -> dict[str, str]:
    return {name: str(value) for name, value in answer.model_dump().items()}
