"""The control wire of dialogues over real sockets: limits, health, garbage, and what a fault costs."""

from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from speech import control as control_module
from speech.audiosocket import server as server_module
from speech.contract import Cause, RecordSpec, Turn
from speech.control import ask_status
from speech.media import DialogueMedia
from speech.recognizers.scripted import ScriptedRecognizer
from tests.unit.speech.rig import SHORT, Start, running
from tests.unit.speech.slots.samples import MENU
from tests.unit.speech.waiting import until


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
