"""Checks of the machine and the settings; pure."""

from collections.abc import Iterator
from datetime import timedelta

from ivr.contract.hours import warning_text
from ops.doctor.findings import Check, Facts, Level

GIB = 1 << 30
DISK_BAD = GIB
DISK_WARN = 10 * GIB
FAR_AHEAD = timedelta(days=3 * 365)  # nobody runs the same version so long


def machine_checks(facts: Facts) -> Iterator[Check]:
    """Yield the rows about machine and settings."""
    yield _user(facts)
    yield _settings(facts)
    yield _ports(facts)
    yield _clock(facts)
    yield _time_zone(facts)
    yield _disk(facts)
    yield _font(facts)
    yield _programs(facts)
    yield _pages(facts)
    yield _duty(facts)
    yield _calendar(facts)


def _user(facts: Facts) -> Check:
    title = "运行用户"
    if facts.as_root:
        return Check("user", Level.BAD, title, "正以 root 运行", "用 ./hotline 启动,它会换成普通用户 hotline")
    return Check("user", Level.OK, title, "普通用户")


def _settings(facts: Facts) -> Check:
    title = "设置文件 hotline.env"
    if facts.settings_mode is None:
        return Check("settings", Level.OK, title, "还没有:第一次 ./hotline up 时生成,口令随机")
    if facts.settings_error:
        return Check("settings", Level.BAD, title, facts.settings_error, "改正 hotline.env 里这几项,再 ./hotline up")
    if facts.settings_mode & 0o077:
        found = f"权限 {facts.settings_mode:03o},别的用户能读到口令"
        return Check("settings", Level.BAD, title, found, "chmod 600 hotline.env,并更换其中的口令")
    return Check("settings", Level.OK, title, "权限 600,取值都在范围内")


def _ports(facts: Facts) -> Check:
    title = "端口"
    if facts.up:
        return Check("ports", Level.OK, title, "由本系统占用")
    if facts.ports_taken:
        listed = "、".join(f"{port}({name})" for name, port in facts.ports_taken)
        remedy = "停掉占用的程序,或换一段端口:./hotline up --port-base N"
        return Check("ports", Level.BAD, title, f"被别的程序占用:{listed}", remedy)
    return Check("ports", Level.OK, title, "都空闲")


def _clock(facts: Facts) -> Check:
    title = "时钟"
    shown, remedy = f"{facts.now:%Y-%m-%d %H:%M:%S} UTC", "校准系统时间,例如装 systemd-timesyncd"
    if facts.now < facts.built:
        return Check("clock", Level.BAD, title, f"{shown},早于程序自身的日期", remedy)
    if facts.now > facts.built + FAR_AHEAD:
        return Check("clock", Level.WARN, title, f"{shown},比程序自身的日期晚三年以上", f"核对日期;快了就{remedy}")
    if facts.clock_synced is False:
        return Check("clock", Level.WARN, title, f"{shown},系统说没有与标准时间同步", remedy)
    return Check("clock", Level.OK, title, shown)


def _time_zone(facts: Facts) -> Check:
    title = "时区"
    if not facts.time_zone_known:
        return Check("time_zone", Level.BAD, title, f"没有 {facts.time_zone} 的时区数据", "apt-get install tzdata")
    return Check("time_zone", Level.OK, title, facts.time_zone)


def _disk(facts: Facts) -> Check:
    title = "磁盘"
    found = f"状态文件夹所在磁盘剩 {facts.free_bytes / GIB:.1f} GiB"
    if facts.free_bytes < DISK_BAD:
        return Check("disk", Level.BAD, title, found, "马上腾出空间:录音和数据库会写不进去")
    if facts.free_bytes < DISK_WARN:
        return Check("disk", Level.WARN, title, found, "腾出空间:每小时通话录音约 170 MB")
    return Check("disk", Level.OK, title, found)


def _font(facts: Facts) -> Check:
    title = "中文字体"
    if not facts.cjk_font:
        return Check(
            "font", Level.WARN, title, "没有找到中文字体,截图和打印会显示方块", "apt-get install fonts-noto-cjk"
        )
    return Check("font", Level.OK, title, "有")


def _programs(facts: Facts) -> Check:
    title = "语音工具"
    if facts.missing_programs:
        found = "缺 " + "、".join(facts.missing_programs)
        return Check("programs", Level.BAD, title, found, "apt-get install espeak-ng sox libsox-fmt-base")
    return Check("programs", Level.OK, title, "espeak-ng、sox 都在")


def _pages(facts: Facts) -> Check:
    title = "网页"
    if not facts.pages_built:
        return Check("pages", Level.BAD, title, "坐席页面还没有生成", "再运行一次 ./hotline,它会生成页面")
    return Check("pages", Level.OK, title, "已生成")


def _duty(facts: Facts) -> Check:
    title = "紧急值班电话"
    if not facts.duty_numbers:
        remedy = "在 hotline.env 里填 HOTLINE_DUTY_NUMBERS=号码1,号码2,然后 ./hotline down 再 up"
        return Check("duty_numbers", Level.BAD, title, "没有设置:燃气泄漏等紧急来电无人可转", remedy)
    return Check("duty_numbers", Level.OK, title, f"已设 {len(facts.duty_numbers)} 个")


def _calendar(facts: Facts) -> Check:
    title = "节假日数据"
    ends = facts.holidays_end
    if ends is None:
        return Check("calendar", Level.OK, title, "够用")
    remedy = "升级到带新一年数据的版本,或在 hotline.env 的 HOTLINE_HUMAN_HOURS 里补上放假和调休的日子,再加 until=日期"
    return Check("calendar", Level.BAD if ends.over else Level.WARN, title, warning_text(ends), remedy)
