"""The process as the operator meets it: serve, status, check, prompts, settings, a frozen loop."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from speech import __main__ as command
from speech import selftest
from speech.bootstrap import serve
from speech.contract import prompt_file
from speech.meaning import PackedSlots, read_vocabulary
from speech.packs import write_pack
from speech.settings import SpeechSettings, load_settings
from speech.wav import read_wav
from tests.unit.speech.rig import pack_data
from tests.unit.speech.slots.samples import CODE, LEXICON, PACK
from tests.unit.speech.voices import MODEL
from tests.unit.speech.waiting import until

ROOT = Path(__file__).parents[3]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    return {**kept, "HOTLINE_HOME": str(home), "HOTLINE_AUDIOSOCKET_PORT": "0", **more}


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """`main` configures structlog with this test's standard error; the next test must not write there."""
    yield
    structlog.reset_defaults()


async def test_it_serves_tells_its_status_and_stops_on_sigterm(tmp_path: Path) -> None:
    process = subprocess.Popen(  # noqa: ASYNC220 - started at once, waited for below
        [sys.executable, "-m", "speech"], cwd=ROOT, env=environment(tmp_path), stderr=subprocess.PIPE
    )
    try:
        await until((tmp_path / "run" / "speech.sock").is_socket)
        asked = subprocess.run(  # noqa: ASYNC221 - a short program
            [sys.executable, "-m", "speech", "status"],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            timeout=20,
            check=True,
        )
        status = json.loads(asked.stdout)
        assert status["dialogues"] == 0
        assert len(status["recognizer"]["workers"]) == 2
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 0, errors.decode()
    finally:
        process.kill()
    assert not any(alive(worker["pid"]) for worker in status["recognizer"]["workers"])


async def test_serving_in_this_process_ends_with_its_signal(tmp_path: Path) -> None:
    serving = asyncio.create_task(serve(SpeechSettings(home=tmp_path, audiosocket_port=0, speech_workers=1)))
    await until((tmp_path / "run" / "speech.sock").is_socket)
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(60):
        await serving


def test_check_passes_with_the_bundled_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))
    assert command.main(["check"]) == 0


def test_check_names_a_missing_model_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_MODEL_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))
    assert command.main(["check"]) == 1
    out = capsys.readouterr().out
    assert "FAIL model" in out
    assert "MODEL_DIR" in out


def test_check_names_a_model_of_another_rate_and_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "wide"
    shutil.copytree(MODEL, model)
    settings = (model / "conf" / "mfcc.conf").read_text()
    (model / "conf" / "mfcc.conf").write_text(settings.replace("8000", "16000"))
    monkeypatch.setenv("HOTLINE_MODEL_DIR", str(model))
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))
    assert command.main(["check"]) == 1
    out = capsys.readouterr().out
    assert "FAIL model" in out
    assert "--allow-upsample=true" in out


async def test_check_sees_a_clip_that_is_not_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "CLIP_CODE", "E99")
    monkeypatch.setattr(selftest, "read_vocabulary", lambda _: frozenset({"零"}))
    checks = await selftest.run_checks(SpeechSettings(home=tmp_path))
    assert [check.ok for check in checks] == [True, False, False]


def test_status_without_a_process_is_a_plain_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))
    assert command.main(["status"]) == 1
    assert "does not answer" in capsys.readouterr().out


def test_prompts_are_made_from_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps([{"key": "a", "text": "您好", "rate": 1.0}, {"key": "b", "text": "。"}]), "utf-8")
    assert command.main(["prompts", "--list", str(listed)]) == 1
    assert "failed: b" in capsys.readouterr().out
    assert read_wav(prompt_file(tmp_path / "prompts", "您好"))
    listed.write_text("{", "utf-8")
    assert command.main(["prompts", "--list", str(listed)]) == 2


def test_settings_come_from_the_stacks_file_and_default_below_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "hotline.env"
    file.write_text(f"HOTLINE_HOME={tmp_path}\nHOTLINE_CLIPS_DIR=/elsewhere\nHOTLINE_OTHER=1\nHOTLINE_MAX_CALLS=7\n")
    monkeypatch.setenv("HOTLINE_ENV", str(file))
    settings = load_settings()
    assert settings.speech_socket == tmp_path / "run" / "speech.sock"
    assert settings.clips_dir == Path("/elsewhere")
    assert (settings.max_calls, settings.model_dir) == (7, MODEL)


def test_packs_are_found_by_hash_and_the_last_good_one_is_kept(tmp_path: Path) -> None:
    packed = PackedSlots(tmp_path, read_vocabulary(MODEL))
    empty = packed.get("")
    assert empty.interpret(CODE, LEXICON, ("F 二 八",)).value["catalogue_id"] == ""
    version = write_pack(tmp_path, pack_data(PACK))
    good = packed.get(version)
    assert packed.get(version) is good
    assert packed.get("0" * 16) is good
    assert packed.get("").interpret(CODE, LEXICON, ("F 二 八",)).value["catalogue_id"] == "F28"


def test_few_packs_stay_loaded(tmp_path: Path) -> None:
    packed = PackedSlots(tmp_path, frozenset())
    versions = [write_pack(tmp_path, {**pack_data(PACK), "codes": {f"E{n}": {"id": f"E{n}"}}}) for n in range(6)]
    for version in versions:
        packed.get(version)
    assert len(packed._loaded) == 4


def test_a_model_without_a_word_list_has_an_empty_vocabulary(tmp_path: Path) -> None:
    assert read_vocabulary(tmp_path) == frozenset()
    words = read_vocabulary(MODEL)
    assert {"报修", "E", "零"} <= words
    assert not words & {"<eps>", "[unk]", "#0", "<s>"}


def test_the_media_process_never_loads_libvosk() -> None:
    program = "import sys, speech.bootstrap, speech.__main__; sys.exit('vosk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=20, check=False).returncode == 0
