"""The files of a model, each judged by libvosk itself: a tiny network is trained, written, loaded and listens."""

import json
import multiprocessing
import struct
from pathlib import Path

import numpy as np
import pytest
import vosk

from speech.training import generate, tiny, voices
from speech.training.channel import CLEAN
from speech.training.decoding_graph import UNKNOWN, lexicon_fst, transition_text, words_txt
from speech.training.espeak import MANDARIN, Espeak, Manner
from speech.training.features import labels, log_mel
from speech.training.final_mdl import BinaryWriter, conf_files, final_mdl
from speech.training.graph import GraphPlan, build_graph
from speech.training.language_model import LanguageModel
from speech.training.network import Block, Network, Shape
from speech.training.rules import Word
from speech.training.units import PDFS, PHONES
from speech.training.utterance import on_the_phone, speak
from tests.unit.speech.training.small import small_places, small_talk


def _random_network(shape: Shape, seed: int = 0) -> Network:
    chance = np.random.default_rng(seed)

    def draw(*size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.asarray(chance.standard_normal(size) / np.sqrt(size[-1]), np.float32)

    blocks = [
        Block(
            draw(shape.bottleneck, 2 * shape.width),
            draw(shape.width, (2 if number < shape.ahead else 1) * shape.bottleneck),
            draw(shape.width),
        )
        for number in range(shape.ahead + shape.behind)
    ]
    return Network(draw(shape.width, 360), draw(shape.width), blocks, draw(PDFS, shape.width), draw(PDFS))


def _write(folder: Path, network: Network) -> Path:
    (folder / "am").mkdir(parents=True)
    (folder / "conf").mkdir()
    (folder / "am" / "final.mdl").write_bytes(final_mdl(network))
    for name, text in conf_files(0.6).items():
        (folder / name).write_text(text)
    build_graph(folder, small_talk(), small_places(), GraphPlan(sentences=200))
    return folder


def test_numbers_are_written_with_their_size() -> None:
    out = BinaryWriter()
    out.integer(-2)
    out.integers([1, 2])
    out.vector([1.5])
    assert bytes(
        out.data
    ) == b"\0B\x04\xfe\xff\xff\xff\x04\x02\0\0\0\x01\0\0\0\x02\0\0\0FV \x04\x01\0\0\0" + struct.pack("<f", 1.5)


def test_the_context_is_what_the_layers_need() -> None:
    network = _random_network(Shape(16, 4, ahead=2, behind=1))
    assert network.context == (4 + 9, 4 + 6)
    mel = np.random.default_rng(0).standard_normal((50, 40)).astype(np.float32)
    changed = mel.copy()
    changed[45] += 5
    moved = np.abs(network.posteriors(mel) - network.posteriors(changed)).max(1) > 1e-6
    assert moved.any()
    assert not moved[: (45 - 10) // 3].any(), "no frame sees further ahead than the right context"
    assert np.exp(network.posteriors(mel)).sum(1) == pytest.approx(np.ones(17), rel=1e-4)


def test_homophones_and_prefixes_are_told_apart() -> None:
    words = {"是": 1, "室": 2, "是的": 3, UNKNOWN: 4}
    shi = ("sh", "iii")
    sounds: dict[str, list[tuple[str, ...]]] = {"是": [shi], "室": [shi], "是的": [(*shi, "d", "e")]}
    fst = lexicon_fst(words, sounds, 3.0)
    assert fst.marks == 4
    said = {(arc.phone, arc.word) for arc in fst.arcs if arc.word}
    assert {(-3, 1), (-4, 2)} <= said, "homophones give their words at different marks"
    assert sum(arc.word == 3 for arc in fst.arcs) == 1
    lines = list(transition_text(fst))
    assert lines[0].startswith("0 ")
    assert max(int(line.split()[2]) for line in lines if len(line.split()) > 2) == 2 * len(PHONES) + 4
    assert words_txt(words).splitlines()[-1] == "</s> 7"


@pytest.mark.parametrize("shape", [Shape(16, 4, ahead=1, behind=0), Shape(24, 8, ahead=1, behind=2)])
def test_libvosk_loads_any_network_of_ours(tmp_path: Path, shape: Shape) -> None:
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(_write(tmp_path / "model", _random_network(shape))))
    assert model.vosk_model_find_word("报修") >= 0
    assert model.vosk_model_find_word("没有这个词") == -1
    noise = (np.random.default_rng(0).standard_normal(8000) * 300).astype("<i2").tobytes()
    for grammar in ([], [json.dumps(["报修", "对", UNKNOWN], ensure_ascii=False)]):
        recognizer = vosk.KaldiRecognizer(model, 8000, *grammar)
        recognizer.AcceptWaveform(noise)
        assert "text" in json.loads(recognizer.FinalResult())


_SAID = ("报修", "是的", "不对", "人工", "E 一", "F 二 八", "漏水", "没错")


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[bytes]]:
    """A shard of a few sentences of the plain voice at some speeds, and clips of them at another speed."""
    folder = tmp_path_factory.mktemp("shards")
    data = voices.make_data(folder / "espeak")
    child = multiprocessing.get_context("fork").Process(target=_record, args=(data, folder))
    child.start()
    child.join()
    assert child.exitcode == 0
    return folder / "shard.npz", [(folder / f"clip{number}").read_bytes() for number in range(len(_SAID))]


def _record(data: Path, folder: Path) -> None:
    espeak, chance, lexicon = Espeak(data), np.random.default_rng(1), small_talk().lexicon
    features, lines = [], []
    for number in range(12 * len(_SAID)):
        rate = 150 + number // len(_SAID)
        spoken = speak(espeak, _SAID[number % len(_SAID)].split(), lexicon, Manner(MANDARIN, rate), chance)
        audio, segments = on_the_phone(spoken, CLEAN, [], chance)
        features.append(log_mel(audio.astype(np.float32)).astype(np.float16))
        lines.append(labels(segments, len(features[-1])))
    lengths = [np.array([len(item) for item in items]) for items in (features, lines)]
    shard = generate.Shard(np.concatenate(features), lengths[0], np.concatenate(lines), lengths[1])
    generate.write_shard(folder / "shard.npz", shard)
    for number, text in enumerate(_SAID):
        spoken = speak(espeak, text.split(), lexicon, Manner(MANDARIN, 165), chance)
        audio, _ = on_the_phone(spoken, CLEAN, [], chance, after=0.8)
        (folder / f"clip{number}").write_bytes(audio.astype("<i2").tobytes())


def test_what_a_trained_network_hears_is_what_was_said(tmp_path: Path, studied: tuple[Path, list[bytes]]) -> None:
    shard, clips = studied
    network = tiny.train([shard], 1, steps=300)
    assert final_mdl(tiny.train([shard], 1, steps=300)) == final_mdl(network), "the same network every time"
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(_write(tmp_path / "model", network)))
    grammar = json.dumps([*_SAID, UNKNOWN], ensure_ascii=False)
    heard = []
    for clip in clips:
        recognizer = vosk.KaldiRecognizer(model, 8000, grammar)
        recognizer.AcceptWaveform(clip)
        heard.append(json.loads(recognizer.FinalResult())["text"])
    right = sum(text == said for text, said in zip(heard, _SAID, strict=True))
    assert right >= len(_SAID) - 1, heard


def test_a_word_of_no_class_leads_to_what_was_said_after_it() -> None:
    model = LanguageModel({})
    for said in (["故障码", "E", "零"], ["一", "号"]):
        for _ in range(20):
            model.learn([Word(text) for text in said])
    labels = {word: number for number, word in enumerate(("故障码", "E", "零", "一", "号", UNKNOWN), 1)}
    arcs = [line.split() for line in model.text(labels, [])]
    after = {(state, int(label)): target for state, target, label, *_ in (arc for arc in arcs if len(arc) > 3)}
    behind = after["0", labels["故障码"]]
    assert (behind, labels["E"]) in after, "its own pair"
    assert (behind, labels["一"]) not in after, "what never followed is reached by backing off"
