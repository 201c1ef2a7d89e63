"""What a pack says is made audible when it comes into force: articles, meanings of codes and their self-checks."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from speech.contract import ELDER_RATE, hinted, prompt_file
from speech.pack_voice import PackVoice, texts_of
from speech.synthesizers.espeak import EspeakSynthesizer
from tests.unit.speech.waiting import until

SEGMENTS = ["还可以换货。", "两年。"]
ARTICLE = {"segments": SEGMENTS, "source": "四.一.6", "version": 1}
CODES = {
    "E1": {"id": "E1", "meaning_zh": "点火失败", "self_check_zh": "看看插头。\n看看阀门。"},
    "E2": {"id": "E2", "meaning_zh": "", "self_check_zh": ""},
}


def put(folder: Path, version: str, pack: Any) -> None:
    (folder / f"{version}.json").write_text(json.dumps(pack, ensure_ascii=False), encoding="utf-8")
    (folder / "current").write_text(version, encoding="utf-8")


def pack(codes: Mapping[str, Any] = {}, **articles: Any) -> Mapping[str, Any]:
    return {"codes": codes, "articles": articles, "divisions": []}


def voice(folder: Path) -> tuple[PackVoice, EspeakSynthesizer]:
    synthesizer = EspeakSynthesizer(folder / "prompts")
    return PackVoice(folder, folder / "prompts", synthesizer), synthesizer


def test_every_sentence_is_wanted_at_both_rates_as_it_will_be_asked_for() -> None:
    raw = json.dumps(pack(CODES, ans_period=ARTICLE)).encode()
    wanted = [(item.key, item.text) for item in texts_of(raw) if item.rate == 1.0]
    assert wanted == [
        ("ans_period", "[[hai2]]可以换货。"),
        ("ans_period", "两年。"),
        ("E1", "点火失败"),
        ("E1", "看看插头。"),
        ("E1", "看看阀门。"),
    ]
    assert [(item.key, item.text) for item in texts_of(raw) if item.rate == ELDER_RATE] == wanted


async def test_a_new_pack_is_voiced_once_and_its_next_version_again(tmp_path: Path) -> None:
    voiced, synthesizer = voice(tmp_path)
    await voiced.look()  # no pack yet
    put(tmp_path, "one", pack(ans_period=ARTICLE))
    await voiced.look()
    await voiced.look()
    assert synthesizer.made == 4
    for text in SEGMENTS:
        assert all(prompt_file(tmp_path / "prompts", hinted(text), rate).exists() for rate in (1.0, ELDER_RATE))
    put(tmp_path, "two", pack(ans_period={**ARTICLE, "segments": ["三年。", "两年。"]}))
    await voiced.look()
    assert synthesizer.made == 6


@pytest.mark.parametrize("broken", [[], {"articles": {}}, {"codes": [], "articles": {}}, {"codes": {}, "articles": 1}])
async def test_a_broken_pack_is_logged_and_the_next_good_one_voiced(tmp_path: Path, broken: Any) -> None:
    voiced, synthesizer = voice(tmp_path)
    put(tmp_path, "one", broken)
    with capture_logs() as logs:
        await voiced.look()
        await voiced.look()
    assert [line["event"] for line in logs] == ["pack_not_voiced"]  # once, not every second
    put(tmp_path, "two", pack(ans_period=ARTICLE))
    await voiced.look()
    assert synthesizer.made == 4


async def test_what_cannot_be_said_is_named_and_the_rest_is_made(tmp_path: Path) -> None:
    voiced, synthesizer = voice(tmp_path)
    put(tmp_path, "one", pack(ans_7d={**ARTICLE, "segments": ["。"]}, ans_period=ARTICLE))
    with capture_logs() as logs:
        await voiced.look()
    done = next(line for line in logs if line["event"] == "pack_voiced")
    assert done["failed"] == ["ans_7d"]
    assert synthesizer.made == 4


async def test_it_looks_by_itself(tmp_path: Path) -> None:
    voiced, synthesizer = voice(tmp_path)
    put(tmp_path, "one", pack(ans_period={**ARTICLE, "segments": ["两年。"]}))
    looking = asyncio.create_task(voiced.run())
    await until(lambda: synthesizer.made == 2)
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking
