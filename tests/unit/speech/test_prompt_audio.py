"""Prompt audio: player, library, synthesizer and their pure parts."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from speech.audiosocket.protocol import FRAME_BYTES
from speech.contract import Segment, prompt_file, recorded_file
from speech.player import BEEP, PromptPlayer, length_ms, sentence_start, tone
from speech.prompts import PromptLibrary
from speech.synthesizers import espeak as espeak_module
from speech.synthesizers.bulk import ListInvalid, Wanted, make_missing, read_list
from speech.synthesizers.espeak import EspeakSynthesizer
from speech.synthesizers.loudness import TARGET_DB, even
from speech.synthesizers.port import SynthesisFailed
from speech.synthesizers.pronunciation import spoken_form
from speech.wav import AudioUnusable, read_wav, wav_bytes, write_wav

LOUD, GAP = tone(440.0, 500), bytes(16 * 200)


def frames(player: PromptPlayer, count: int) -> list[bool]:
    return [player.next_frame() is not None for _ in range(count)]


def rms_db(pcm: bytes) -> float:
    samples = np.frombuffer(pcm, "<i2") / 32768.0
    return float(10 * np.log10(np.mean(samples**2)))


# ---- player ----


def test_segments_play_with_their_pauses_and_the_last_pause_is_not_waited_for() -> None:
    player = PromptPlayer()
    player.add(tone(440.0, 40), 60)
    player.add(tone(440.0, 30), 300)
    assert frames(player, 6) == [True, True, False, False, False, True]
    player.complete()
    assert not player.finished
    assert frames(player, 1) == [True]
    assert player.silent
    player.add(LOUD, 0)
    assert player.next_frame() is None


def test_every_frame_is_whole() -> None:
    player = PromptPlayer()
    player.add(tone(440.0, 30)[:-2], 0)
    assert [len(player.next_frame() or b"") for _ in range(2)] == [FRAME_BYTES, FRAME_BYTES]


def test_a_pause_holds_the_place_and_resume_goes_back_to_the_sentence() -> None:
    player = PromptPlayer()
    player.add(LOUD + GAP + LOUD, 0)
    player.complete()
    frames(player, 55)  # 1.1 s: 0.4 s into the second sentence
    player.pause()
    assert player.silent
    assert frames(player, 3) == [False] * 3
    player.resume()
    assert player.next_frame() == bytes(FRAME_BYTES)  # the last frame of the gap
    assert frames(player, 25) == [True] * 25
    assert player.finished


def test_a_dropped_prompt_is_over() -> None:
    player = PromptPlayer()
    player.add(LOUD, 0)
    player.drop()
    assert player.finished
    player.resume()
    assert player.next_frame() is None


@settings(deadline=None)
@given(st.integers(0, 40_000))
def test_a_sentence_starts_at_or_before_the_place_on_a_frame(position: int) -> None:
    start = sentence_start(LOUD + GAP + LOUD + GAP, position)
    assert 0 <= start <= max(position, 0)
    assert start % FRAME_BYTES == 0


def test_the_beep_is_even_and_short() -> None:
    assert length_ms(BEEP) == 400
    assert abs(rms_db(BEEP) + 20.0) < 0.5


# ---- synthesizer ----


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("请[[chong2]]新说", "请 chong2 新说"),
        ("请重新说", "请 chong2 xin1 说"),
        ("E01", "E 零 一"),
        ("e、零、幺", "E 、零、幺"),
        ("按Ｆ二八", "按 F 二八"),
        ("[[lv4]]\x00<b>好", "lv4 B 好"),
        ("[[坏]]好", "坏 好"),
        ("。,!", ""),
        ("", ""),
    ],
)
def test_text_becomes_what_the_voice_reads_right(text: str, spoken: str) -> None:
    assert spoken_form(text) == spoken


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_can_carry_marks_or_control_characters_to_the_program(text: str) -> None:
    assert not set(spoken_form(text)) & set("[]<>{}\n\r\0\x1b")


async def test_a_prompt_is_made_once_even_and_trimmed(tmp_path: Path) -> None:
    synthesizer = EspeakSynthesizer(tmp_path)
    text = "您好,汉普顿售后服务热线,很高兴为您服务。"
    paths = await asyncio.gather(*(synthesizer.speak(text) for _ in range(5)))
    assert set(paths) == {prompt_file(tmp_path, text)}
    assert synthesizer.made == 1
    pcm = read_wav(paths[0])
    assert 3000 < length_ms(pcm) < 8000
    assert abs(rms_db(pcm) - TARGET_DB) < 4.0
    edge = np.abs(np.frombuffer(pcm, "<i2").astype(int))
    assert edge[: 8 * 100].max() > 100
    assert edge[-8 * 100 :].max() > 100
    assert length_ms(read_wav(await synthesizer.speak(text, 0.85))) > length_ms(pcm) * 1.08
    await synthesizer.close()


@pytest.mark.parametrize("text", ["", "。", "[["])
async def test_nothing_to_say_is_a_failure(tmp_path: Path, text: str) -> None:
    with capture_logs() as logs, pytest.raises(SynthesisFailed):
        await EspeakSynthesizer(tmp_path).speak(text)
    assert logs[0]["event"] == "synthesis_failed"


def wav_files(folder: Path) -> list[Path]:
    return list(folder.rglob("*.wav"))


async def test_a_program_that_hangs_fails_or_is_missing_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeak_module, "TIMEOUT_SECONDS", 0.2)
    for program, message in (("sleep 5", "TimeoutError"), ("exit 3", "ended with 3")):
        folder = tmp_path / message.replace(" ", "")
        folder.mkdir()
        fake = folder / "espeak-ng"
        fake.write_text(f"#!/bin/sh\nexec /bin/sh -c '{program}'\n")
        fake.chmod(0o755)
        with monkeypatch.context() as patch, capture_logs() as logs:
            patch.setenv("PATH", f"{folder}:/bin:/usr/bin")
            with pytest.raises(SynthesisFailed):
                await EspeakSynthesizer(tmp_path).speak("你好")
        assert message in logs[0]["error"]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SynthesisFailed):
        await EspeakSynthesizer(tmp_path).speak("你好")
    assert not wav_files(tmp_path)


async def test_a_list_is_made_with_progress_and_failures_are_named(tmp_path: Path) -> None:
    wanted = read_list('[{"key":"a","text":"一"},{"key":"b","text":"一"},{"key":"c","text":"二","rate":0.85}]')
    wanted.append(Wanted("d", "。"))
    told: list[tuple[int, int]] = []
    synthesizer = EspeakSynthesizer(tmp_path)
    failed = await make_missing(wanted, synthesizer, tmp_path, lambda done, total: told.append((done, total)))
    assert failed == ["d"]
    assert synthesizer.made == 2
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert await make_missing(wanted[:3], synthesizer, tmp_path, lambda done, total: told.append((done, total))) == []
    assert len(told) == 3


@pytest.mark.parametrize("raw", ["", "{}", "[1]", '[{"key":"a"}]', '[{"key":"a","text":"b","rate":"x"}]'])
def test_a_bad_list_is_refused(raw: str) -> None:
    if raw == "{}":
        assert read_list(raw) == []
        return
    with pytest.raises(ListInvalid):
        read_list(raw)


def test_even_leaves_nothing_of_silence() -> None:
    assert even(bytes(16000)) == b""
    assert even(b"\x01") == b""


@settings(deadline=None)
@given(st.binary(max_size=4000))
def test_even_never_clips_and_never_raises(pcm: bytes) -> None:
    samples = np.frombuffer(even(pcm), "<i2").astype(int)
    assert len(samples) == 0 or np.abs(samples).max() <= 32767 * 0.95 + 1


# ---- library ----


class Broken:
    """A synthesizer that never can."""

    async def speak(self, text: str, rate: float = 1.0) -> Path:
        raise SynthesisFailed(f"{len(text)} {rate}")


async def test_a_recording_overrides_then_the_file_then_the_synthesizer(tmp_path: Path) -> None:
    library = PromptLibrary(tmp_path, EspeakSynthesizer(tmp_path))
    segment = Segment("greet.p.1", "您好")
    made = await library.audio(segment)
    assert made == read_wav(prompt_file(tmp_path, "您好"))
    write_wav(recorded_file(tmp_path, "greet.p.1"), LOUD)
    assert await library.audio(segment) == LOUD
    assert await library.audio(Segment("", "您好")) == made


async def test_a_soft_segment_is_the_same_more_quietly(tmp_path: Path) -> None:
    write_wav(prompt_file(tmp_path, "我还在"), LOUD)
    library = PromptLibrary(tmp_path, None)
    soft = await library.audio(Segment("", "我还在", soft=True))
    assert len(soft) == len(LOUD)
    assert rms_db(soft) == pytest.approx(rms_db(LOUD) - 8.0, abs=0.1)
    assert await library.audio(Segment("", "我还在")) == LOUD


async def test_without_a_synthesizer_pieces_or_the_normal_rate_do(tmp_path: Path) -> None:
    write_wav(prompt_file(tmp_path, "E"), LOUD)
    write_wav(prompt_file(tmp_path, "零"), GAP)
    library = PromptLibrary(tmp_path, Broken())
    assert await library.audio(Segment("", "E、零", ("E", "零"))) == LOUD + GAP
    assert await library.audio(Segment("", "E"), 0.85) == LOUD
    assert await PromptLibrary(tmp_path, None).audio(Segment("", "E")) == LOUD


async def test_what_cannot_be_said_is_left_out_and_logged_without_its_text(tmp_path: Path) -> None:
    library = PromptLibrary(tmp_path, Broken())
    with capture_logs() as logs:
        assert await library.audio(Segment("../x", "凤翔路十八号")) == b""
    assert library.missing == 1
    assert [entry["event"] for entry in logs] == ["prompt_missing"]
    assert "凤翔" not in str(logs)


async def test_a_broken_recording_is_passed_over(tmp_path: Path) -> None:
    write_wav(prompt_file(tmp_path, "您好"), LOUD)
    bad = recorded_file(tmp_path, "greet.p.1")
    bad.parent.mkdir()
    bad.write_bytes(b"RIFFnonsense")
    with capture_logs() as logs:
        assert await PromptLibrary(tmp_path, None).audio(Segment("greet.p.1", "您好")) == LOUD
    assert logs[0]["event"] == "prompt_unusable"


async def test_the_cache_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speech.prompts.CACHED_FILES", 1)
    library = PromptLibrary(tmp_path, None)
    for text in ("一", "二"):
        write_wav(prompt_file(tmp_path, text), LOUD)
        assert await library.audio(Segment("", text)) == LOUD
    assert await library.audio(Segment("", "二")) == LOUD
    assert len(library._cache) == 1


# ---- files ----


def test_wav_round_trip_and_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.wav"
    write_wav(path, LOUD)
    assert read_wav(path) == LOUD
    (tmp_path / "a").chmod(0o755)
    blocked = tmp_path / "dir.wav"
    (blocked / "x").mkdir(parents=True)
    with pytest.raises(OSError, match=r"dir\.wav"):
        write_wav(blocked, LOUD)
    assert not [item for item in tmp_path.iterdir() if item.name.endswith(".part")]


def test_other_formats_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(wav_bytes(LOUD).replace((8000).to_bytes(4, "little"), (16000).to_bytes(4, "little")))
    with pytest.raises(AudioUnusable, match=r"x\.wav: 16000 Hz"):
        read_wav(path)
    with pytest.raises(AudioUnusable, match=r"nothing\.wav"):
        read_wav(tmp_path / "nothing.wav")
