"""The benchmark of callers' own words: its sentences, its verdicts, its words."""

from pathlib import Path

import pytest

from ivr.flows.load import load_program
from ops.bench.cli import OWN_WORDS
from ops.bench.sayings import Sentence, SentencesUnusable, measure, read_sentences, verdict, written
from speech.contract import Interpretation
from speech.packs import Pack
from tests.unit.speech.voices import MODEL


def test_the_sentences_of_the_tests_belong_to_questions_of_the_flows() -> None:
    every = read_sentences(OWN_WORDS, load_program())
    assert {sentence.question for sentence in every} >= {"main_menu", "commands", "symptom"}
    assert all(sentence.meaning and sentence.said for sentence in every)
    some = read_sentences(OWN_WORDS, load_program(), ["symptom"])
    assert some == [sentence for sentence in every if sentence.question == "symptom"]


def test_a_folder_without_sentences_or_of_other_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SentencesUnusable, match=r"\*\.tsv"):
        read_sentences(tmp_path, load_program())
    (tmp_path / "nowhere.tsv").write_text("repair\t炉子坏了\n")
    with pytest.raises(SentencesUnusable, match=r"nowhere\.tsv"):
        read_sentences(tmp_path, load_program())
    with pytest.raises(SentencesUnusable, match=r"symptom\.tsv"):
        read_sentences(tmp_path, load_program(), ["symptom"])
    (tmp_path / "nowhere.tsv").rename(tmp_path / "main_menu.tsv").write_bytes(b"\xff\t\xff")
    with pytest.raises(SentencesUnusable, match="cannot read"):
        read_sentences(tmp_path, load_program())


@pytest.mark.parametrize(
    ("meaning", "found", "told"),
    [
        ("repair", Interpretation(meaning="repair"), "right"),
        ("repair", Interpretation(meaning="install"), "another"),
        ("repair", Interpretation(), "again"),
        ("none", Interpretation(), "right"),
        ("wait", Interpretation(command="wait"), "right"),
        ("week", Interpretation(meaning="half_month"), "right"),
        ("repair", Interpretation(meaning="repair", safety="gas"), "danger"),
    ],
)
def test_a_sentence_is_right_another_or_asked_again(meaning: str, found: Interpretation, told: str) -> None:
    assert verdict(Sentence("main_menu", meaning, "…"), found) == told


def test_sentences_are_spoken_heard_and_read(tmp_path: Path) -> None:
    said = [Sentence("main_menu", "repair", "我要报修"), Sentence("commands", "repeat", "再说一遍")]
    told: list[str] = []
    found = measure(said, MODEL, Pack("t"), tmp_path / "studio", ["clean"], 1, told.append)
    assert [(row["question"], row["n"], row["right"], row["by_text"]) for row in found["cells"]] == [
        ("commands", 1, 1, 1), ("main_menu", 1, 1, 1),
    ]  # fmt: skip
    assert told == ["clean: 2 sentences heard"]
    assert found["set"] in written(found)


def test_what_was_missed_is_shown() -> None:
    missed = [{"snr": "clean", "said": "炉子凉了", "verdict": "another", "heard": "炉子两了"}]
    assert "炉子凉了 → 炉子两了 (another)" in written({"set": "x", "cells": [], "missed": missed})
