"""Dialogues over real sockets with a scripted recognizer: barge-in, keys, faults, the control wire."""

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from speech import control as control_module
from speech.audiosocket import server as server_module
from speech.contract import (
    Bargein,
    Cause,
    KeyMode,
    Mode,
    RecordSpec,
    Segment,
    SlotKind,
    SlotSpec,
    Timeouts,
    Turn,
    recorded_file,
)
from speech.control import ask_status
from speech.media import DialogueMedia, clip_path
from speech.player import tone
from speech.recognizers.scripted import Line, ScriptedRecognizer
from speech.wav import read_wav, write_wav
from tests.unit.speech.line_peer import FakeAsterisk
from tests.unit.speech.rig import Rig, running
from tests.unit.speech.slots.samples import ADDRESS, CONFIRM, MENU
from tests.unit.speech.voices import say
from tests.unit.speech.waiting import until

SHORT = (Segment("", "请说。"),)
LONG = (Segment("long.p.1", "很长"),)
QUICK = Timeouts(no_input_ms=300, interdigit_ms=300)
DIGITS = SlotSpec("phone", SlotKind.DIGITS, key_mode=KeyMode.DIGITS, max_digits=4, timeouts=QUICK)
Start = Callable[..., AbstractAsyncContextManager[Rig]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def starting(*lines: Line, max_calls: int = 4) -> AbstractAsyncContextManager[Rig]:
        # A long prompt that is surely audible: 10 s of tone, "recorded" under its key.
        write_wav(recorded_file(tmp_path / "prompts", "long.p.1"), tone(440.0, 10_000))
        return running(tmp_path, ScriptedRecognizer(lines), max_calls)

    return starting


def audible(caller: FakeAsterisk, last: int = 5) -> bool:
    return any(any(pcm) for _, pcm in caller.heard[-last:])


async def playing(caller: FakeAsterisk) -> None:
    """Wait until the prompt is on the line and past its guarded head."""
    await until(lambda: audible(caller, 1))
    began = len(caller.heard)
    await until(lambda: len(caller.heard) >= began + 25)


async def test_barge_in_stops_the_prompt(start: Start) -> None:
    async with start(Line("我 要 报修")) as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", LONG, slot=MENU))
        await playing(caller)
        loop = asyncio.get_running_loop()
        began = loop.time()
        speaking = asyncio.create_task(caller.say(say("我要报修") + bytes(40000)))
        await until(lambda: not audible(caller))
        stopped = max(when for when, pcm in caller.heard if any(pcm)) - began
        result = await ivr.result()
        await speaking
        assert result.barged_in
        assert result.interpretation.meaning == "repair"
        assert [event["ev"] for event in ivr.events[-2:]] == ["start-of-input", "done"]
        assert stopped < 5  # of ten seconds; how soon is measured by the benchmark


async def test_a_cough_pauses_the_prompt_and_it_goes_on(start: Start) -> None:
    async with start(Line("嗯", after_ms=100), Line("")) as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", LONG, slot=MENU))
        await playing(caller)
        speaking = asyncio.create_task(caller.say(tone(500.0, 400) + bytes(32000)))
        await until(lambda: not audible(caller))
        await until(lambda: audible(caller))
        await speaking
        assert [event["ev"] for event in ivr.events] == ["opened", "connected"]
        caller.press("3")
        result = await ivr.result()
        assert (result.digits, result.barged_in) == ("3", True)


async def test_keys_answer_at_once_and_under_a_say_they_answer_the_next_question(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        loop = asyncio.get_running_loop()
        ivr.ask(Turn("say", LONG))
        await playing(caller)
        pressed = loop.time()
        caller.press("3")
        said = await ivr.result()
        assert (said.cause, said.digits) == (Cause.SUCCESS, "")
        assert loop.time() - pressed < 5  # of ten seconds
        ivr.ask(Turn("ask", LONG, slot=MENU))
        result = await ivr.result()
        assert (result.cause, result.mode, result.digits, result.clip) == (Cause.SUCCESS, Mode.DTMF, "3", "")


async def test_a_hash_behind_a_full_number_is_not_the_next_answer(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("number", (), slot=DIGITS))
        caller.press("1234")
        assert (await ivr.result()).digits == "1234"
        caller.press("#2")
        ivr.ask(Turn("menu", SHORT, slot=MENU))
        assert (await ivr.result()).digits == "2"


async def test_keys_pressed_together_answer_question_after_question(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        caller.press("31")
        digits = []
        for name in ("one", "two"):
            ivr.ask(Turn(name, LONG, slot=MENU))
            digits.append((await ivr.result()).digits)
        assert digits == ["3", "1"]


async def test_silence_is_no_input_after_the_prompt(start: Start) -> None:
    async with start() as rig:
        ivr, _ = await rig.dialogue()
        ivr.ask(Turn("t1", SHORT, slot=SlotSpec("menu", SlotKind.MENU, timeouts=QUICK)))
        result = await ivr.result()
        assert (result.cause, result.mode, result.clip) == (Cause.NO_INPUT, None, "")
        assert 250 <= result.wait_ms <= 600


async def test_a_lost_recognizer_is_recognizer_error_and_the_clip_is_kept(start: Start) -> None:
    async with start(Line("", after_ms=500, lost=True)) as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", (), slot=ADDRESS))
        speaking = asyncio.create_task(caller.say(bytes(6400) + say("我要报修")))
        result = await ivr.result()
        await speaking
        assert result.cause is Cause.RECOGNIZER_ERROR
        assert len(read_wav(rig.settings.clips_dir / result.clip)) >= 500 * 16


async def test_without_any_recognizer_keys_still_work(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", (), slot=ADDRESS))
        speaking = asyncio.create_task(caller.say(bytes(6400) + say("我要报修")))
        assert (await ivr.result()).cause is Cause.RECOGNIZER_ERROR
        await speaking
        ivr.ask(Turn("t2", LONG, slot=MENU, keys_only=True))
        caller.press("2")
        assert (await ivr.result()).digits == "2"


async def test_danger_under_an_announcement_counts(start: Start) -> None:
    async with start(Line("漏气 了", after_ms=600)) as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("notice", LONG, bargein=Bargein.KEYS))
        await playing(caller)
        speaking = asyncio.create_task(caller.say(say("漏气了") + bytes(48000)))
        result = await ivr.result()
        await speaking
        assert (result.cause, result.mode, result.interpretation.safety) == (Cause.SUCCESS, Mode.SPEECH, "gas")


async def test_fillers_are_waited_out_and_the_answer_counts(start: Start) -> None:
    async with start(Line("嗯"), Line("对")) as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", (), slot=CONFIRM))
        speaking = asyncio.create_task(
            caller.say(bytes(6400) + say("一二三") + bytes(48000) + say("对") + bytes(32000))
        )
        result = await ivr.result()
        await speaking
        assert result.interpretation.meaning == "yes"


async def test_words_that_mean_nothing_are_no_match(start: Start) -> None:
    async with start(Line("九 江 大道")) as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", (), slot=CONFIRM))
        speaking = asyncio.create_task(caller.say(bytes(6400) + say("一二三") + bytes(48000)))
        result = await ivr.result()
        await speaking
        assert (result.cause, result.interpretation.text) == (Cause.NO_MATCH, "九江大道")


async def test_a_hang_up_ends_the_turn_and_the_dialogue(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", LONG, slot=MENU))
        await playing(caller)
        caller.hang_up()
        assert (await ivr.result()).cause is Cause.HUNG_UP
        assert (await ivr.event("ended"))["reason"] == "hung-up"
        assert await ivr.at_end()


async def test_the_end_of_the_control_connection_ends_the_line(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", LONG, slot=MENU))
        await playing(caller)
        ivr.close()
        async with asyncio.timeout(60):
            await caller.ended.wait()
        assert caller.said_goodbye
        await until(lambda: rig.process.control.dialogues == 0)


async def test_an_end_in_mid_turn_gives_the_turn_its_result(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", LONG, slot=MENU))
        await playing(caller)
        ivr.ask(Turn("t2", SHORT, slot=MENU))
        ivr.send({"op": "end"})
        assert (await ivr.result()).turn_id == "t1"
        assert (await ivr.result()).turn_id == "t2"
        assert (await ivr.event("ended"))["reason"] == "asked"


async def test_audio_that_never_comes_ends_the_dialogue(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "EXPECT_SECONDS", 0.1)
    async with start() as rig:
        ivr = await rig.ivr()
        ivr.open(uuid4())
        assert (await ivr.event("ended"))["reason"] == "error"


async def test_the_limit_refuses_politely(start: Start) -> None:
    async with start(max_calls=1) as rig:
        first, _ = await rig.dialogue()
        second = await rig.ivr()
        second.open(uuid4())
        assert (await second.event("refused"))["reason"] == "busy"
        assert await second.at_end()
        first.send({"op": "end"})
        await first.event("ended")
        await until(lambda: rig.process.control.dialogues == 0)
        await rig.dialogue()


async def test_a_recognizer_that_cannot_keep_up_gets_no_further_dialogue(tmp_path: Path) -> None:
    recognizer = ScriptedRecognizer([])
    async with running(tmp_path, recognizer) as rig:
        here, _ = await rig.dialogue()
        recognizer.busy = True
        late = await rig.ivr()
        late.open(uuid4())
        assert (await late.event("refused"))["reason"] == "busy"
        here.ask(Turn("t1", SHORT))
        assert (await here.result()).cause is Cause.SUCCESS  # who is in stays in
        recognizer.busy = False
        await rig.dialogue()
        assert rig.process.control.refused == 1


async def test_an_id_announced_twice_is_refused(start: Start) -> None:
    async with start() as rig:
        dialogue = uuid4()
        first, second = await rig.ivr(), await rig.ivr()
        first.open(dialogue)
        await first.event("opened")
        second.open(dialogue)
        assert (await second.event("refused"))["reason"] == "bad-request"


async def test_health_check_and_status(start: Start) -> None:
    async with start() as rig:
        health = await rig.ivr()
        for _ in range(3):
            health.send({"op": "ping"})
            await health.event("pong")
        ivr, _ = await rig.dialogue()
        ivr.send({"op": "ping"})
        await ivr.event("pong")
        status = await ask_status(rig.settings.speech_socket)
        assert (status["dialogues"], status["max_dialogues"], status["recognizer"]) == (1, 4, {"lines_left": 0})
        assert rig.settings.speech_socket.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "raw",
    [b"GET / HTTP/1.1", b"{}", b"[]", b'{"op":"open"}', b'{"op":"turn"}', b'{"op":"end"}', b"\xff\xfe", b'{"op":5}'],
)
async def test_garbage_on_the_control_socket_is_refused_with_one_log_line(start: Start, raw: bytes) -> None:
    async with start() as rig:
        ivr = await rig.ivr()
        with capture_logs() as logs:
            ivr.send(raw)
            assert (await ivr.event("refused"))["reason"] == "bad-request"
        assert len(logs) <= 1
        assert await ivr.at_end()


async def test_bad_turns_inside_a_dialogue_fail_alone(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        ivr.send({"op": "turn", "turn": {"turn_id": "bad", "segments": 5}})
        result = await ivr.result()
        assert (result.turn_id, result.cause) == ("bad", Cause.MEDIA_FAILED)
        ivr.send(b"nonsense")
        ivr.send({"op": "status"})
        ivr.send({"op": "pong"})
        ivr.ask(Turn("good", (), slot=MENU))
        caller.press("1")
        assert (await ivr.result()).digits == "1"


async def test_an_endless_line_ends_the_dialogue(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_module, "MAX_LINE_BYTES", 4096)
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        ivr.send(b"x" * 100_000)
        await ivr.event("ended")
        await caller.ended.wait()


async def test_a_peer_that_says_nothing_is_let_go(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_module, "FIRST_LINE_SECONDS", 0.05)
    async with start() as rig:
        assert await (await rig.ivr()).at_end()


async def test_a_peer_that_never_reads_is_cut(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_module, "UNSENT_LIMIT_BYTES", -1)
    async with start() as rig:
        ivr = await rig.ivr()
        ivr.send({"op": "ping"})
        assert await ivr.at_end()


async def test_a_fault_of_ours_costs_one_call(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    async with start() as rig:
        ivr, caller = await rig.dialogue()
        other, other_caller = await rig.dialogue("c-2")
        with monkeypatch.context() as patch:
            patch.setattr(DialogueMedia, "record", broken)
            ivr.record(RecordSpec("r1", SHORT, "c-1/r1"))
            result = await ivr.result()
        assert (result.turn_id, result.cause) == ("r1", Cause.MEDIA_FAILED)
        assert (await ivr.event("ended"))["reason"] == "error"
        await caller.ended.wait()
        other.ask(Turn("t", (), slot=MENU))
        other_caller.press("1")
        assert (await other.result()).digits == "1"


async def test_a_recording_after_the_beep(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        ivr.record(RecordSpec("r1", SHORT, "c-1/r1", final_silence_ms=700))
        await until(lambda: audible(caller))
        await until(lambda: not audible(caller, 15))
        story = say("广东省佛山市") * 3  # on a busy machine the first may come before the beep
        speaking = asyncio.create_task(caller.say(story + bytes(32000)))
        result = await ivr.result()
        await speaking
        assert (result.cause, result.clip) == (Cause.SUCCESS, "c-1/r1.wav")
        assert result.speech_ms > 800
        assert len(read_wav(rig.settings.clips_dir / result.clip)) > 16000


STORY = "那个 漏气 了 屏幕 上 是 E 四"


@pytest.mark.parametrize(
    ("lines", "busy", "noticed"),
    [
        ((Line(STORY),), False, {"danger": "gas", "codes": "E4"}),
        ((Line(STORY, lost=True),), False, {}),
        ((Line(STORY),), True, {}),
        ((), False, {}),
    ],
)
@pytest.mark.parametrize("hang_up", [False, True])
async def test_what_is_noticed_in_a_recording_and_nothing_costs_the_clip(
    tmp_path: Path, lines: tuple[Line, ...], busy: bool, noticed: dict[str, str], hang_up: bool
) -> None:
    recognizer = ScriptedRecognizer(lines)
    async with running(tmp_path, recognizer, 4) as rig:
        ivr, caller = await rig.dialogue()
        recognizer.busy = busy
        ivr.record(RecordSpec("r1", SHORT, "c-1/r1", final_silence_ms=700))
        await until(lambda: audible(caller))
        await until(lambda: not audible(caller, 15))
        await caller.say(say("广东省佛山市"))
        if hang_up:
            caller.hang_up()
        else:
            await caller.say(bytes(32000))
        result = await ivr.result()
        assert result.cause is (Cause.HUNG_UP if hang_up else Cause.SUCCESS)
        assert len(read_wav(rig.settings.clips_dir / result.clip)) > 16000
        assert result.noticed == noticed
        assert recognizer.grammars == ([] if busy or not lines else [()])


async def test_a_recording_of_nothing_is_no_input_and_a_key_may_end_it(start: Start) -> None:
    async with start() as rig:
        ivr, caller = await rig.dialogue()
        ivr.record(RecordSpec("r1", (), "c-1/r1", final_silence_ms=300))
        result = await ivr.result()
        assert (result.cause, result.clip) == (Cause.NO_INPUT, "")
        ivr.record(RecordSpec("r2", LONG, "c-1/r2"))
        await playing(caller)
        caller.press("#")
        await until(lambda: not audible(caller, 15))
        caller.press("0")
        result = await ivr.result()
        assert (result.cause, result.mode, result.digits) == (Cause.SUCCESS, Mode.DTMF, "0")


async def test_a_full_disk_costs_the_clip_not_the_turn(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("speech.media.write_wav", full)
    async with start(Line("对")) as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", (), slot=CONFIRM))
        speaking = asyncio.create_task(caller.say(bytes(6400) + say("对") + bytes(32000)))
        result = await ivr.result()
        await speaking
        assert (result.cause, result.clip) == (Cause.SUCCESS, "")


@pytest.mark.parametrize(
    ("contact", "name", "path"),
    [
        ("c-1", "t_1", "c-1/t_1.wav"),
        ("c-1", "c-2/t", "c-2/t.wav"),
        ("../..", "../../etc/passwd", "_etc/passwd.wav"),
        ("", "", "_/_.wav"),
        ("a/b", "t:1 2", "a_b/t_1_2.wav"),
    ],
)
def test_clips_stay_in_their_folder(contact: str, name: str, path: str) -> None:
    assert clip_path(contact, name) == path


async def test_no_personal_data_in_the_log(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    async with start(Line("广东省 佛山市 顺德区")) as rig:
        ivr, caller = await rig.dialogue()
        with capture_logs() as logs:
            ivr.ask(Turn("t1", (), slot=ADDRESS))
            speaking = asyncio.create_task(caller.say(bytes(6400) + say("广东省佛山市") + bytes(48000)))
            assert (await ivr.result()).interpretation.text
            await speaking
        assert "佛山" not in json.dumps(logs, ensure_ascii=False) + capsys.readouterr().out
        assert os.listdir(rig.settings.clips_dir) == ["c-1"]  # noqa: PTH208 - names only
