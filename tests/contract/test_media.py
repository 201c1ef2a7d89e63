"""The Media port: one contract, for plain AGI and for speech's adapter before a fake and before the real process."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from ivr.contract.media import Media
from ivr.sessions.media_agi import AGIMedia
from ivr.sessions.media_speech import SpeechMedia, SpeechSettings
from ivr.telephony.agi import AGIServer, AGISession
from speech.contract import Bargein, Cause, KeyMode, Lexicon, Mode, RecordSpec, SlotKind, SlotSpec, Timeouts, Turn
from speech.recognizers.scripted import Line
from tests.contract.fake_speech import HANG_UP, SAID, FakeSpeech, audiosocket_app
from tests.contract.real_speech import SPOKEN, Caller, real_speech
from tests.unit.ivr.sessions.fake_channel import FakeChannel
from tests.unit.ivr.sessions.rig import make_prompts
from tests.unit.ivr.sessions.small_flow import segment

Play = Callable[[Media, AGISession], Awaitable[None]]
Stage = Callable[[Sequence[str], Play], Awaitable[None]]

QUICK = Timeouts(no_input_ms=1000, interdigit_ms=1000)
MENU = SlotSpec("menu", SlotKind.MENU, {"repair": (SPOKEN,)}, KeyMode.MENU, "130*#9", timeouts=QUICK)
CODE = SlotSpec("code", SlotKind.DIGITS, {}, KeyMode.DIGITS, max_digits=8, timeouts=QUICK)


def _turn(slot: SlotSpec | None, name: str = "menu") -> Turn:
    return Turn(f"{name}-1", (segment(name),), Bargein.SPEECH, slot)


async def _on_a_channel(channel: FakeChannel, run: Callable[[AGISession], Awaitable[None]]) -> None:
    """Run `run` as the AGI handler of one call, and let its failures out."""
    failures: list[BaseException] = []

    async def handler(agi: AGISession) -> None:
        try:
            await run(agi)
        except BaseException as error:
            failures.append(error)
            raise

    async with AGIServer("127.0.0.1", 0, handler) as server:
        await channel.call(server.port)
    if failures:
        raise failures[0]


async def _by_speech(channel: FakeChannel, settings: SpeechSettings, play: Play) -> None:
    async def run(agi: AGISession) -> None:
        async with asyncio.TaskGroup() as group:
            media = await SpeechMedia.open(group, agi, settings, "c1", Lexicon())
            await play(media, agi)
            await media.close()

    await _on_a_channel(channel, run)


async def _by_process(folder: Path, acts: Sequence[str], play: Play) -> None:
    caller = Caller(acts)
    channel = FakeChannel(audiosocket=caller.app)
    channel.hung_up = caller.hung_up
    async with real_speech(folder, *[Line("我 要 报修")] * len(acts)) as settings:
        await _by_speech(channel, settings, play)


@pytest.fixture(params=["agi", "speech", "process"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    """Return a function that plays the caller's acts against a media adapter."""

    async def by_agi(acts: Sequence[str], play: Play) -> None:
        channel = FakeChannel([act for act in acts if act != SAID])
        channel.recorded = ("dtmf", "#", 16000) if SAID in acts else ("timeout", "", 8000)
        if HANG_UP in acts and len(acts) == 1:
            channel.recorded = ("hangup", "", 16000)
        prompts = make_prompts(tmp_path)

        async def run(agi: AGISession) -> None:
            await play(AGIMedia(agi, prompts, tmp_path / "clips"), agi)

        await _on_a_channel(channel, run)

    async def by_speech(acts: Sequence[str], play: Play) -> None:
        speech = FakeSpeech(acts)
        channel = FakeChannel(audiosocket=audiosocket_app)
        channel.hung_up = speech.caller_gone
        async with speech.running(tmp_path) as settings:
            await _by_speech(channel, settings, play)

    stages: dict[str, Stage] = {"agi": by_agi, "speech": by_speech, "process": partial(_by_process, tmp_path)}
    return stages[request.param]


async def test_speaking_alone_succeeds(stage: Stage) -> None:
    async def play(media: Media, _: AGISession) -> None:
        result = await media.turn(_turn(None, "greet"))
        assert (result.turn_id, result.cause, result.digits) == ("greet-1", Cause.SUCCESS, "")

    await stage([], play)


@pytest.mark.parametrize(
    ("keys", "cause", "digits"),
    [("3", Cause.SUCCESS, "3"), ("0", Cause.SUCCESS, "0"), ("#", Cause.SUCCESS, "#"), ("8", Cause.NO_MATCH, "8")],
)
async def test_in_a_menu_the_first_key_answers(stage: Stage, keys: str, cause: Cause, digits: str) -> None:
    async def play(media: Media, _: AGISession) -> None:
        result = await media.turn(_turn(MENU))
        assert (result.turn_id, result.cause, result.mode, result.digits) == ("menu-1", cause, Mode.DTMF, digits)

    await stage([keys], play)


@pytest.mark.parametrize(
    ("keys", "digits"),
    [
        ("12#", "12"),
        ("12", "12"),
        ("#", "#"),
        ("12*34#", "34"),
        ("1*0", "*0"),
        ("12*9", "*9"),
        ("12345678#", "12345678"),
        ("123456789#", "12345678"),
        ("**0", "*0"),
        ("1*#", "#"),
    ],
)
async def test_digits_end_with_hash_clear_with_star(stage: Stage, keys: str, digits: str) -> None:
    async def play(media: Media, _: AGISession) -> None:
        result = await media.turn(_turn(CODE, "code"))
        assert (result.cause, result.mode, result.digits) == (Cause.SUCCESS, Mode.DTMF, digits)

    await stage([keys], play)


@pytest.mark.parametrize("slot", [MENU, CODE])
async def test_silence_is_no_input(stage: Stage, slot: SlotSpec) -> None:
    async def play(media: Media, _: AGISession) -> None:
        result = await media.turn(_turn(slot))
        assert (result.cause, result.mode, result.digits) == (Cause.NO_INPUT, None, "")

    await stage([""], play)


async def test_turns_follow_each_other(stage: Stage) -> None:
    async def play(media: Media, _: AGISession) -> None:
        assert (await media.turn(_turn(None, "greet"))).cause is Cause.SUCCESS
        assert (await media.turn(_turn(MENU))).digits == "3"
        assert (await media.turn(_turn(CODE, "code"))).digits == "12"
        assert (await media.turn(_turn(MENU))).cause is Cause.NO_INPUT

    await stage(["3", "12#", ""], play)


async def test_a_hang_up_is_a_result_and_stays_one(stage: Stage) -> None:
    async def play(media: Media, agi: AGISession) -> None:
        assert (await media.turn(_turn(MENU))).cause is Cause.HUNG_UP
        assert (await media.turn(_turn(MENU))).cause is Cause.HUNG_UP
        assert (await media.record(RecordSpec("r", (), "c1/say"))).cause is Cause.HUNG_UP
        assert agi.hung_up

    await stage([HANG_UP], play)


async def test_a_recording_has_a_clip(stage: Stage) -> None:
    async def play(media: Media, _: AGISession) -> None:
        result = await media.record(RecordSpec("r-1", (segment("say"),), "c1/say", 30000, 1000))
        assert (result.turn_id, result.cause, result.clip) == ("r-1", Cause.SUCCESS, "c1/say.wav")
        assert result.speech_ms >= 1000

    await stage([SAID], play)


async def test_an_empty_recording_is_no_input(stage: Stage) -> None:
    async def play(media: Media, _: AGISession) -> None:
        spec = RecordSpec("r-1", (segment("say"),), "c1/say", final_silence_ms=1000)
        result = await media.record(spec)
        assert (result.cause, result.clip) == (Cause.NO_INPUT, "")

    await stage([], play)


async def test_a_hang_up_in_a_recording(stage: Stage) -> None:
    async def play(media: Media, _: AGISession) -> None:
        assert (await media.record(RecordSpec("r-1", (), "c1/say"))).cause is Cause.HUNG_UP

    await stage([HANG_UP], play)


async def test_after_close_the_channel_is_free(stage: Stage) -> None:
    async def play(media: Media, agi: AGISession) -> None:
        await media.turn(_turn(MENU))
        await media.close()
        await media.close()
        await agi.set_variable("IVR_NEXT", "end")

    await stage(["3"], play)


async def test_what_was_said_comes_from_the_real_process(tmp_path: Path) -> None:
    async def play(media: Media, _: AGISession) -> None:
        slot = replace(MENU, timeouts=Timeouts(no_input_ms=30_000))
        result = await media.turn(_turn(slot))
        assert (result.cause, result.mode, result.digits) == (Cause.SUCCESS, Mode.SPEECH, "")
        assert (result.interpretation.status, result.interpretation.meaning) == ("match", "repair")
        assert result.clip == "c1/menu-1.wav"
        assert result.speech_ms > 0

    await _by_process(tmp_path, [SPOKEN], play)
