"""What callers are expected to say where a value is asked for: sentence-like phrases for the recognizer's grammar.

The recognizer makes a bigram model of them, so pairs of words are enough: every pair that can follow each other once.
Places come from the pack. A large vocabulary gets no grammar of places: such a model is better at open speech than at a
list of some of its words. Whole addresses and roads are open speech: a grammar of them was measured and heard no more
(docs/benchmarks.md).
"""

import itertools
from collections.abc import Iterable, Iterator

from divisions.gazetteer import Gazetteer
from speech.contract import SlotKind

MAX_VOCABULARY = 20_000  # words; beyond it places are open speech
_DIGITS = "零一幺二三四五六七八九"
_ONES = "一二三四五六七八九"
_DAYS = (
    "今天", "明天", "后天", "大后天", "听日", "后日", "今晚", "明晚", "明早", "周末", "下周",
    *(
        week + day
        for week in ("星期", "礼拜", "周", "下星期", "下礼拜", "这个星期", "下周")
        for day in "一二三四五六日天"
    ),
)  # fmt: skip
_PARTS = ("上午", "下午", "晚上", "中午", "早上", "下昼", "头晌", "傍晚", "全天", "随时")
_ASAP = ("越快越好", "尽快", "马上", "随便", "随便哪天", "都行", "都可以", "哪天都行", "今天能来不", "你们定")
_YEARS = (
    "今年",
    "去年",
    "前年",
    "大前年",
    *(f"二零{tens}{ones}年" for tens in "一二" for ones in "零一二三四五六七八九"),
)
_FEASTS = ("双十一", "春节", "过年", "国庆", "元旦", "冬天", "夏天", "春天", "秋天", "年底", "年初", "上半年", "下半年")
_VAGUE = (
    "不记得", "不记得了", "忘了", "不清楚", "搬家那年", "半年", "半年多", "一年多", "两年多", "两三年", "三四年",
    "上个月", "这个月", "昨天", "前天", "刚买的", "上个月底",
)  # fmt: skip


def expected(kind: SlotKind, vocabulary: frozenset[str], places: Gazetteer) -> list[str]:
    """Return the phrases of a kind of value, not yet cut into words; [] when it is open speech."""
    match kind:
        case SlotKind.PHONE:
            return list(_phone())
        case SlotKind.VISIT_TIME:
            return list(_visit())
        case SlotKind.PURCHASE_DATE:
            return list(_purchase())
        case SlotKind.PRODUCT:
            return [
                "壁挂炉",
                "燃气炉",
                "采暖炉",
                "挂墙上那个",
                "温控器",
                "水泵",
                "地暖",
                "热水器",
                "别的设备",
                "不清楚",
                "不知道",
                "别的牌子",
            ]
        case SlotKind.REGION:
            return list(_regions(vocabulary, places)) if 0 < len(vocabulary) <= MAX_VOCABULARY else []
        case SlotKind.ROOM:
            return list(_rooms())
        case _:
            return []


def doubled(times: int = 5) -> Iterator[str]:
    """Yield every digit several times, so that pairs of equal digits count more: nothing parts 二二 when it is spoken,
    and its second half is easily lost.
    """
    yield from (digit * times for digit in _DIGITS)


def _phone() -> Iterator[str]:
    yield from ("".join(pair) for pair in itertools.product(_DIGITS, _DIGITS))
    yield from doubled()
    yield from (f"幺{second}{third}" for second in "三四五六七八九" for third in _DIGITS)
    yield from (
        f"{lead}{digit}" for lead in ("最后一位是", "尾号是", "后四位是", "号码是", "不对", "是") for digit in _DIGITS
    )
    yield from ("就这个号", "就打这个", "这个号", "零七五七", "零二零")


def _hours() -> Iterator[str]:
    yield from (*_ONES, "两", "十", "十一", "十二")


def _visit() -> Iterator[str]:
    yield from _ASAP
    yield from _DAYS
    yield from (day + part for day in _DAYS for part in _PARTS)
    for hour in _hours():
        yield from (f"{part}{hour}点" for part in _PARTS)
        yield from (f"{hour}点{tail}" for tail in ("以后", "以前", "半", "之后", "左右"))
        yield from (f"{hour}点到{later}点" for later in _hours())
    for number in _counts(31):
        yield from (f"{number}号", f"{number}号上午", f"{number}号下午", f"{number}号晚上")
    yield from (f"{month}月{day}号" for month in _counts(12) for day in _counts(31))
    yield from (f"{day}天以后" for day in _counts(10))
    yield from (f"改成{day}" for day in _DAYS)


def _purchase() -> Iterator[str]:
    yield from (*_YEARS, *_VAGUE, *_FEASTS, "二二二二二二年")  # the year 2022: see doubled
    for year in _YEARS:
        yield from (f"{year}{month}月" for month in _counts(12))
        yield from (f"{year}{feast}" for feast in _FEASTS)
    for number in (*_counts(31), "两", "几"):
        yield from (
            f"刚买{number}天",
            f"买了{number}天",
            f"{number}天",
            f"{number}个月",
            f"{number}个月前",
            f"买了{number}年",
            f"{number}年前",
        )
    yield from (f"{month}月{part}" for month in _counts(12) for part in ("份", "初", "底", "买的"))


def _rooms() -> Iterator[str]:
    for number in _counts(40):
        yield from (f"{number}栋一单元", f"{number}座", f"{number}栋", f"{number}号楼")
    yield from (f"{unit}单元{floor}零{door}" for unit in _ONES for floor in _ONES for door in _ONES)
    yield from (f"{floor}零{door}{tail}" for floor in _ONES for door in _ONES for tail in ("室", "房", ""))
    yield from (
        f"{unit}单元{ten}{one}零{door}" for unit in _ONES for ten in "幺一二三" for one in _DIGITS for door in _ONES
    )
    yield from ("没有房号", "独门独院", "一楼", "二楼")


def _regions(vocabulary: frozenset[str], places: Gazetteer) -> Iterator[str]:
    """Every chain of divisions the recognizer can say, from each of its ends; names it cannot say are left out."""
    for division in places.divisions.values():
        names = [name for item in places.chain(division) if (name := _said(item.name, vocabulary))]
        if not names or not _said(division.name, vocabulary):
            continue
        yield from ("".join(names[start:]) for start in range(len(names)))
        yield from ("".join(short) for short in _short(names, vocabulary))


def _said(name: str, vocabulary: frozenset[str]) -> str:
    return name if name in vocabulary else ""


def _short(names: list[str], vocabulary: frozenset[str]) -> Iterable[list[str]]:
    """The names without 省, 市, 区 and 街道, as most people say them."""
    cut = [
        next((name[:-size] for size in (2, 1) if len(name) > size + 1 and name[:-size] in vocabulary), name)
        for name in names
    ]
    return [cut, cut[1:]] if cut != names else []


def _counts(last: int) -> list[str]:
    """Return one to `last` as they are counted."""
    out = []
    for value in range(1, last + 1):
        hundreds, rest = divmod(value, 100)
        tens, ones = divmod(rest, 10)
        head = f"{_ONES[hundreds - 1]}百" if hundreds else ""
        middle = (
            ("" if tens == 1 and not hundreds else _ONES[tens - 1]) + "十"
            if tens
            else "零"
            if hundreds and ones
            else ""
        )
        out.append(head + middle + (_ONES[ones - 1] if ones else ""))
    return out
