"""`python -m speech`: serve (default), check, status, prompts --list FILE."""

import argparse
import asyncio
import json
import logging
import sys
from pathlib import Path

import structlog

from speech.bootstrap import serve
from speech.control import ask_status
from speech.selftest import run_checks
from speech.settings import SpeechSettings, load_settings
from speech.synthesizers.bulk import ListInvalid, make_missing, read_list
from speech.synthesizers.espeak import EspeakSynthesizer


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m speech", description="The hotline's media resource.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="take dialogues (default)")
    commands.add_parser("check", help="self-test of the recognizer's model")
    commands.add_parser("status", help="figures of the running process, JSON")
    prompts = commands.add_parser("prompts", help="make all missing prompt files of a list")
    prompts.add_argument("--list", required=True, type=Path, help='JSON list of {"key", "text", "rate"}')
    chosen = parser.parse_args(arguments)
    _configure_logs()
    settings = load_settings()
    match chosen.command:
        case "check":
            return asyncio.run(_check(settings))
        case "status":
            return asyncio.run(_status(settings))
        case "prompts":
            return asyncio.run(_prompts(settings, chosen.list))
        case _:
            asyncio.run(serve(settings))
            return 0


async def _check(settings: SpeechSettings) -> int:
    checks = await run_checks(settings)
    for check in checks:
        _say(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.detail}")
        if not check.ok and check.advice:
            _say(f"     {check.advice}")
    return 0 if all(check.ok for check in checks) else 1


async def _status(settings: SpeechSettings) -> int:
    try:
        found = await ask_status(settings.speech_socket)
    except (OSError, TimeoutError, ValueError) as error:
        _say(f"speech does not answer: {type(error).__name__}")
        return 1
    _say(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


async def _prompts(settings: SpeechSettings, path: Path) -> int:
    try:
        wanted = read_list(await asyncio.to_thread(path.read_text, "utf-8"))
    except (OSError, ListInvalid) as error:
        _say(str(error))
        return 2
    synthesizer = EspeakSynthesizer(settings.prompts_dir)
    failed = await make_missing(wanted, synthesizer, settings.prompts_dir, _progress)
    _say(f"{len(wanted)} prompts, {synthesizer.made} made, {len(failed)} failed")
    for key in failed:
        _say(f"failed: {key}")
    return 1 if failed else 0


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total or done % 100 == 0:
        sys.stderr.write(f"\rprompts {done}/{total}" + ("\n" if done == total else ""))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _configure_logs() -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    sys.exit(main())
