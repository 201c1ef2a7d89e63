"""Which prompt files are missing, and the links for the dialplan."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ops.layout import Layout, layout_for, make_folders
from ops.stack import prompts
from speech.contract import prompt_file, recorded_file

TEXTS: list[Mapping[str, Any]] = [
    {"key": "a", "text": "您好", "rate": 1.0},
    {"key": "b", "text": "您好", "rate": 1.0},
    {"key": "", "text": "您好", "rate": 0.85},
]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = layout_for(tmp_path, {})
    make_folders(layout)
    return layout


def make(layout: Layout, text: str, rate: float = 1.0) -> Path:
    path = prompt_file(layout.prompts, text, rate)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF")
    return path


def test_each_missing_file_is_made_once(layout: Layout) -> None:
    assert [text["rate"] for text in prompts.missing(TEXTS, layout.prompts)] == [1.0, 0.85]
    make(layout, "您好")
    assert [text["rate"] for text in prompts.missing(TEXTS, layout.prompts)] == [0.85]


def test_the_dialplans_names_point_at_the_audio(layout: Layout) -> None:
    made = make(layout, "请稍等")
    said: list[str] = []
    prompts.ensure(layout, [], {"fb_wait": "请稍等"}, said.append)
    name = layout.prompts / "fallback" / "fb_wait.wav"
    assert name.resolve() == made
    assert said == []


def test_a_recording_replaces_the_synthetic_voice(layout: Layout) -> None:
    make(layout, "请稍等")
    prompts.ensure(layout, [], {"fb_wait": "请稍等"}, print)
    recorded = recorded_file(layout.prompts, "fb_wait")
    recorded.parent.mkdir(parents=True)
    recorded.write_bytes(b"RIFF")
    prompts.ensure(layout, [], {"fb_wait": "请稍等"}, print)
    prompts.ensure(layout, [], {"fb_wait": "请稍等"}, print)
    assert (layout.prompts / "fallback" / "fb_wait.wav").resolve() == recorded


def test_prompts_that_were_not_made_are_said(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_made(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], 1)

    monkeypatch.setattr(subprocess, "run", nothing_made)
    with pytest.raises(prompts.PromptsFailed, match="2 of 2 prompts"):
        prompts.ensure(layout, TEXTS, {}, print)
