"""What a version holds, by kind: fault code, article, phrases; and what makes it fit to be published."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from crm.policy import spoken
from crm.wire import Change, Text

FaultClass = Literal[
    "ignition", "flame", "water_pressure", "overheat", "flue_fan", "sensor", "electronics", "gas_safety", "other"
]
Severity = Literal["info", "service", "stop_use", "emergency"]
OWN_BRAND = "汉普顿"
FAULT_CLASSES = {
    "ignition": "点火", "flame": "火焰", "water_pressure": "水压", "overheat": "超温", "flue_fan": "烟道风机",
    "sensor": "传感器", "electronics": "电控", "gas_safety": "燃气安全", "other": "其他",
}  # fmt: skip
SEVERITIES = {"info": "提示", "service": "需要维修", "stop_use": "停用等维修", "emergency": "紧急"}
_Line = Annotated[Text, Field(min_length=1, max_length=300)]
_Code = Annotated[Text, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z .\-/]{0,15}$")]
_Source = Annotated[Text, Field(max_length=500)]


class FaultCode(Change):
    """One printed code of one model family (voice-speech 5.1). self_check: owner-safe steps only, spoken one by one."""

    kind: Literal["fault_code"] = "fault_code"
    brand: Annotated[Text, Field(min_length=1, max_length=40)] = OWN_BRAND
    model_family: Annotated[Text, Field(max_length=80)] = ""
    code_printed: _Code
    aliases: list[_Code] = Field(default_factory=list, max_length=10)
    meaning_zh: Annotated[Text, Field(max_length=80)] = ""
    fault_class: FaultClass = "other"
    severity: Severity = "service"
    self_check_zh: list[_Line] = Field(default_factory=list, max_length=spoken.MOST_STEPS)
    engineer_steps: list[_Line] = Field(default_factory=list, max_length=20)
    reset_allowed: bool = False
    parts_hint: list[_Line] = Field(default_factory=list, max_length=10)
    source_url: _Source = ""
    source_page: Annotated[Text, Field(max_length=40)] = ""
    reviewed_by: Annotated[Text, Field(max_length=40)] = ""
    reviewed_on: date | None = None
    example: bool = False

    def title(self) -> str:
        """Return what a list shows."""
        return f"{self.code_printed} {self.meaning_zh}".strip()

    def words(self) -> str:
        """Return what is searched."""
        return " ".join((self.brand, self.model_family, self.code_printed, *self.aliases, self.meaning_zh))

    def faults(self) -> list[dict[str, str]]:
        """Return why it cannot be published, by field."""
        found = []
        if not self.example and not self.source_url and not self.reviewed_by:
            found.append(_fault("source_url", "没有出处也没有审核人，不能当事实说给来电人"))
        if not self.example and self.brand != OWN_BRAND and not self.source_url:
            found.append(_fault("source_url", "别家产品的代码必须写明出处"))
        if self.fault_class == "gas_safety" and self.severity != "emergency":
            found.append(_fault("severity", "燃气、一氧化碳类代码必须是紧急"))
        for number, step in enumerate(self.self_check_zh):
            words = spoken.unsafe_words(step)
            if words:
                found.append(_fault(f"self_check_zh.{number}", f"用户不能做：{'、'.join(words)}"))
            found += _too_long(f"self_check_zh.{number}", step)
        return found


class Article(Change):
    """A consult answer: the long text for agents, the spoken short form, the sentence of the document behind it."""

    kind: Literal["article"] = "article"
    title_zh: Annotated[Text, Field(min_length=1, max_length=80)]
    segments: list[_Line] = Field(min_length=1, max_length=spoken.MOST_SEGMENTS)
    body: Annotated[Text, Field(max_length=8000)] = ""
    asked: list[_Line] = Field(default_factory=list, max_length=30)
    source: _Source = ""
    example: bool = False

    def title(self) -> str:
        """Return what a list shows."""
        return self.title_zh

    def words(self) -> str:
        """Return what is searched."""
        return " ".join((self.title_zh, *self.segments, *self.asked, self.body))

    def faults(self) -> list[dict[str, str]]:
        """Return why it cannot be published, by field."""
        found = [] if self.source else [_fault("source", "没有出处，不能当事实说给来电人")]
        for number, segment in enumerate(self.segments):
            found += _too_long(f"segments.{number}", segment)
        return found


class Phrase(Change):
    """服务用语 of one stage of a call: how to say it and how not."""

    kind: Literal["phrase"] = "phrase"
    stage: Annotated[Text, Field(min_length=1, max_length=40)]
    say: list[_Line] = Field(min_length=1, max_length=20)
    avoid: list[_Line] = Field(default_factory=list, max_length=20)
    order: int = Field(default=0, ge=0, le=999)
    source: _Source = ""
    example: bool = False

    def title(self) -> str:
        """Return what a list shows."""
        return self.stage

    def words(self) -> str:
        """Return what is searched."""
        return " ".join((self.stage, *self.say))

    def faults(self) -> list[dict[str, str]]:
        """Return why it cannot be published, by field."""
        return [] if self.source else [_fault("source", "没有写出处或“设定，可改”")]


Content = Annotated[FaultCode | Article | Phrase, Field(discriminator="kind")]


def canonical(code: str) -> str:
    """Return a printed code as the dialogue writes it: letters and digits in capitals ("E-01" -> "E01")."""
    return re.sub(r"[^0-9A-Z]", "", code.upper())


def _too_long(field: str, text: str) -> list[dict[str, str]]:
    if not spoken.too_long(text):
        return []
    return [_fault(field, f"约 {spoken.seconds(text):.0f} 秒，超过 {spoken.LONGEST_S:.0f} 秒：太长，来电人会打断")]


def _fault(field: str, detail: str) -> dict[str, str]:
    return {"field": f"content.{field}", "detail": detail}
