"""What an agent corrects of a spoken answer becomes a set that `bench speech` reads, and goes with the person."""

import json
import shutil
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm.bootstrap import Process
from crm.corrections import writing
from crm.jobs.loop import run_once
from crm.privacy import service as privacy
from crm.settings import Settings
from ivr.contract import facts
from ivr.contract.facts import Fact
from ops import backup
from ops.bench.cli import DEFAULT_MODEL
from ops.bench.cli import speech as bench
from speech.contract import SlotKind
from speech.evaluation.clips import read_set
from speech.evaluation.sound import Line, Studio, chance_of, make_voices
from speech.wav import write_wav
from tests.unit.crm.asking import get, tell
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import ADDRESS, CALLER, CONTACT, NUMBER, RECORDING, Clock, Story
from tests.unit.crm.tickets_by_hand import API, given_staff

CODE, REGION, CONFIRM = (f"{CONTACT}/{name}.wav" for name in ("t7", "t9", "t8"))
HEARD = {"raw": "E三", "canonical": "E3"}


def spoken(*, code_clip: str = CODE, source: str = "speech") -> list[Fact]:
    """Return the facts of a report in which code and district were asked and answered by voice."""
    region = {name: text for name, text in ADDRESS.items() if name in ("province", "city", "district", "town")}
    return [
        facts.ContactStarted("hotline-1.1", "13800138000", CALLER, "4001726011", RECORDING, "v1"),
        facts.MatterOpened(1, "repair"),
        facts.TurnEnded("fault", "fault_code", "success", "speech", "E三", meaning="value", clip=CODE,
                        asked="fault_code"),
        facts.SlotFilled(1, "fault_code", HEARD, "unverified", source, (), code_clip),
        facts.TurnEnded("fault", "fault_code_confirm", "success", "speech", "对", meaning="yes", clip=CONFIRM,
                        asked="yes_no"),
        facts.SlotFilled(1, "fault_code", HEARD, "voice_confirmed", source),
        facts.TurnEnded("address", "address_region", "success", "speech", "容桂", meaning="value", clip=REGION,
                        asked="region"),
        facts.SlotFilled(1, "address", region, "unverified", "speech", (), REGION),
        facts.TurnEnded("address", "address_road", "success", "speech", "凤翔路", meaning="value",
                        clip=f"{CONTACT}/t10.wav", asked="road"),
        facts.SlotFilled(1, "address", ADDRESS, "voice_confirmed", "speech", (), f"{CONTACT}/t10.wav"),
        facts.TicketOpened(1, NUMBER, "repair", "normal", "reported"),
        facts.ContactEnded("hung_up", 16, 90_000),
    ]  # fmt: skip


def given_clips(settings: Settings, *clips: str) -> None:
    for clip in clips:
        path = settings.clips_dir / clip
        path.parent.mkdir(exist_ok=True)
        write_wav(path, b"\0" * 1600)


async def written(process: Process, clock: Clock, settings: Settings) -> int:
    """Let the job run until it has nothing more to do; returns how often it wrote."""

    async def job(session: AsyncSession, _now: datetime) -> int:
        return await writing.write(session, process.parts.audio, keep=settings.keep_corrections)

    times = 0
    while await run_once("corrections", job, process.parts.work, clock()):
        times += 1
    return times


async def corrected(client: httpx.AsyncClient, slot: str, value: dict[str, str]) -> dict[str, Any]:
    """Correct a slot; returns its row."""
    version = (await get(client, f"/tickets/{NUMBER}"))["version"]
    body = {"version": version, "slots": {slot: {"value": value}}}
    answer = await client.patch(f"{API}/tickets/{NUMBER}", json=body)
    assert answer.status_code == 200, answer.text
    return row(answer.json(), slot)


def row(ticket: dict[str, Any], slot: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in ticket["slots"] if item["slot"] == slot)
    return found


def lines(settings: Settings) -> list[dict[str, Any]]:
    file = settings.clips_dir / writing.FILE
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


async def test_a_corrected_code_is_a_sample_once(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    await tell(desk, Story(), *spoken())
    given_clips(settings, CODE)
    async with page("8001") as agent:
        shown = await corrected(agent, "fault_code", {"raw": "e03", "canonical": "E03"})
        assert shown["sample"] == "kept"
        assert await written(process, clock, settings) == 1
        await corrected(agent, "fault_code", {"raw": "E03", "canonical": "E03"})
        assert await written(process, clock, settings) == 0
        (line,) = lines(settings)
        assert (line["clip"], line["kind"], line["origin"]) == (CODE, "fault_code", "correction")
        assert (line["heard"], line["truth"]) == ({"canonical": "E3"}, {"canonical": "E03"})
        assert stat.S_IMODE((settings.clips_dir / writing.FILE).stat().st_mode) == 0o600
        (clip,) = read_set(settings.clips_dir)
        assert (clip.kind, clip.origin) == (SlotKind.FAULT_CODE, "correction")
        assert clip.at is not None
        assert clip.at.tzinfo is not None
        await corrected(agent, "fault_code", {"canonical": "E04"})
        assert await written(process, clock, settings) == 1
        assert [line["truth"] for line in lines(settings)] == [{"canonical": "E04"}]
        shown = await corrected(agent, "fault_code", HEARD)  # it was heard right after all
        assert shown["sample"] == ""
        assert await written(process, clock, settings) == 1
        assert lines(settings) == []


async def test_a_corrected_district_goes_with_the_answer_to_its_own_question(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    """The address slot holds the clip of the road, which is the later answer."""
    await tell(desk, Story(), *spoken())
    given_clips(settings, REGION)
    async with page("8001") as agent:
        shown = await corrected(agent, "address", {**ADDRESS, "district": "南海区", "adcode": "440605"})
        assert shown["sample"] == "kept"
        assert (await corrected(agent, "contact", {"number": "13800138001"}))["sample"] == ""
    assert await written(process, clock, settings) == 1
    (line,) = lines(settings)
    assert (line["clip"], line["kind"], line["truth"]["district"]) == (REGION, "region", "南海区")
    assert line["heard"]["district"] == ADDRESS["district"]


@pytest.mark.parametrize(
    "told",
    [
        spoken(source="dtmf"),
        [fact for fact in spoken() if not isinstance(fact, facts.TurnEnded)],
        [fact for fact in spoken() if getattr(fact, "asked", "") != "fault_code"],
    ],
)
async def test_keys_and_answers_to_other_questions_teach_nothing(
    desk: httpx.AsyncClient, page: Opener, told: list[Fact]
) -> None:
    await tell(desk, Story(), *told)
    async with page("8001") as agent:
        assert (await corrected(agent, "fault_code", {"canonical": "E03"}))["sample"] == ""
        answer = await agent.put(f"{API}/tickets/{NUMBER}/samples/fault_code", json={"misheard": True})
        assert answer.status_code == 404
        assert answer.json()["detail"] == "这一项没有可以留作识别样本的改正"


async def test_a_confirmed_value_is_none_and_a_clip_that_is_missing_waits(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    await tell(desk, Story(), *spoken())
    async with page("8001") as agent:
        version = (await get(agent, f"/tickets/{NUMBER}"))["version"]
        body = {"version": version, "confirm": ["fault_code"]}
        answer = await agent.patch(f"{API}/tickets/{NUMBER}", json=body)
        assert row(answer.json(), "fault_code")["sample"] == ""
        await corrected(agent, "fault_code", {"canonical": "E03"})
    assert await written(process, clock, settings) == 0
    given_clips(settings, CODE)
    assert await written(process, clock, settings) == 1
    assert len(list(read_set(settings.clips_dir))) == 1
    (settings.clips_dir / CODE).unlink()
    assert await written(process, clock, settings) == 1
    assert not (settings.clips_dir / writing.FILE).exists()


async def test_who_changed_his_mind_was_not_misheard(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    await tell(desk, Story(), *spoken())
    given_clips(settings, CODE)
    path = f"{API}/tickets/{NUMBER}/samples/fault_code"
    async with page("8001") as agent:
        await corrected(agent, "fault_code", {"canonical": "E03"})
        assert await written(process, clock, settings) == 1
        answer = await agent.put(path, json={"misheard": False})
        assert (answer.status_code, row(answer.json(), "fault_code")["sample"]) == (200, "dropped")
        assert await written(process, clock, settings) == 1
        assert lines(settings) == []
        assert (await corrected(agent, "fault_code", {"canonical": "E03"}))["sample"] == "dropped"
        answer = await agent.put(path, json={"misheard": True})
        assert row(answer.json(), "fault_code")["sample"] == "kept"
        assert (await agent.put(f"{API}/tickets/99999999/samples/x", json={"misheard": True})).status_code == 404
    assert await written(process, clock, settings) == 1


async def test_a_setting_forbids_samples(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    await tell(desk, Story(), *spoken())
    given_clips(settings, CODE)
    async with page("8001") as agent:
        await corrected(agent, "fault_code", {"canonical": "E03"})
        assert await written(process, clock, settings) == 1
        process.parts.settings.keep_corrections = settings.keep_corrections = False
        assert await written(process, clock, settings) == 1
        assert not (settings.clips_dir / writing.FILE).exists()
        assert (await corrected(agent, "address", {**ADDRESS, "district": "南海区", "adcode": ""}))["sample"] == ""


async def test_an_erased_person_leaves_no_line_and_no_clip(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    await given_staff(process, clock)
    await tell(desk, Story(), *spoken())
    given_clips(settings, CODE, CONFIRM)
    async with page("8001") as agent, page("7004") as admin:
        await corrected(agent, "fault_code", {"canonical": "E03"})
        await written(process, clock, settings)
        customer = (await get(agent, f"/tickets/{NUMBER}"))["customer"]
        told = (await admin.post(f"{API}/customers/{customer}/export", json={"reason": "本人来电要求"})).json()
        assert [item["truth"] for item in told["data"]["corrections"]] == [{"canonical": "E03"}]
        answer = await admin.post(f"{API}/customers/{customer}/erase", json={"reason": "本人来电要求"})
        assert answer.status_code == 200
        assert row(await get(agent, f"/tickets/{NUMBER}"), "fault_code")["sample"] == ""
        again = await agent.put(f"{API}/tickets/{NUMBER}/samples/fault_code", json={"misheard": True})
        assert again.status_code == 404

    async def job(session: AsyncSession, now: datetime) -> int:
        return await privacy.remove_files(session, now, process.parts.audio, settings)

    assert await run_once("files", job, process.parts.work, clock()) == 1
    assert list(settings.clips_dir.iterdir()) == []


async def test_bench_speech_hears_what_was_corrected(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The whole way: a call, a correction, a backup that came back, and the benchmark over it."""
    await tell(desk, Story(), *spoken())
    studio = tmp_path / "studio"
    make_voices(studio)
    said = Studio(studio).speak("E 零 三", Line(), chance_of("correction"), "m3")
    (settings.clips_dir / CONTACT).mkdir()
    write_wav(settings.clips_dir / CODE, said.pcm)
    async with page("8001") as agent:
        await corrected(agent, "fault_code", {"canonical": "E03"})
    assert await written(process, clock, settings) == 1
    home, back = tmp_path / "home", tmp_path / "back"
    shutil.copytree(settings.clips_dir, home / "clips")
    hashes = backup._pack(home, tmp_path / "files.tar")
    backup._unpack(tmp_path / "files.tar", back, hashes)
    bench(set_folder=back / "clips", as_json=True, jobs=1, model=DEFAULT_MODEL, slots="", snrs="clean", goals="",
          dialogue_snrs="", keep=None, said_from=None, through_calls=False)  # fmt: skip
    (cell,) = json.loads(capsys.readouterr().out)["cells"]
    assert (cell["slot"], cell["n"], cell["right"]) == ("fault_code", 1, 1.0)
