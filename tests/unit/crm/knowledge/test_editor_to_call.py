"""From the editor's save to the next caller's ear: crm publishes, the pack changes, ivr says it, its sound is there."""

from pathlib import Path

import httpx

from crm.bootstrap import Process
from ivr.sessions.prompt_files import segment_files
from speech.contract import ELDER_RATE, shown
from speech.pack_voice import PackVoice
from speech.synthesizers.espeak import EspeakSynthesizer
from tests.next_dialogue import answer
from tests.unit.crm.conftest import Opener
from tests.unit.crm.knowledge.test_knowledge_api import TEXT, ask

QUESTION = "从哪天算"
BUILT_IN = "从开发票,或者开售货凭证的那天算起。"
NEW = "从开发票那天算起;发票不在了,还可以看保修卡。"


def spoken(packs: Path) -> list[str]:
    return [shown(segment.text) for segment in answer(packs, QUESTION)]


async def publish(client: httpx.AsyncClient, reviewer: dict[str, str], text: str) -> int:
    """Write, submit and publish the article; returns its revision."""
    content = {**TEXT, "title_zh": "从哪天算", "segments": [text]}
    made = await ask(client, "POST", "", 201, json={"key": "ans_start", "content": content})
    sent = await ask(client, "POST", "/ans_start/submit", json={"revision": made["revision"]})
    done = await ask(client, "POST", "/ans_start/publish", json={"revision": sent["revision"]}, headers=reviewer)
    return int(done["revision"])


async def test_what_an_editor_publishes_is_what_the_next_caller_hears(
    process: Process, page: Opener, other: dict[str, str], tmp_path: Path
) -> None:
    packs, prompts = tmp_path / "packs", tmp_path / "prompts"
    voice = PackVoice(packs, prompts, EspeakSynthesizer(prompts))
    assert spoken(packs) == [BUILT_IN]
    async with page("9001") as client:
        revision = await publish(client, other, NEW)
        assert spoken(packs) == [BUILT_IN]  # crm writes the pack at its next look, within a second
        await process.parts.knowledge.keep()
        assert spoken(packs) == [NEW]
        segments = answer(packs, QUESTION)
        await voice.look()
        for segment in segments:  # what plain AGI plays while speech is away
            assert segment_files(prompts, segment)
            assert segment_files(prompts, segment, ELDER_RATE) != segment_files(prompts, segment)
        await ask(client, "POST", "/ans_start/withdraw", json={"revision": revision})
    await process.parts.knowledge.keep()
    assert spoken(packs) == [BUILT_IN]


async def test_the_built_in_words_published_again_keep_their_recording(
    process: Process, page: Opener, other: dict[str, str], tmp_path: Path
) -> None:
    async with page("9001") as client:
        await publish(client, other, BUILT_IN)
    await process.parts.knowledge.keep()
    assert [segment.key for segment in answer(tmp_path / "packs", QUESTION)] == ["ans_start"]
