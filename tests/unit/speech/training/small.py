"""A small world for tests of the training: a few places, a few phrases."""

import functools

from speech.training.places import Gazetteer, build_places
from speech.training.sentences import Talk

_TREE = [
    {"code": "11", "name": "北京市", "children": [{"code": "1101", "name": "市辖区", "children": [
        {"code": "110101", "name": "东城区"}]}]},
    {"code": "44", "name": "广东省", "children": [{"code": "4406", "name": "佛山市", "children": [
        {"code": "440606", "name": "顺德区", "children": [
            {"code": "440606003", "name": "容桂街道办事处"}, {"code": "440606103", "name": "北滘镇"}]},
        {"code": "440605", "name": "南海区", "children": [{"code": "440605124", "name": "狮山镇"}]}]}]},
]  # fmt: skip
_VILLAGES = [
    ("440606003", "华口社区居民委员会"), ("440606003", "马冈村委会"), ("440606103", "碧江社区居委会"),
    ("440605124", "罗村社区居民委员会"),
]  # fmt: skip
PHRASES = ["我要报修", "师傅咋还没来", "打12315", "喂?喂?", "显示E一,啥意思"]
SAYINGS = ["帮我瞅瞅呗,E零三", "它瞅着怪", "咋瞅着悬", "火瞅着愁人", "我瞅着别扭", "灯瞅着吓人", "瞅着不中"]


@functools.cache
def small_places() -> Gazetteer:
    places = build_places(_TREE, _VILLAGES)
    places.aliases["440606"] = ["顺德市"]
    return places


@functools.cache
def small_talk() -> Talk:
    return Talk(small_places(), PHRASES, sayings=SAYINGS)
