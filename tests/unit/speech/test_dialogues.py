"""Dialogues over real sockets with a scripted recognizer: barge-in, keys, silence, a lost recognizer, the end."""

import asyncio

from speech.contract import Bargein, Cause, KeyMode, Mode, SlotKind, SlotSpec, Timeouts, Turn
from speech.player import tone
from speech.recognizers.scripted import Line
from speech.wav import read_wav
from tests.unit.speech.rig import LONG, SHORT, Start, audible, playing
from tests.unit.speech.slots.samples import ADDRESS, CONFIRM, MENU
from tests.unit.speech.voices import say
from tests.unit.speech.waiting import until

QUICK = Timeouts(no_input_ms=300, interdigit_ms=300)
DIGITS = SlotSpec("phone", SlotKind.DIGITS, key_mode=KeyMode.DIGITS, max_digits=4, timeouts=QUICK)


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
