"""Our own words coming back over the line are not the caller's."""

import asyncio
from pathlib import Path

import pytest

from speech.contract import Segment, SlotKind, SlotSpec, Turn, recorded_file
from speech.echo import ECHO_DB, is_echo, level_db
from speech.player import PromptPlayer, tone
from speech.recognizers.scripted import Line, ScriptedRecognizer
from speech.wav import write_wav
from tests.unit.speech.rig import running
from tests.unit.speech.slots.samples import LEXICON
from tests.unit.speech.waiting import until

FAINT, LOUD = tone(500.0, 600, ECHO_DB - 6), tone(500.0, 600, -18.0)
ONE_WORD = SlotSpec("menu", SlotKind.MENU, {"repair": ("报",)})
PROMPT = "家里有燃气味[[qing3]],有人头晕"


@pytest.mark.parametrize(
    ("texts", "said", "pcm", "echo"),
    [
        (("燃气味",), PROMPT, FAINT, True),
        (("有 燃气味", "燃气味"), PROMPT, FAINT, True),
        (("然 汽 味",), PROMPT, FAINT, True),  # homophones
        (("燃气味",), PROMPT, LOUD, False),
        (("燃气味",), "", FAINT, False),
        (("漏气",), PROMPT, FAINT, False),
        (("燃气味", "漏气"), PROMPT, FAINT, False),
        (("燃气味",), PROMPT, b"", True),
    ],
)
def test_an_echo_has_our_words_and_is_faint(texts: tuple[str, ...], said: str, pcm: bytes, echo: bool) -> None:
    assert is_echo(texts, said, pcm, LEXICON) is echo


def test_levels() -> None:
    assert level_db(LOUD) == pytest.approx(-18.0, abs=0.5)
    assert level_db(b"") == -120.0


def test_the_player_knows_its_words() -> None:
    player = PromptPlayer()
    assert player.said(1000, 0) == ""
    player.add(tone(400.0, 1000), 200, "一二三四五六七八九十")
    player.add(tone(400.0, 1000), 0, "后面的话")
    player.complete()
    for _ in range(25):  # half a second
        player.next_frame()
    assert player.said(500, 0) == "一二三四五"
    assert player.said(100, 0) == "五"
    assert player.said(100, 200) == "三四五六七"
    for _ in range(40):  # 0.5 s, the pause, 0.1 s of the second segment
        player.next_frame()
    assert player.said(100, 0) == "后"
    assert player.said(400, 0) == "十后"
    player.drop()
    player.next_frame()
    assert player.said(100, 0) == "后"
    assert player.said(0, 0) == ""


@pytest.mark.parametrize(("pcm", "barged_in"), [(FAINT, False), (LOUD, True)])
async def test_a_prompt_does_not_stop_for_its_own_words(tmp_path: Path, pcm: bytes, barged_in: bool) -> None:
    write_wav(recorded_file(tmp_path / "prompts", "menu.p.1"), tone(440.0, 3000))
    async with running(tmp_path, ScriptedRecognizer((Line("报", after_ms=100),))) as rig:
        ivr, caller = await rig.dialogue()
        ivr.ask(Turn("t1", (Segment("menu.p.1", "报报报报"),), slot=ONE_WORD))
        await until(lambda: any(any(heard) for _, heard in caller.heard[-1:]))
        began = len(caller.heard)
        await until(lambda: len(caller.heard) >= began + 25)
        speaking = asyncio.create_task(caller.say(pcm + bytes(48000)))
        await speaking
        caller.press("3")
        result = await ivr.result()
        assert (result.interpretation.meaning == "repair") is barged_in
        assert (result.digits == "3") is not barged_in
