"""`./hotline model build|check|use|fetch`: the recognizer's model."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from danger.words import WORDS
from ops import models, packs
from ops import settings as settings_table
from ops.layout import Layout
from ops.models import ModelUnusable
from ops.shared import Where, say

LOCK = "requirements-training.lock"

model_app = typer.Typer(no_args_is_help=True, help="The speech recognizer's model: build, check, use, fetch.")


@model_app.command()
def build(
    tiny: Annotated[bool, typer.Option("--tiny", help="Little speech, no PyTorch: proves the steps.")] = False,
    seed: Annotated[int, typer.Option(help="Chance of the data and of the network.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Where to; default models/built in the state folder.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes, and threads of the network.")] = os.cpu_count() or 1,
    network: Annotated[
        Path | None, typer.Option(help="Keep the network of this model, made by `build`; make its words anew.")
    ] = None,
    utterances: Annotated[int, typer.Option(min=0, help="Spoken sentences; 0: the full measure.")] = 0,
    epochs: Annotated[float, typer.Option(min=0, help="Passes over all of them; 0: the full measure.")] = 0,
    minutes: Annotated[float, typer.Option(min=0, help="Of the network's training at most; 0: no limit.")] = 0,
) -> None:
    """Make a model from nothing; `use` takes it into use."""
    layout = Where.layout
    target = out or layout.home / "models" / ("tiny" if tiny else "built")
    if network is not None and not (network / "provenance.json").is_file():
        raise ModelUnusable(f"{network} was not made by `model build`: it has no provenance.json")
    target.mkdir(parents=True, exist_ok=True)
    python = Path(sys.executable) if tiny or network else ensure_training(layout)
    division = layout.tree / packs.TREE_FILE
    flows = layout.tree / "ivr" / "flows"
    command = [
        str(python), "-m", "speech.training.build", "--tree", str(division), "--villages",
        str(division.parent / "villages.csv"), "--merged", str(packs.MERGED_FILE), "--safety",
        str(WORDS), "--out", str(target),
        "--work", str(layout.home / "training"), "--seed", str(seed), "--jobs", str(jobs),
        "--utterances", str(utterances), "--epochs", str(epochs), "--minutes", str(minutes),
        *(["--tiny"] if tiny else []),
        *(["--network", str(network.resolve())] if network else []),
        *map(str, sorted((flows / "documents").glob("*.yaml"))), str(flows / "lexicon.yaml"),
    ]  # fmt: skip
    # numpy's threads only get into the way of the processes; PyTorch's must not spin when the machine is shared
    quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}
    if (
        subprocess.run(command, env={**os.environ, **quiet, "PYTHONPATH": str(layout.tree)}, check=False).returncode
        != 0
    ):
        raise ModelUnusable("the model was not built; the lines above say why")
    print(target)


def ensure_training(layout: Layout) -> Path:
    """Make the training's own venv (PyTorch is never needed when calls are taken); returns its Python."""
    folder = layout.home / "training" / "venv"
    python, stamp = folder / "bin" / "python", folder / ".installed"
    lock = layout.tree / LOCK
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        say(f"install {LOCK} in {folder} ...")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, timeout=300)
        install = ["-m", "pip", "install", "-q", "--no-input", "--require-hashes", "--no-deps", "-r", str(lock)]
        if subprocess.run([str(python), *install], check=False).returncode != 0:
            raise ModelUnusable(f"{LOCK} cannot be installed; docs/speech-model.md tells what it needs")
        if subprocess.run([str(python), "-c", "import torch"], capture_output=True, check=False).returncode != 0:
            raise ModelUnusable("PyTorch does not start: docs/speech-model.md tells how to point pip at the CPU build")
        stamp.write_text(lock.read_text())
    return python


@model_app.command()
def check(folder: Annotated[Path | None, typer.Argument(help="A model; default the one in use.")] = None) -> None:
    """Load a model, look for the grammar's words, and let it hear the bundled clip."""
    if not _passes(Where.layout, folder):
        raise typer.Exit(1)


def _passes(layout: Layout, folder: Path | None) -> bool:
    from speech.selftest import run_checks
    from speech.settings import SpeechSettings

    settings = settings_table.load(layout)
    model = folder or (settings.model_dir if settings else layout.tree / "speech" / "model")
    missing = models.looks_like_a_model(model)
    if missing:
        raise ModelUnusable(missing)
    speech = SpeechSettings(home=layout.home, model_dir=model.resolve(), packs_dir=layout.packs)
    results = asyncio.run(run_checks(speech))
    for result in results:
        print(f"{'ok  ' if result.ok else 'BAD '} {result.name}: {result.detail}")
        if not result.ok and result.advice:
            print(f"     {result.advice}")
    return all(result.ok for result in results)


@model_app.command()
def use(folder: Annotated[Path, typer.Argument(help="An unpacked Vosk model.")]) -> None:
    """Take a model into use from the next start of speech on; one that fails its check is refused."""
    layout = Where.layout
    if not _passes(layout, folder):
        raise ModelUnusable(f"{folder} fails its check and is not taken into use")
    settings_table.ensure(layout, None)
    values = settings_table.read(layout.env_file)
    settings_table.write(layout.env_file, {**values, "model_dir": str(folder.resolve())})
    say("taken into use at the next start of speech")


@model_app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="Such as vosk-model-small-cn-0.22.")],
    site: Annotated[str, typer.Option(help="Where the models and their list are.")] = models.OFFICIAL,
) -> None:
    """Fetch an official Vosk model into the state folder; nothing of ours has verified those."""
    if not name or "/" in name or name.startswith("."):
        raise ModelUnusable(f"{name!r} is no name of a model")
    print(models.fetch(name, Where.layout.home / "models", site.rstrip("/"), say))
