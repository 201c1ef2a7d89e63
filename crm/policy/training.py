"""Courses of the training (二.二): four topics for users, seven more for dealers and contractors; pure data."""

from collections.abc import Mapping, Sequence

USER_TOPICS: Mapping[str, str] = {
    "u1": "介绍产品性能结构、操作",
    "u2": "产品说明书阅读、操作指导",
    "u3": "排除一般故障的知识和技能",
    "u4": "日常维护保养知识",
}
DEALER_TOPICS: Mapping[str, str] = {
    "d1": "产品基础知识介绍",
    "d2": "产品工作原理",
    "d3": "产品故障代码分析",
    "d4": "产品安装与调试",
    "d5": "产品控制流程",
    "d6": "产品零部件的具体性能要求",
    "d7": "工厂实操",
}
TOPICS: Mapping[str, str] = {**USER_TOPICS, **DEALER_TOPICS}
AUDIENCES: Mapping[str, str] = {"user": "用户（操作人员）", "dealer": "经销商、工程商（或工程商物业管理）"}


def topics_of(audience: str) -> Mapping[str, str]:
    """Return what an audience is taught; the dealers' courses are given in addition (额外提供)."""
    return TOPICS if audience == "dealer" else USER_TOPICS


def check_topics(audience: str, chosen: Sequence[str]) -> str:
    """Return "" when these topics may be taught to this audience, else what is wrong, in Chinese."""
    if audience not in AUDIENCES:
        return "请选培训对象：用户，或经销商、工程商"
    if not chosen:
        return "请至少选一项培训内容"
    unknown = [item for item in chosen if item not in TOPICS]
    if unknown:
        return f"没有这项培训内容：{unknown[0]}"
    refused = [TOPICS[item] for item in chosen if item not in topics_of(audience)]
    return f"专业课程只针对经销商、工程商：{refused[0]}" if refused else ""
