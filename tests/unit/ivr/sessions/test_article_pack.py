"""The articles of the pack in force: read again when another one is named, the last good one kept."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.sessions.article_pack import PackArticles

PERIOD = {"segments": ["整机保修两年。", "从开票那天算。"], "source": "四.一.6", "version": 3}


def put(folder: Path, version: str, content: Mapping[str, Any] | list[Any] | str) -> None:
    raw = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    (folder / f"{version}.json").write_text(raw, encoding="utf-8")
    (folder / "current").write_text(f"{version}\n", encoding="utf-8")


def articles(**found: Any) -> Mapping[str, Any]:
    return {"codes": {}, "articles": found}


def test_before_any_pack_there_is_none(tmp_path: Path) -> None:
    with capture_logs() as logs:
        assert PackArticles(tmp_path).find(["ans_period"]) == {}
        assert PackArticles(tmp_path / "missing").find(["ans_period"]) == {}
    assert logs == []


def test_only_what_is_asked_for_and_there_is_given_as_the_flow_takes_it(tmp_path: Path) -> None:
    put(tmp_path, "one", articles(ans_period=PERIOD, ans_7d={**PERIOD, "version": 1}))
    found = PackArticles(tmp_path).find(["ans_period", "ans_start"])
    assert found == {"ans_period": {"segments": PERIOD["segments"], "source": "四.一.6", "version": "3"}}


def test_another_pack_is_read_at_the_next_question_and_the_same_one_is_not_read_again(tmp_path: Path) -> None:
    source = PackArticles(tmp_path)
    put(tmp_path, "one", articles(ans_period=PERIOD))
    assert source.find(["ans_period"])["ans_period"]["version"] == "3"
    (tmp_path / "one.json").unlink()
    assert source.find(["ans_period"])["ans_period"]["version"] == "3"
    put(tmp_path, "two", articles(ans_period={**PERIOD, "segments": ["三年。"], "version": 4}))
    assert source.find(["ans_period"])["ans_period"]["segments"] == ["三年。"]
    put(tmp_path, "three", articles())
    assert source.find(["ans_period"]) == {}  # taken back: the built-in sentence is spoken


def test_a_pack_of_before_there_were_articles_has_none(tmp_path: Path) -> None:
    put(tmp_path, "old", {"codes": {}})
    with capture_logs() as logs:
        assert PackArticles(tmp_path).find(["ans_period"]) == {}
    assert [line["event"] for line in logs] == ["articles_loaded"]


@pytest.mark.parametrize(
    "broken",
    ["{", "[]", {"articles": []}, {"articles": {"ans_period": 3}}, {"articles": {"ans_period": {"source": "x"}}},
     {"articles": {"ans_period": {"segments": 3, "source": "x"}}}],
)  # fmt: skip
def test_a_broken_pack_leaves_the_last_good_one_in_force_and_is_logged(tmp_path: Path, broken: Any) -> None:
    source = PackArticles(tmp_path)
    put(tmp_path, "one", articles(ans_period=PERIOD))
    before = source.find(["ans_period"])
    put(tmp_path, "two", broken)
    with capture_logs() as logs:
        assert source.find(["ans_period"]) == before
    assert [line["event"] for line in logs] == ["articles_unreadable"]
    put(tmp_path, "three", articles(ans_period={**PERIOD, "version": 5}))
    assert source.find(["ans_period"])["ans_period"]["version"] == "5"


def test_a_pack_that_is_named_before_it_is_there_is_waited_for(tmp_path: Path) -> None:
    source = PackArticles(tmp_path)
    (tmp_path / "current").write_text("late")
    assert source.find(["ans_period"]) == {}
    put(tmp_path, "late", articles(ans_period=PERIOD))
    assert source.find(["ans_period"]) != {}
