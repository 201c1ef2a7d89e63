"""Knowledge contents: the seeds are fit, sources are needed, nothing unsafe or too long is published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.knowledge import pack, seeds
from crm.knowledge.content import Article, FaultCode, Phrase, canonical
from crm.knowledge.models import KnowledgeEntry, KnowledgeVersion
from crm.knowledge.service import Parsed
from crm.policy import spoken


def stored(content: Parsed, key: str = "k", number: int = 1) -> tuple[KnowledgeEntry, KnowledgeVersion]:
    return KnowledgeEntry(key=key), KnowledgeVersion(number=number, content=content.model_dump(mode="json"))


@pytest.mark.parametrize(("key", "content"), seeds.load().items(), ids=lambda value: str(value)[:40])
def test_every_seed_could_be_published(key: tuple[str, str], content: Parsed) -> None:
    assert content.faults() == []
    assert content.kind == key[0]


def test_the_seeds_are_what_the_dialogues_name() -> None:
    found = seeds.load()
    articles = {key for kind, key in found if kind == "article"}
    assert len(articles) == 18
    assert {"ans_7d", "ans_excluded", "ans_unknown", "ans_visit_rules"} <= articles
    excluded = found["article", "ans_excluded"]
    assert isinstance(excluded, Article)
    assert excluded.segments[0] == "这四种不实行三包:没有保修卡或售货凭证;超过期限;"
    own = [item for item in found.values() if isinstance(item, FaultCode) and item.brand == "汉普顿"]
    others = [item for item in found.values() if isinstance(item, FaultCode) and item.brand != "汉普顿"]
    assert own
    assert all(item.example for item in own)
    assert others
    assert all(item.source_url and not item.example for item in others)


def test_what_keeps_a_code_from_being_published() -> None:
    code = FaultCode(
        code_printed="E20", meaning_zh="燃气泄漏", fault_class="gas_safety", self_check_zh=["拆开机壳看看。"]
    )
    assert [fault["field"] for fault in code.faults()] == [
        "content.source_url", "content.severity", "content.self_check_zh.0",
    ]  # fmt: skip
    fit = FaultCode(code_printed="E20", reviewed_by="技术部 王工", fault_class="gas_safety", severity="emergency")
    assert fit.faults() == []
    theirs = FaultCode(brand="威能", code_printed="F.28", reviewed_by="王工")
    assert [fault["detail"] for fault in theirs.faults()] == ["别家产品的代码必须写明出处"]


def test_an_article_needs_a_source_and_short_segments() -> None:
    article = Article(title_zh="收费", segments=["好" * 60])
    details = [fault["detail"] for fault in article.faults()]
    assert details == ["没有出处，不能当事实说给来电人", "约 19 秒，超过 12 秒：太长，来电人会打断"]
    assert Phrase(stage="核实", say=["请"]).faults()


@pytest.mark.parametrize(("step", "bad"), [("请按一次复位键", []), ("请别拆机壳", []), ("不要自己拆烟管。", []),
                                           ("把机壳拆下来", ["拆"]), ("短接两个端子", ["短接"]),
                                           ("请别碰插头,把烟管取下", ["烟管"])])  # fmt: skip
def test_unsafe_steps(step: str, bad: list[str]) -> None:
    assert spoken.unsafe_words(step) == bad


@given(st.text(), st.text())
def test_a_longer_text_never_takes_less_time(first: str, second: str) -> None:
    assert spoken.seconds(first + second) >= spoken.seconds(first)


def test_the_pack_speaks_examples_in_the_demo_only_and_never_other_makers() -> None:
    found = [
        stored(FaultCode(code_printed="E-01", aliases=["E1"], meaning_zh="点火失败", example=True), "E01"),
        stored(FaultCode(brand="威能", code_printed="F.28", source_url="https://x"), "vaillant:F28"),
        stored(Article(title_zh="甲", segments=["您好。"], source="四.一.1"), "ans_a", 3),
        stored(FaultCode(code_printed="E02", reviewed_by="王工", self_check_zh=["看表。", "关阀。"]), "E02"),
    ]
    real = pack.build(found, demo=False)
    assert set(real["codes"]) == {"E02"}
    assert real["codes"]["E02"]["self_check_zh"] == "看表。\n关阀。"
    assert real["articles"] == {"ans_a": {"segments": ["您好。"], "source": "四.一.1", "version": 3}}
    demo = pack.build(found, demo=True)
    assert set(demo["codes"]) == {"E01", "E1", "E02"}
    assert demo["codes"]["E1"]["id"] == "E01"
    assert demo["codes"]["E01"]["example"] == "yes"
    assert all(isinstance(value, str) for row in demo["codes"].values() for value in row.values())


@pytest.mark.parametrize(("printed", "code"), [("F.28", "F28"), ("1 08", "108"), ("5P1", "5P1"), ("e-01", "E01")])
def test_codes_are_compared_without_points(printed: str, code: str) -> None:
    assert canonical(printed) == code
