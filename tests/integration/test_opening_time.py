"""How long a caller waits for the first option of the menu: the made files from the answer to it, added up."""

import wave
from pathlib import Path

from ivr.dialplan.extensions import extensions_conf
from ivr.dialplan.prompts import FALLBACK
from ivr.dialplan.steps import Options
from ivr.flows.load import load_program
from ivr.flows.nodes import Branch, Do, Say
from ivr.flows.program import START
from speech.contract import prompt_file
from speech.synthesizers.bulk import Wanted, make_missing
from speech.synthesizers.espeak import EspeakSynthesizer

_FIRST_OPTION_S = 8.0  # design 5
_ANSWER_S = 0.2  # Answer(200)
_READ_S = 0.1  # Read waits so long for a key after the prompts
_ON_TIME_S = 0.3  # AGI, the caller's card from a crm that is well, the first frame


async def test_the_first_option_begins_within_eight_seconds_of_the_answer(tmp_path: Path) -> None:
    before = ("opening_greeting", "opening_notice")
    text = extensions_conf(Options(4573, 10, "/prompts", "/recordings", "/voicemail"))
    assert "Answer(200)" in text
    assert "&".join(f"/prompts/{key}" for key in before) in text
    wanted = [Wanted(key, FALLBACK[key]) for key in before]
    assert await make_missing(wanted, EspeakSynthesizer(tmp_path), tmp_path, lambda _done, _total: None) == []
    seconds = _ANSWER_S + _READ_S + _ON_TIME_S
    for prompt in wanted:
        with wave.open(str(prompt_file(tmp_path, prompt.text))) as file:
            seconds += file.getnframes() / file.getframerate()
    assert seconds <= _FIRST_OPTION_S


def test_what_ivr_says_first_is_an_option() -> None:
    program = load_program()
    silent, spoken = [START], set[str]()
    for name in silent:  # looked up and branched on before a word is said
        node = program.nodes[name]
        if isinstance(node, Do | Branch):
            silent += [target for target in node.to.values() if target not in silent]
        else:
            assert isinstance(node, Say)
            spoken.add(name)
    (first,) = spoken
    (segment,) = program.prompts[first]
    assert segment.text.endswith("请按九。")
