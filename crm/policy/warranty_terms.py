"""What is asked and answered about warranty (三包): evidence, causes, lines, rights, and their words; pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ProductClass(StrEnum):
    """What the period hangs on: 壁挂炉 = 燃气采暖热水炉, two years; the others one."""

    BOILER = "boiler"
    OTHER = "other"
    UNKNOWN = "unknown"


class Known(StrEnum):
    """What is known of one piece of evidence."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Precision(StrEnum):
    """How exactly the day of sale is known."""

    DAY = "day"
    MONTH = "month"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """What made the fault, as found; not asked on the phone."""

    UNKNOWN = "unknown"
    QUALITY = "quality"  # 性能故障, 非人为
    MISUSE = "misuse"  # 个人不当操作
    DAMAGE = "damage"  # 人为损坏
    DISMANTLED = "dismantled"  # 自行拆卸
    FORCE_MAJEURE = "force_majeure"  # 不可抗拒的外部因素


class Line(StrEnum):
    """The verdict in one word."""

    DAYS_7 = "7d"
    DAYS_15 = "15d"
    IN = "in"
    OUT = "out"
    NO_PROOF = "no_proof"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Whether a right holds."""

    YES = "yes"
    MAYBE = "maybe"  # hangs on what is not known yet
    NO = "no"


LINES = {
    Line.DAYS_7: "七日内，可退货、换货或修理",
    Line.DAYS_15: "十五日内，可换货或修理",
    Line.IN: "保修期内，免费维修",
    Line.OUT: "已过保修期，收费维修",
    Line.NO_PROOF: "没有凭证，不实行三包，收费维修",
    Line.EXCLUDED: "不属于保修范围，收费维修",
    Line.UNKNOWN: "保不保修，以凭证和检查为准",
}
RIGHTS = {"refund": "退货", "exchange": "换货", "free_repair": "免费维修", "paid_visit": "终身上门（收费）"}
FEES = {"material": "材料成本费", "labor": "上门人工费"}
CAUSES = {
    Cause.UNKNOWN: "未判定",
    Cause.QUALITY: "性能故障（非人为）",
    Cause.MISUSE: "不当操作",
    Cause.DAMAGE: "人为损坏",
    Cause.DISMANTLED: "自行拆卸",
    Cause.FORCE_MAJEURE: "自然灾害等外力",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is known on `day` (the day in Asia/Shanghai). told_on is what the customer says, to `precision`.

    date_by, proof_by, repairs_by: where the date, the papers and the repairs are known from, in words; "" = not said.
    """

    product_class: ProductClass
    day: date
    invoice_on: date | None = None
    voucher_on: date | None = None
    told_on: date | None = None
    precision: Precision = Precision.DAY
    card: Known = Known.UNKNOWN
    receipt: Known = Known.UNKNOWN  # invoice or sale voucher
    serial_matches: Known = Known.UNKNOWN
    cause: Cause = Cause.UNKNOWN
    repairs: int = 0
    date_by: str = ""
    proof_by: str = ""
    repairs_by: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in words for the page, with the sentence of the document it rests on."""

    code: str
    text: str
    place: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Right:
    """A right (refund | exchange | free_repair | paid_visit), whether it holds, its last day (None = none, unknown)."""

    right: str
    standing: Standing
    until: date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. spoken: the line the phone may say (dialogues: wv_*); fees: what a visit on that day costs."""

    line: Line
    spoken: Line
    counted_from: date | None
    until: date | None
    rights: tuple[Right, ...]
    fees: tuple[str, ...]
    reasons: tuple[Reason, ...]
    rules_from: date

    def standing(self, right: str) -> Standing:
        """Return how a right stands."""
        return next(item.standing for item in self.rights if item.right == right)
