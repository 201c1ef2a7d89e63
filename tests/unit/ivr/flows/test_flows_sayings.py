"""The sayings that speech knows belong to questions of the flows and mean what these can hear."""

import pytest

from speech.sayings.book import COMMANDS, likeness, sayings
from speech.sayings.likeness import NONE, OTHER
from speech.text import compact
from tests.unit.ivr.flows.play import program
from tests.unit.ivr.flows.test_flows_samples import meant


@pytest.mark.parametrize("question", sorted(sayings()))
def test_every_saying_has_a_meaning_that_its_question_hears(question: str) -> None:
    commands = set(program().lexicon.commands)
    known = commands if question == COMMANDS else {*program().question(question).meanings, "yes", "no", *commands}
    assert set(sayings()[question]) <= {*known, NONE, OTHER}


@pytest.mark.parametrize("question", sorted(sayings()))
def test_no_saying_stands_twice_and_each_is_a_sentence(question: str) -> None:
    listed = [compact(said) for book in sayings()[question].values() for said in book]
    assert len(listed) == len(set(listed))
    assert all(listed)


@pytest.mark.parametrize("question", sorted(sayings()))
def test_nearly_every_saying_is_like_its_own_meaning(question: str) -> None:
    """One that is not is listed under a meaning where it does not belong."""
    book = likeness(question)
    assert book is not None
    wrong = [
        (meaning, said)
        for meaning, listed in sayings()[question].items()
        for said in listed
        if meaning != NONE and (ranked := book.rank(compact(said))) and ranked[0][0] != meaning
    ]
    assert len(wrong) <= 0.01 * sum(map(len, sayings()[question].values())), wrong


@pytest.mark.parametrize(
    ("said", "meaning"),
    [("还在老地方没挪窝", "yes"), ("好像还在老地方没挪窝", "no_match"), ("以前住那儿现在不住了", "no")],
)
def test_a_doubtful_yes_in_own_words_is_none(said: str, meaning: str) -> None:
    assert meant("address_on_file", said) == meaning
