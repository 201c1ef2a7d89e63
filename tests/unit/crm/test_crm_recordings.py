"""Playing recordings and clips: Range, legs, missing files, the access log."""

import io
import wave
from pathlib import Path

import httpx
from sqlalchemy import text

from crm.accounts import service as accounts
from crm.accounts.schemas import Role
from crm.bootstrap import Process
from crm.settings import Settings
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CONTACT, RECORDING, Clock, Story, dialogue, talk, waiting, wire

URL = f"/api/v1/calls/{CONTACT}/recording"


def write_wav(path: Path, sample: int, frames: int = 800) -> None:
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sample.to_bytes(2, "little", signed=True) * frames)


async def test_stereo_and_legs_with_range(
    process: Process, settings: Settings, desk: httpx.AsyncClient, page: Opener
) -> None:
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue(), *waiting(), *talk())))
    folder = settings.recordings_dir
    async with page("8001") as client:
        missing = await client.get(URL)
        assert (missing.status_code, missing.json()["detail"]) == (404, "录音缺失，已报警")
        write_wav(folder / f"{RECORDING}-rx.wav", 100)
        write_wav(folder / f"{RECORDING}-mix.wav", 7)
        only_mix = await client.get(URL)
        with wave.open(io.BytesIO(only_mix.content)) as file:
            assert file.getnchannels() == 1
        assert (await client.get(f"{URL}?leg=agent")).json()["code"] == "recording_missing"
        write_wav(folder / f"{RECORDING}-tx.wav", -5, 400)
        stereo = await client.get(URL)
        with wave.open(io.BytesIO(stereo.content)) as file:
            assert (file.getnchannels(), file.getnframes()) == (2, 800)
            assert file.readframes(1) == b"\x64\x00\xfb\xff"
        part = await client.get(f"{URL}?leg=caller", headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"RIFF")
        call = (await client.get(f"/api/v1/calls/{CONTACT}")).json()
        assert call["recording"] == {"id": RECORDING, "status": "ready", "url": URL, "duration_ms": 100}
    async with process.parts.work() as session:
        legs = text("SELECT actor, detail FROM audit_entries WHERE detail <> '' ORDER BY id")
        log = (await session.execute(legs)).all()
    assert [tuple(row) for row in log] == [("8001", "stereo")] * 2 + [("8001", "caller")]


async def test_a_call_that_lasts_has_no_recording_yet(desk: httpx.AsyncClient, page: Opener) -> None:
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue(), *waiting())))
    async with page("8001") as client:
        answer = await client.get(URL)
        assert (answer.status_code, answer.json()["detail"]) == (404, "录音处理中，约 20 秒")


async def test_clips(settings: Settings, desk: httpx.AsyncClient, page: Opener) -> None:
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue())))
    clip = f"/api/v1/clips/{CONTACT}/fault_code-2.wav"
    async with page("8001") as client:
        assert (await client.get(clip)).json()["detail"] == "原声还没有传到"
        write_wav(settings.clips_dir / CONTACT / "fault_code-2.wav", 1, 14_400)
        assert (await client.get(clip)).headers["content-type"] == "audio/wav"
        slots = (await client.get(f"/api/v1/calls/{CONTACT}")).json()["matters"][0]["slots"]
        assert next(slot["clip_ms"] for slot in slots if slot["slot"] == "fault_code") == 1800
        assert (await client.get(f"/api/v1/clips/{CONTACT}/..%2F..%2Fetc")).status_code in (404, 422)


async def test_programs_use_their_token(process: Process, page: Opener, desk: httpx.AsyncClient, clock: Clock) -> None:
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue())))
    async with process.parts.work() as session:
        old, new = [
            await accounts.make_token(session, name="robot", role=Role.SUPERVISOR, secret="cookie", now=clock())
            for _ in range(2)
        ]
    async with page("") as client:
        del client.headers["X-Hotline"]
        path = f"/api/v1/tickets?contact={CONTACT}"
        assert (await client.get(path, headers={"Authorization": f"Bearer {old}"})).status_code == 401
        answer = await client.get(path, headers={"Authorization": f"Bearer {new}"})
        assert answer.json()["total"] == 1
        me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {new}"})
        assert (me.json()["name"], me.json()["extension"]) == ("robot", "")
        missing = f"/api/v1/pops/{'0' * 32}/shown"
        body = {"page_time": "2026-11-22T04:00:20Z"}
        answer = await client.post(missing, json=body, headers={"Authorization": f"Bearer {new}"})
        assert answer.status_code == 404
