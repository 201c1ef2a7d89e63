"""What is noticed in free speech: dangers and codes that are said plainly."""

import pytest

from ivr.flows.load import load_program
from speech.noticing import notice

LEXICON = load_program().lexicon


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ((), {}),
        (("[unk] 显示 的 是 F 六 [unk] 九",), {"codes": "F6"}),
        (("面板 上 [unk] F 四 八 呃",), {"codes": "F48"}),
        (("报警 代码 是 A 零 二 我 是 二 零 一 八 年 买的",), {"codes": "A02"}),
        (("它 闪 过 一个 E 四 后来 又 跳 F 二 十 八 屏幕 上 还是 E 四",), {"codes": "E4 F28"}),
        (("前面 不 报 了 屏幕 上 有 E 四",), {"codes": "E4"}),
        (("这个 零件 G 幺 八 十 U 是 杜 我 有 E 四",), {}),  # what other words are bent into
        (("显示 [unk] [unk] [unk] 昨天 晚上 就 这样 E 四",), {}),  # too far behind
        (("显示 E [unk] 四",), {}),  # a word between them
        (("我 住 三 栋 五 零 二 电话 幺 三 八 零 零",), {}),
        (("那个 漏煤气 E 四",), {"danger": "gas"}),
        (("洗澡 时 头晕 屏幕 上 是 E 九",), {"danger": "co", "codes": "E9"}),
        (("没有 漏煤气",), {}),
        (("会不会 漏气 呀",), {}),
        (("老是 打不着火",), {}),
        (("暖气 不热", "一股 煤气味"), {"danger": "gas"}),
        (("闻到 没气 了",), {"danger": "gas"}),
    ],
)
def test_what_is_noticed(texts: tuple[str, ...], found: dict[str, str]) -> None:
    assert notice(texts, LEXICON) == found
