"""Worker processes of the speech benchmark: each has a decoder, the slots and a studio, and hears case after case."""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.flows.load import load_program
from ivr.flows.program import Program
from ops.bench.goals import GOALS
from ops.bench.talk import Talk
from speech.contract import Cause, Interpretation, Lexicon, SlotKind, SlotSpec
from speech.evaluation.cases import NOW, Case, Cases, World, is_right, sounds_right
from speech.evaluation.clips import LabelledClip, clip_path
from speech.evaluation.hearing import Heard, Hearing
from speech.evaluation.sound import VOICES, Line, Studio, chance_of
from speech.meaning import read_vocabulary
from speech.packs import load_pack
from speech.recognizers.vosk_worker import Decoder
from speech.slots import Slots
from speech.wav import read_wav


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker needs. studio: folder for espeak-ng's data; packs: folder of the division pack.

    said_from: the model whose words are spoken; None: the one that hears. Two models are compared on one set by it.
    """

    model: Path
    packs: Path
    studio: Path
    seed: int
    said_from: Path | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One utterance to be heard at its first try, by its number in its cell."""

    slot: str
    line: Line
    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a task. got: what was understood, "" for no match; latency: end of voice to result."""

    task: Task
    right: bool
    said: str
    got: str
    safety: str
    voice: str
    latency_ms: float | None
    audio: str  # hash of the samples
    alike: bool = False  # right but for characters that sound the same


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What came of a whole dialogue, by its number in its cell. tries: spoken answers until it was over; wrong: another
    value was confirmed than the one that was meant. heard: (said, text) of every spoken answer.
    """

    goal: str
    line: Line
    number: int
    meant: str
    confirmed: Mapping[str, str]
    read_back: Mapping[str, str]  # the first one
    right: bool
    wrong: bool
    first_right: bool
    keys: bool
    tries: int
    heard: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Worker:
    setup: Setup
    program: Program
    lexicon: Lexicon
    slots: Slots
    hearing: Hearing
    cases: Cases
    studio: Studio


_workers: list[_Worker] = []  # one per process, set by `start`


def start(setup: Setup) -> None:
    """Make this process a worker."""
    program = load_program()
    vocabulary = read_vocabulary(setup.model)
    pack = load_pack(setup.packs)
    slots = Slots(pack, vocabulary)
    said = read_vocabulary(setup.said_from or setup.model)
    cases = Cases(World(pack, said, speakable_menu(program, Slots(pack, said)), specs(program)))
    hearing = Hearing(Decoder(str(setup.model)))
    _workers[:] = [_Worker(setup, program, program.lexicon, slots, hearing, cases, Studio(setup.studio))]


def speakable_menu(program: Program, slots: Slots) -> Mapping[str, tuple[str, ...]]:
    """Return the main menu's phrases that the recognizer's words can write; the others cannot be heard by it."""
    menu = program.question("main_menu").hear
    kept = {meaning: tuple(text for text in phrases if slots.can_write(text)) for meaning, phrases in menu.items()}
    return {meaning: phrases for meaning, phrases in kept.items() if phrases}


def specs(program: Program) -> Mapping[str, SlotSpec]:
    """Return the flows' own turns for the slots that need them."""
    code = program.question("fault_code")
    confirm = program.question("summary_confirm")
    return {
        "fault_code": SlotSpec("fault_code", SlotKind.FAULT_CODE, dict(code.hear)),
        "yes_no": SlotSpec("summary_confirm", SlotKind.YES_NO, dict(confirm.hear)),
    }


def hear_case(task: Task) -> Answer:
    """Speak and hear one case."""
    worker = _workers[0]
    line = task.line
    chance = chance_of(worker.setup.seed, task.slot, line.snr, line.loss, line.speed, task.number)
    case = worker.cases.samplers[task.slot](chance)
    utterance = worker.studio.speak(case.said, line, chance)
    heard = worker.hearing.hear(utterance.pcm, case.spec, worker.lexicon, worker.slots, NOW)
    return Answer(
        task,
        is_right(case, heard.interpretation.meaning, heard.interpretation.value, heard.interpretation.safety),
        _truth(case),
        understood(heard.interpretation),
        heard.interpretation.safety,
        utterance.voice,
        latency(heard, utterance.ends_ms),
        hashlib.sha256(utterance.pcm).hexdigest(),
        sounds_right(case, heard.interpretation.value),
    )


def hear_clip(folder: Path, clip: LabelledClip) -> tuple[LabelledClip, bool, Heard]:
    """Hear one clip of a set."""
    worker = _workers[0]
    spec = SlotSpec("set", clip.kind, dict(clip.phrases), max_digits=20)
    pcm = read_wav(clip_path(folder, clip))
    heard = worker.hearing.hear(pcm, spec, worker.lexicon, worker.slots, clip.at or NOW)
    case = Case(clip.kind.value, "", spec, clip.truth)
    found = heard.interpretation
    return clip, is_right(case, found.meaning, found.value, found.safety), heard


def talk(goal: str, line: Line, number: int) -> Dialogue:
    """Carry one dialogue through the real flows."""
    worker = _workers[0]
    chance = chance_of(worker.setup.seed, "talk", goal, line.snr, line.loss, number)
    wanted = GOALS[goal](worker.cases, chance)
    voice = chance.choice(VOICES)

    def hear(words: str, slot: SlotSpec, chance: random.Random) -> tuple[Interpretation, Cause]:
        utterance = worker.studio.speak(words, line, chance, voice)
        heard = worker.hearing.hear(utterance.pcm, slot, worker.lexicon, worker.slots, NOW)
        return heard.interpretation, heard.cause

    out = Talk(worker.program, wanted, hear, chance).run()
    confirmed = bool(out.value)
    right = confirmed and wanted.same(out.value)
    return Dialogue(
        goal, line, number, wanted.meant, dict(out.value), dict(out.read_back),
        right, confirmed and not right, wanted.same(out.read_back), out.keys, out.tries, tuple(out.heard),
    )  # fmt: skip


def understood(found: Interpretation) -> str:
    """Return one short text of what was understood, "" for no match; the digest of an address is its three parts."""
    if found.safety or found.command:
        return found.safety or found.command
    if found.status == "ambiguous":
        return "several"
    if found.meaning:
        return found.meaning
    names = ("canonical", "number", "date", "part", "from", "region", "road", "room", "digits", "value")
    return " ".join(found.value[name] for name in names if found.value.get(name))


def _truth(case: Case) -> str:
    return " ".join(value for value in case.truth.values() if value)


def latency(heard: Heard, ends_ms: int) -> float | None:
    """Return the time from the end of the voice to the result, None where none came of speech."""
    return heard.ended_ms - ends_ms + heard.decode_s * 1000 if heard.cause is Cause.SUCCESS else None
