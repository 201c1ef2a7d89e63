"""A whole build on a small scale, and its words made anew; libvosk judges what came out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import vosk
import yaml

from speech.training.build import NETWORK, PROVENANCE, TINY, Sources, build, build_words

SIZES = replace(TINY, utterances=12, sentences=300)
TREE = [
    {"code": "44", "name": "广东省", "children": [{"code": "4406", "name": "佛山市", "children": [
        {"code": "440606", "name": "顺德区", "children": [{"code": "440606003", "name": "容桂街道办事处"}]}]}]},
    {"code": "11", "name": "北京市", "children": [{"code": "1101", "name": "市辖区", "children": [
        {"code": "110101", "name": "东城区"}]}]},
]  # fmt: skip


def _sources(folder: Path, heard: str) -> Sources:
    folder.mkdir(parents=True)
    (folder / "tree.json").write_text(json.dumps(TREE))
    (folder / "villages.csv").write_text(
        "code,name,streetCode,provinceCode,cityCode,areaCode\n440606003001,华口社区居民委员会,440606003,44,4406,440606\n"
    )
    (folder / "merged.yaml").write_text(yaml.safe_dump({"顺德市": "440606"}, allow_unicode=True))
    (folder / "flow.yaml").write_text(yaml.safe_dump({"yes": [heard]}, allow_unicode=True))
    safety = {"kinds": {"fire": ["窜火"]}, "look_alikes": ["打火(慢|)"], "doubt_before": ["没有"]}
    (folder / "safety.yaml").write_text(yaml.safe_dump(safety, allow_unicode=True))
    return Sources(
        folder / "tree.json", folder / "villages.csv", folder / "merged.yaml", (folder / "flow.yaml",),
        folder / "safety.yaml",
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    told: list[str] = []
    build(_sources(folder / "s", "垚焱"), folder / "m", folder / "w", seed=3, jobs=1, sizes=SIZES, say=told.append)
    assert [text for text in told if text.endswith(" s")], "every stage tells its seconds"
    return folder / "m"


def _knows(folder: Path, *words: str) -> list[bool]:
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(folder))
    return [model.vosk_model_find_word(word) >= 0 for word in words]


def test_a_build_knows_flows_danger_and_places_and_says_what_it_is(built: Path) -> None:
    assert _knows(built, "垚", "窜", "容桂街道", "华口", "犇") == [True, True, True, True, False]
    facts = json.loads((built / PROVENANCE).read_text())
    files = [path for path in built.rglob("*") if path.is_file() and path.name != PROVENANCE]
    assert facts["bytes"] == sum(path.stat().st_size for path in files)
    assert (facts["network"]["seed"], facts["network"]["utterances"], facts["network"]["tiny"]) == (3, 12, True)
    assert facts["graph"]["words"] > 1000
    assert len(facts["network"]["data_sha256"]) == len(facts["graph"]["code_sha256"]) == 64


def test_words_are_made_anew_beside_the_same_network(built: Path, tmp_path: Path) -> None:
    facts = build_words(_sources(tmp_path / "s", "犇牛"), tmp_path / "m", built, sizes=SIZES, say=lambda _text: None)
    assert (tmp_path / "m" / NETWORK).read_bytes() == (built / NETWORK).read_bytes()
    assert facts["network"] == json.loads((built / PROVENANCE).read_text())["network"]
    assert _knows(tmp_path / "m", "犇", "垚") == [True, False]
    assert _knows(tmp_path / "m", "啥时候") == [True], "the sayings' own"


def test_a_folder_that_no_build_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=PROVENANCE):
        build_words(_sources(tmp_path / "s", "对"), tmp_path / "m", tmp_path, sizes=SIZES, say=lambda _text: None)
