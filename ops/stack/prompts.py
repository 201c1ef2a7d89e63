"""Makes the prompt files that are missing: the flows' static texts and the dialplan's own announcements."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ops.layout import Layout
from ops.stack import supervisor
from speech.contract import prompt_file, recorded_file

Say = Callable[[str], None]
TIMEOUT_S = 900


class PromptsFailed(Exception):
    """Not every prompt could be made; the message holds what speech said."""


def missing(texts: Iterable[Mapping[str, Any]], root: Path) -> list[Mapping[str, Any]]:
    """Return the texts ({key, text, rate}) that have no file below `root` yet, each file once."""
    wanted = {prompt_file(root, text["text"], text["rate"]): text for text in texts}
    return [text for path, text in wanted.items() if not path.exists()]


def ensure(layout: Layout, texts: Iterable[Mapping[str, Any]], fallback: Mapping[str, str], say: Say) -> None:
    """Make what is missing of `texts` and of the dialplan's `fallback` (key -> text); raises PromptsFailed."""
    own = [{"key": key, "text": text, "rate": 1.0} for key, text in fallback.items()]
    todo = missing([*own, *texts], layout.prompts)
    if todo:
        begun = time.monotonic()
        say(f"making {len(todo)} prompts")
        _synthesize(layout, todo)
        say(f"prompts made in {time.monotonic() - begun:.1f} s")
    for key, text in fallback.items():
        _link_fallback(layout, key, text)


def _synthesize(layout: Layout, todo: list[Mapping[str, Any]]) -> None:
    with tempfile.NamedTemporaryFile("w", dir=layout.cache, suffix=".json", encoding="utf-8") as file:
        json.dump(todo, file, ensure_ascii=False)
        file.flush()
        command = [sys.executable, "-P", "-m", "speech", "prompts", "--list", file.name]
        env = supervisor.environment(layout, os.environ)
        # progress goes to the operator's screen; stdout belongs to our own command
        done = subprocess.run(
            command, check=False, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=TIMEOUT_S
        )
    left = missing(todo, layout.prompts)
    if done.returncode != 0 or left:
        raise PromptsFailed(f"{len(left)} of {len(todo)} prompts were not made (exit status {done.returncode})")


def _link_fallback(layout: Layout, key: str, text: str) -> None:
    """Point fallback/<key>.wav, the name that the dialplan plays, at the recording or the synthetic file."""
    recorded = recorded_file(layout.prompts, key)
    source = recorded if recorded.exists() else prompt_file(layout.prompts, text)
    target = layout.prompts / "fallback" / f"{key}.wav"
    target.parent.mkdir(exist_ok=True)
    if target.is_symlink() and target.readlink() == source:
        return
    draft = target.with_name(f".{key}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(source)
    draft.replace(target)
