"""Checks of the parts: Asterisk, PostgreSQL, Redis, speech, prompts; pure."""

from collections.abc import Iterator

from ops.doctor.findings import Check, Facts, Level, PartFacts

ASTERISK_WANTED = (22, 10)
UP_AGAIN = "运行 ./hotline up"


def stack_checks(facts: Facts) -> Iterator[Check]:
    """Yield the rows about the parts; what only a running stack can answer is ok and "not running" when it is down."""
    yield _parts(facts)
    yield _asterisk_version(facts)
    yield _modules(facts)
    yield _codecs(facts)
    yield _ami(facts)
    yield _server("postgresql", "PostgreSQL", "postgresql", facts.postgres, facts.up)
    yield _server("redis", "Redis", "redis-server", facts.redis, facts.up)
    yield _model(facts)
    yield _pack(facts)
    yield _prompt_files(facts)
    yield _recorded(facts)
    yield _facts_held(facts)


def _parts(facts: Facts) -> Check:
    title = "各部分"
    if not facts.up:
        return Check("parts", Level.OK, title, "没有运行")
    if facts.not_ready:
        names = "、".join(facts.not_ready)
        return Check("parts", Level.BAD, title, f"没有就绪:{names}", f"看日志:./hotline logs {facts.not_ready[0]}")
    return Check("parts", Level.OK, title, "都已就绪")


def parse_version(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version like "22.10.1~dfsg", () when there are none."""
    numbers: list[int] = []
    for piece in text.split("."):
        digits = piece[: len(piece) - len(piece.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != piece:
            break
    return tuple(numbers)


def _asterisk_version(facts: Facts) -> Check:
    title = "Asterisk 版本"
    version = facts.asterisk.version
    if not version:
        return Check("asterisk", Level.WARN, title, "还没有下载", f"{UP_AGAIN},它会自动取来")
    if parse_version(version) < ASTERISK_WANTED:
        return Check("asterisk", Level.BAD, title, f"{version},低于 22.10", "删掉状态文件夹里的 asterisk-tree,再 up")
    return Check("asterisk", Level.OK, title, version)


def _modules(facts: Facts) -> Check:
    return _nothing_missing("asterisk_modules", "Asterisk 模块", facts.asterisk.missing_modules)


def _codecs(facts: Facts) -> Check:
    return _nothing_missing("asterisk_codecs", "语音编码", facts.asterisk.missing_codecs)


def _nothing_missing(key: str, title: str, missing: tuple[str, ...] | None) -> Check:
    if missing is None:
        return Check(key, Level.OK, title, "没有运行,未检查")
    if missing:
        found = "缺 " + "、".join(missing)
        return Check(key, Level.BAD, title, found, "看日志 ./hotline logs pbx;删掉 asterisk-tree 后再 up 会重新取来")
    return Check(key, Level.OK, title, "齐全")


def _ami(facts: Facts) -> Check:
    title = "AMI 权限"
    asterisk = facts.asterisk
    if asterisk.ami_error is None:
        return Check("ami", Level.OK, title, "没有运行,未检查")
    if asterisk.ami_error:
        return Check("ami", Level.BAD, title, asterisk.ami_error, "./hotline down 再 up,会按 hotline.env 重写配置")
    if asterisk.denied:
        found = "没有权限:" + "、".join(asterisk.denied)
        return Check("ami", Level.BAD, title, found, "检查 asterisk-conf/pbx/manager.conf.j2 的 read 和 write 两行")
    return Check("ami", Level.OK, title, "登录和所需权限都有")


def _server(key: str, title: str, package: str, part: PartFacts, up: bool) -> Check:
    if part.own and not part.installed:
        return Check(key, Level.BAD, title, "没有安装", f"apt-get install {package}")
    if not up and part.own:
        return Check(key, Level.OK, title, "已安装,没有运行")
    if part.error:
        remedy = (
            f"看日志 ./hotline logs {'postgres' if key == 'postgresql' else key}" if part.own else "检查外部服务和地址"
        )
        return Check(key, Level.BAD, title, f"没有应答:{part.error}", remedy)
    return Check(key, Level.OK, title, part.version)


def _model(facts: Facts) -> Check:
    title = "语音识别模型"
    if facts.model_error:
        return Check(
            "model", Level.BAD, title, f"自检没有通过:{facts.model_error}", "检查 HOTLINE_MODEL_DIR 指向的模型"
        )
    return Check("model", Level.OK, title, "自检通过")


def _pack(facts: Facts) -> Check:
    title = "行政区划数据"
    if facts.pack_error and facts.up:
        return Check("pack", Level.BAD, title, f"不能用:{facts.pack_error}", f"{UP_AGAIN},会重新生成")
    if facts.pack_error:
        return Check("pack", Level.OK, title, "还没有,up 时自动生成")
    return Check("pack", Level.OK, title, "有")


def _prompt_files(facts: Facts) -> Check:
    title = "提示音文件"
    prompts = facts.prompts
    if prompts.not_made and not facts.up:
        return Check("prompts", Level.OK, title, f"还有 {prompts.not_made} 个要做,up 时自动生成")
    if prompts.not_made:
        found = f"{prompts.total} 个里缺 {prompts.not_made} 个"
        return Check("prompts", Level.BAD, title, found, f"{UP_AGAIN},会补做缺的")
    return Check("prompts", Level.OK, title, f"{prompts.total} 个都在")


def _recorded(facts: Facts) -> Check:
    title = "真人录音"
    prompts = facts.prompts
    if prompts.recorded < prompts.texts:
        found = f"{prompts.texts} 句提示里 {prompts.texts - prompts.recorded} 句还是合成音"
        remedy = "请人录音后放进 prompts/recorded/<名称>.wav(8 kHz 单声道),自动替换合成音"
        return Check("synthetic_prompts", Level.WARN, title, found, remedy)
    return Check("synthetic_prompts", Level.OK, title, f"{prompts.texts} 句都是真人录音")


def _facts_held(facts: Facts) -> Check:
    title = "来电资料"
    if facts.facts_held:
        why = ";".join(dict.fromkeys(facts.facts_refused))
        found = f"{facts.facts_held} 条没有进工单系统,留在导航的日志里({why})"
        return Check("facts", Level.BAD, title, found, "升级或修好 crm 后运行 ./hotline retry-facts")
    return Check("facts", Level.OK, title, "没有被退回的")
