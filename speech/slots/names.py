"""How a caller is to be addressed: "免贵姓陈", "耳东陈", "叫我李阿姨". Recorded only, never used to find anybody."""

import re

_COMPOUND = "欧阳|司徒|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木"
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金"
    "邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴伍"
    "覃骆关焦欧甘祝区麦冼霍简柯阮纪梅盛童凌毕单季裴房游辛管祁岑成左涂柳舒耿"
)
# How surnames that sound alike are told apart; the description decides over a homophone of the recognizer.
_DESCRIBED = {
    "耳东": "陈", "草头": "黄", "弓长": "张", "立早": "章", "木子": "李", "双木": "林", "口天": "吴", "言午": "许",
    "古月": "胡", "双口": "吕", "三横": "王", "走肖": "赵", "人可": "何", "美女": "姜", "三点水": "江", "关耳": "郑",
    "十八子": "李", "木易": "杨",
}  # fmt: skip
_TITLES = "先生|女士|小姐|太太|阿姨|大姐|姐|大爷|大叔|叔叔|叔|伯伯|伯|奶奶|爷爷|师傅|老师|经理|老板|姨|哥"
_LEAD = "免贵|我叫|叫我|我是|我们家|本人|鄙人|我|小姓|是|叫|姓|就|老|小|呃|嗯|啊"
_DESCRIPTION = re.compile(f"({'|'.join(_DESCRIBED)})(?:的?([\u4e00-\u9fff])?)")
_SAID = re.compile(rf"^(?:{_LEAD})*({_COMPOUND}|[{_SURNAMES}])({_TITLES})?(?:的)?$")
_INSIDE = re.compile(rf"(?:免贵姓|我姓|姓)({_COMPOUND}|[{_SURNAMES}])({_TITLES})?")
_CALLED = re.compile(rf"叫我({_COMPOUND}|[{_SURNAMES}])({_TITLES})")


def read_name(text: str, *, inside: bool = False) -> dict[str, str]:
    """Return surname and name of compact `text`, {} when none is sure; inside: in a sentence about other things."""
    described = _DESCRIPTION.search(text)
    if described and (not inside or "姓" in text):
        surname = _DESCRIBED[described.group(1)]
        return {"surname": surname, "name": surname, "raw": text}
    match = (_INSIDE.search(text) or _CALLED.search(text)) if inside else (_SAID.match(text) or _INSIDE.search(text))
    if match is None:
        return {}
    return {"surname": match.group(1), "name": match.group(1) + (match.group(2) or ""), "raw": text}
