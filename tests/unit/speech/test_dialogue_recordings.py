"""What dialogues keep: recordings, clips, what is noticed in them, and nothing personal in the log."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from speech.contract import Cause, Mode, RecordSpec, Turn
from speech.media import clip_path
from speech.recognizers.scripted import Line, ScriptedRecognizer
from speech.wav import read_wav
from tests.unit.speech.rig import LONG, SHORT, Start, audible, playing, running
from tests.unit.speech.slots.samples import ADDRESS, CONFIRM
from tests.unit.speech.voices import say
from tests.unit.speech.waiting import until


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
