"""Plain AGI in detail: which file says a segment, what keys do to a prompt, and clip names from outside."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.sessions.keys import KeyCollector
from ivr.sessions.media_agi import AGIMedia
from ivr.sessions.prompt_files import segment_files
from ivr.telephony.agi import AGIServer, AGISession
from speech.contract import (
    Bargein,
    Cause,
    KeyMode,
    Mode,
    RecordSpec,
    Segment,
    SlotKind,
    SlotSpec,
    Turn,
    TurnResult,
    prompt_file,
    recorded_file,
)
from tests.unit.ivr.sessions.fake_channel import FakeChannel
from tests.unit.ivr.sessions.rig import make_prompts
from tests.unit.ivr.sessions.small_flow import TEXTS, segment

MENU = SlotSpec("menu", SlotKind.MENU, {}, KeyMode.MENU, "130*#9")
CODE = SlotSpec("code", SlotKind.DIGITS, {}, KeyMode.DIGITS, max_digits=4)
NO_KEYS = SlotSpec("say", SlotKind.STATEMENT, {}, KeyMode.NONE)


def _sound(name: str) -> str:
    return prompt_file(Path(), TEXTS[name]).stem


def _write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF")
    return path


async def _media(folder: Path, channel: FakeChannel, play: Callable[[AGIMedia], Awaitable[None]]) -> None:
    prompts = make_prompts(folder)
    failures: list[BaseException] = []

    async def handler(agi: AGISession) -> None:
        try:
            await play(AGIMedia(agi, prompts, folder / "clips"))
        except AssertionError as error:
            failures.append(error)

    async with AGIServer("127.0.0.1", 0, handler) as server:
        await channel.call(server.port)
    if failures:
        raise failures[0]


# ---- files ----


def test_a_recording_beats_synthesis_and_pieces_are_the_last_resort(tmp_path: Path) -> None:
    said = Segment("menu.p.1", "尾号八零零零", ("尾号", "八零零零"))
    assert segment_files(tmp_path, said) == ()
    piece = _write(prompt_file(tmp_path, "尾号"))
    assert segment_files(tmp_path, said) == (piece,)
    other = _write(prompt_file(tmp_path, "八零零零"))
    assert segment_files(tmp_path, said) == (piece, other)
    whole = _write(prompt_file(tmp_path, said.text))
    assert segment_files(tmp_path, said) == (whole,)
    assert segment_files(tmp_path, said, 0.85) == (whole,)
    slow = _write(prompt_file(tmp_path, said.text, 0.85))
    assert segment_files(tmp_path, said, 0.85) == (slow,)
    recorded = _write(recorded_file(tmp_path, "menu.p.1"))
    assert segment_files(tmp_path, said, 0.85) == (recorded,)
    assert segment_files(tmp_path, Segment("", said.text)) == (whole,)


# ---- keys and prompts ----


async def test_a_key_stops_the_prompt_and_answers(tmp_path: Path) -> None:
    async def play(media: AGIMedia) -> None:
        result = await media.turn(Turn("t", (segment("greet"), segment("menu")), Bargein.SPEECH, MENU))
        assert (result.cause, result.digits, result.barged_in) == (Cause.SUCCESS, "3", True)

    channel = FakeChannel(during={_sound("greet"): "3"})
    await _media(tmp_path, channel, play)
    assert channel.played == [_sound("greet")]


async def test_a_key_before_goes_through_to_the_question(tmp_path: Path) -> None:
    async def play(media: AGIMedia) -> None:
        assert (await media.turn(Turn("a", (segment("greet"),)))).cause is Cause.SUCCESS
        assert (await media.turn(Turn("b", (segment("bye"),)))).cause is Cause.SUCCESS
        assert (await media.turn(Turn("c", (segment("menu"),), slot=MENU))).digits == "3"
        assert (await media.turn(Turn("d", (segment("menu"),), slot=MENU))).cause is Cause.NO_INPUT

    channel = FakeChannel(during={_sound("greet"): "3"})
    await _media(tmp_path, channel, play)
    assert channel.played == [_sound("greet"), _sound("menu")]


async def test_what_may_not_be_stopped_is_said_whole_and_the_key_kept(tmp_path: Path) -> None:
    async def play(media: AGIMedia) -> None:
        await media.turn(Turn("a", (segment("greet"), segment("bye")), Bargein.NONE))
        assert (await media.turn(Turn("b", (segment("menu"),), slot=MENU))).digits == "9"

    channel = FakeChannel(during={_sound("greet"): "9"})
    await _media(tmp_path, channel, play)
    assert channel.played == [_sound("greet"), _sound("greet"), _sound("bye")]


async def test_digits_typed_ahead_are_the_first_ones(tmp_path: Path) -> None:
    async def play(media: AGIMedia) -> None:
        assert (await media.turn(Turn("a", (segment("code"),), slot=CODE))).digits == "123"

    await _media(tmp_path, FakeChannel(["23#"], during={_sound("code"): "1"}), play)


async def test_without_keys_there_is_nothing_to_hear(tmp_path: Path) -> None:
    async def play(media: AGIMedia) -> None:
        assert (await media.turn(Turn("a", (segment("say"),), slot=NO_KEYS))).cause is Cause.NO_INPUT

    await _media(tmp_path, FakeChannel(), play)


@pytest.mark.parametrize("clip", ["", "../x", "/etc/x", "a//b", "a b", "c\n", "a.wav", "x" * 200])
async def test_a_clip_name_that_leaves_its_folder_is_refused(tmp_path: Path, clip: str) -> None:
    async def play(media: AGIMedia) -> None:
        assert (await media.record(RecordSpec("r", (), clip))).cause is Cause.MEDIA_FAILED

    channel = FakeChannel()
    await _media(tmp_path, channel, play)
    assert not any(command.startswith("RECORD FILE") for command in channel.commands)


@pytest.mark.parametrize(
    ("recorded", "result"),
    [
        (("dtmf", "#", 16000), TurnResult("r", Cause.SUCCESS, clip="c/x.wav", speech_ms=2000)),
        (("dtmf", "#", 800), TurnResult("r", Cause.NO_INPUT, Mode.DTMF, "#", speech_ms=100)),
        (("timeout", "", 24000), TurnResult("r", Cause.SUCCESS, clip="c/x.wav", speech_ms=2000)),
        (("timeout", "", 8000), TurnResult("r", Cause.NO_INPUT)),
        (("hangup", "", 16000), TurnResult("r", Cause.HUNG_UP, clip="c/x.wav", speech_ms=2000)),
    ],
)
async def test_how_recordings_end(tmp_path: Path, recorded: tuple[str, str, int], result: TurnResult) -> None:
    async def play(media: AGIMedia) -> None:
        assert await media.record(RecordSpec("r", (segment("say"),), "c/x")) == result

    channel = FakeChannel()
    channel.recorded = recorded
    await _media(tmp_path, channel, play)


async def test_what_comes_before_the_beep_is_said_at_its_rate(tmp_path: Path) -> None:
    async def play(media: AGIMedia) -> None:
        await media.record(RecordSpec("r", (segment("say"),), "c/x", rate=0.85))

    slow = _write(prompt_file(make_prompts(tmp_path), TEXTS["say"], 0.85))
    channel = FakeChannel()
    await _media(tmp_path, channel, play)
    assert channel.played == [slow.stem]


@pytest.mark.parametrize("key", ["0", "9"])
async def test_a_command_key_ends_the_recording(tmp_path: Path, key: str) -> None:
    async def play(media: AGIMedia) -> None:
        result = await media.record(RecordSpec("r", (), "c/x"))
        assert (result.cause, result.digits) == (Cause.SUCCESS, key)

    channel = FakeChannel()
    channel.recorded = ("dtmf", key, 400)
    await _media(tmp_path, channel, play)


@pytest.mark.parametrize(("key", "recorded"), [("0", False), ("9", False), ("*", False), ("#", True), ("5", True)])
async def test_a_command_key_in_the_prompt_is_not_lost_to_the_beep(tmp_path: Path, key: str, recorded: bool) -> None:
    channel = FakeChannel(during={_sound("say"): key})

    async def play(media: AGIMedia) -> None:
        result = await media.record(RecordSpec("r", (segment("say"), segment("say")), "c/x"))
        assert result.digits == ("" if recorded else key)
        assert any(command.startswith("RECORD FILE") for command in channel.commands) == recorded

    await _media(tmp_path, channel, play)


# ---- the collector ----


@given(st.lists(st.sampled_from(["", *"0123456789*#"]), max_size=40), st.integers(1, 12))
def test_collecting_ends_and_keeps_its_shape(presses: list[str], size: int) -> None:
    slot = SlotSpec("n", SlotKind.DIGITS, {}, KeyMode.DIGITS, max_digits=size)
    collector = KeyCollector(slot)
    for key in [*presses, "", ""]:
        assert collector.wait_ms > 0
        done = collector.press(key) if key else collector.time_out()
        if done is not None:
            assert done.digits in ("", "#", "*0", "*9") or (done.digits.isdigit() and len(done.digits) <= size)
            assert (done.cause is Cause.NO_INPUT) == (done.digits == "")
            return
    raise AssertionError("two silences in a row must end it")
