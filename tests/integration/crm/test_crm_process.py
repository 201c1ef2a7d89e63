"""crm as a process: settings file, migrate, token, demo, serving, a database that comes late, a clean end."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.unit.crm.fakes import NUMBER, Story, dialogue, waiting, wire

PASSWORD = "first admin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_settings(folder: Path, url: str) -> dict[str, str]:
    values: dict[str, Any] = {
        "DATABASE_URL": url, "INTERNAL_TOKEN": "internal", "COOKIE_SECRET": "cookie", "OTHERS_SETTING": "ignored",
        "FIRST_ADMIN_PASSWORD": PASSWORD, "CLIPS_DIR": folder, "RECORDINGS_DIR": folder, "VOICEMAIL_DIR": folder,
        "PACKS_DIR": folder, "PHOTOS_DIR": folder,
        "WEB_PORT": free_port(), "DESK_PORT": free_port(), "COMMANDS_PORT": free_port(),
        "REDIS_URL": f"unix://{folder}/none.sock",
    }  # fmt: skip
    file = folder / "hotline.env"
    file.write_text("".join(f"HOTLINE_{name}={value}\n" for name, value in values.items()))
    os.environ["HOTLINE_ENV"] = str(file)
    return {name: str(value) for name, value in values.items()}


def crm(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "crm", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def status_is(client: httpx.AsyncClient, wanted: Callable[[dict[str, bool]], bool]) -> None:
    async with asyncio.timeout(120):
        while True:
            with contextlib.suppress(httpx.TransportError):
                parts = (await client.get("/api/v1/status")).json()["parts"]
                if wanted({part["part"]: part["ok"] for part in parts}):
                    return
            await asyncio.sleep(0.1)


async def first_admin_logs_in(page: httpx.AsyncClient, cluster_url: str) -> None:
    """Wait until the account is there: five attempts before that would lock it."""
    engine = create_async_engine(cluster_url)
    async with asyncio.timeout(60), engine.connect() as database:
        while not (await database.execute(text("SELECT FROM accounts WHERE number = 'admin'"))).all():
            await database.rollback()
            await asyncio.sleep(0.1)
    await engine.dispose()
    answer = await page.post("/api/v1/session", json={"number": "admin", "password": PASSWORD})
    assert answer.status_code == 201, answer.text


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_ENV", "")


@pytest.mark.usefixtures("environment")
async def test_crm_serves_calls_to_pages(cluster_url: str, tmp_path: Path) -> None:
    values = write_settings(tmp_path, cluster_url)
    await asyncio.to_thread(crm, "migrate")
    token = (await asyncio.to_thread(crm, "token", "--name", "robot")).strip()
    people = json.loads(await asyncio.to_thread(crm, "demo"))["accounts"]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "crm", stderr=subprocess.DEVNULL)
    try:
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{values['WEB_PORT']}", headers={"X-Hotline": "1"}) as page,
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{values['DESK_PORT']}", headers={"Authorization": "Bearer internal"}
            ) as desk,
        ):
            await status_is(page, lambda parts: parts["database"])
            log_in = {"number": people[0]["number"], "password": people[0]["password"]}
            assert (await page.post("/api/v1/session", json=log_in)).json()["name"] == "李明"
            shipped = await desk.post("/internal/facts", json=wire(Story().tell(*dialogue(), *waiting())))
            assert shipped.json() == {"acked": 17}
            bearer = {"Authorization": f"Bearer {token}"}
            await first_admin_logs_in(page, cluster_url)
            listed = await page.get(f"/api/v1/tickets?q={NUMBER}", headers=bearer)
            assert listed.json()["total"] == 1
            signed = await page.post("/api/v1/me/ready", headers=bearer)
            assert signed.json()["code"] == "no_telephone"
            metrics = await desk.get("/internal/metrics")
            assert 'hotline_facts_total{kind="agent_ringing",status="applied"} 1.0' in metrics.text
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(15):
                assert await process.wait() == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.mark.usefixtures("environment")
async def test_crm_starts_without_database_and_is_well_when_it_comes(cluster_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(write_settings, tmp_path, cluster_url)
    await asyncio.to_thread(crm, "migrate")
    link = tmp_path / "s"
    values = write_settings(tmp_path, f"postgresql+psycopg://test@/postgres?host={link}")
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "crm", stderr=subprocess.DEVNULL)
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{values['WEB_PORT']}", headers={"X-Hotline": "1"}
        ) as page:
            await status_is(page, lambda parts: not parts["database"])
            admin = {"number": "admin", "password": PASSWORD}
            away = await page.post("/api/v1/session", json=admin)
            assert (away.status_code, away.json()["code"]) == (503, "database_unavailable")
            link.symlink_to(cluster_url.partition("host=")[2])
            await status_is(page, lambda parts: parts["database"])
            await first_admin_logs_in(page, cluster_url)
    finally:
        process.terminate()
        async with asyncio.timeout(15):
            await process.wait()
