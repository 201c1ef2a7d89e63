"""Doctor: each check from what was gathered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.contract.hours import EndOfData
from ops.doctor import report
from ops.doctor.findings import AsteriskFacts, Check, Facts, Level, PartFacts, PromptFacts
from ops.doctor.gather import READS, absent_modules, denied_rights, kernel_clock, synced, unread
from ops.doctor.machine import GIB
from ops.doctor.stack import parse_version

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GOOD = Facts(
    up=True,
    now=NOW,
    built=NOW - timedelta(days=1),
    clock_synced=True,
    time_zone="Asia/Shanghai",
    time_zone_known=True,
    settings_error="",
    settings_mode=0o600,
    as_root=False,
    ports_taken=(),
    free_bytes=50 * GIB,
    cjk_font=True,
    missing_programs=(),
    pages_built=True,
    duty_numbers=("13800138000",),
    holidays_end=None,
    model_error="",
    pack_error="",
    postgres=PartFacts(version="15.18"),
    redis=PartFacts(version="7.0.15"),
    asterisk=AsteriskFacts("22.10.1", (), (), "", ()),
    prompts=PromptFacts(total=10, not_made=0, texts=5, recorded=5),
)
DOWN = replace(GOOD, up=False, asterisk=AsteriskFacts("22.10.1"), postgres=PartFacts(error="down"))


def check(facts: Facts, key: str) -> Check:
    return next(row for row in report.evaluate(facts) if row.key == key)


@pytest.mark.parametrize("facts", [GOOD, DOWN], ids=["up", "down"])
def test_a_good_machine_is_all_ok(facts: Facts) -> None:
    checks = report.evaluate(facts)
    assert [row.key for row in checks if row.level is not Level.OK] == []
    assert report.healthy(checks)
    assert len({row.key for row in checks}) == len(checks) == 23


BAD = [
    ("facts", replace(GOOD, facts_held=3, facts_refused=("turn_ended: 422 malformed_fact",))),
    ("user", replace(GOOD, as_root=True)),
    ("settings", replace(GOOD, settings_mode=0o640)),
    ("settings", replace(GOOD, settings_error="HOTLINE_MAX_CALLS: too many")),
    ("ports", replace(DOWN, ports_taken=(("web_port", 17200),))),
    ("clock", replace(GOOD, now=NOW - timedelta(days=2))),
    ("time_zone", replace(GOOD, time_zone_known=False)),
    ("disk", replace(GOOD, free_bytes=GIB - 1)),
    ("programs", replace(GOOD, missing_programs=("sox",))),
    ("pages", replace(GOOD, pages_built=False)),
    ("duty_numbers", replace(GOOD, duty_numbers=())),
    ("calendar", replace(GOOD, holidays_end=EndOfData(NOW.date(), over=True))),
    ("parts", replace(GOOD, not_ready=("ivr",))),
    ("asterisk", replace(GOOD, asterisk=AsteriskFacts("22.9.9"))),
    ("asterisk_modules", replace(GOOD, asterisk=AsteriskFacts("22.10.1", ("app_queue",), (), "", ()))),
    ("asterisk_codecs", replace(GOOD, asterisk=AsteriskFacts("22.10.1", (), ("codec_alaw",), "", ()))),
    ("ami", replace(GOOD, asterisk=AsteriskFacts("22.10.1", (), (), "refused", ()))),
    ("ami", replace(GOOD, asterisk=AsteriskFacts("22.10.1", (), (), "", ("Originate",)))),
    ("postgresql", replace(GOOD, postgres=PartFacts(error="OperationalError"))),
    ("postgresql", replace(DOWN, postgres=PartFacts(installed=False))),
    ("postgresql", replace(DOWN, postgres=PartFacts(own=False, error="OperationalError"))),
    ("redis", replace(GOOD, redis=PartFacts(installed=False))),
    ("model", replace(GOOD, model_error="rate 16000")),
    ("pack", replace(GOOD, pack_error="no pack")),
    ("prompts", replace(GOOD, prompts=PromptFacts(10, 1, 5, 5))),
]


@pytest.mark.parametrize(("key", "facts"), BAD, ids=[f"{key}-{index}" for index, (key, _) in enumerate(BAD)])
def test_what_is_bad_says_what_to_do(key: str, facts: Facts) -> None:
    row = check(facts, key)
    assert row.level is Level.BAD
    assert row.found
    assert row.remedy
    assert not report.healthy(report.evaluate(facts))


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("clock", replace(GOOD, clock_synced=False)),
        ("clock", replace(GOOD, now=NOW + timedelta(days=4 * 365))),
        ("disk", replace(GOOD, free_bytes=9 * GIB)),
        ("calendar", replace(GOOD, holidays_end=EndOfData(NOW.date(), over=False))),
        ("font", replace(GOOD, cjk_font=False)),
        ("asterisk", replace(DOWN, asterisk=AsteriskFacts())),
        ("synthetic_prompts", replace(GOOD, prompts=PromptFacts(10, 0, 5, 0))),
    ],
)
def test_a_warning_leaves_the_doctor_content(key: str, facts: Facts) -> None:
    row = check(facts, key)
    assert row.level is Level.WARN
    assert row.remedy
    assert report.healthy(report.evaluate(facts))


def test_ports_in_use_by_the_running_stack_are_fine() -> None:
    assert check(replace(GOOD, ports_taken=(("web_port", 1),)), "ports").level is Level.OK


def test_prompts_not_yet_made_are_fine_before_the_first_start() -> None:
    facts = replace(DOWN, prompts=PromptFacts(10, 10, 5, 5), settings_mode=None)
    assert check(facts, "prompts").level is Level.OK
    assert check(replace(facts, pack_error="no pack"), "pack").level is Level.OK
    assert check(facts, "settings").level is Level.OK


def test_the_duty_numbers_themselves_are_not_shown() -> None:
    assert "13800138000" not in str(report.to_json(report.evaluate(GOOD)))


def test_json_names_every_check() -> None:
    shown = report.to_json(report.evaluate(replace(GOOD, duty_numbers=())))
    assert shown["ok"] is False
    assert {"key", "level", "title", "found", "remedy"} == set(shown["checks"][0])
    assert report.table(report.evaluate(GOOD)).row_count == 23


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("22.10.1", (22, 10, 1)), ("22.10.1~dfsg+~cs6", (22, 10, 1)), ("22.9", (22, 9)), ("GIT-master", ()), ("", ())],
)
def test_versions(text: str, numbers: tuple[int, ...]) -> None:
    assert parse_version(text) == numbers


def test_modules_that_do_not_run_are_absent() -> None:
    listing = """Module                         Description              Use Count  Status      Support Level
app_queue.so                   True Call Queueing       0          Running              core
app_dial.so                    Dialing Application      0          Not Running          core
"""
    assert absent_modules(listing, ("app_queue", "app_dial", "codec_alaw")) == ("app_dial", "codec_alaw")


def test_a_kernel_that_does_not_tell_is_no_fault_of_the_clock() -> None:
    assert check(replace(GOOD, clock_synced=None), "clock").level is Level.OK


@pytest.mark.parametrize(("state", "told"), [(0, True), (1, True), (5, False), (-1, None)])
def test_what_the_kernel_says_of_its_clock(state: int, told: bool | None) -> None:
    assert synced(state) is told


def test_the_kernel_is_asked_and_its_clock_left_alone() -> None:
    assert kernel_clock() in range(-1, 6)


def test_events_that_may_not_be_read_are_missing_rights() -> None:
    listing = """
            username: hotline
              secret: <Set>
           read perm: system,user
          write perm: call,agent,originate,reporting
"""
    assert unread(listing) == ("read call", "read agent")
    assert unread(listing.replace("system,user", "system,call,agent,user")) == ()
    assert unread(listing.replace("system,user", "all")) == ()
    assert unread("There is no manager called hotline\n") == tuple(f"read {name}" for name in READS)


def test_only_a_refusal_counts_as_a_missing_right() -> None:
    replies = {
        "Originate": {"Response": "Error", "Message": "Channel not specified"},
        "Redirect": {"Response": "Error", "Message": "Permission denied"},
    }
    assert denied_rights(replies) == ("Redirect",)
