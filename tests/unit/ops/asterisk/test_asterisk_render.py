"""The rendered configuration is safe from the first day (design 11)."""

import re
import stat
from pathlib import Path

import pytest

from ivr.dialplan.conf import UnsafeValue
from ivr.dialplan.variables import ASTERISK_VARIABLES, CARRIER_VARIABLES
from ops import settings as settings_table
from ops.asterisk import AsteriskError, Instance, agent_secret, prepare, rx, version
from ops.asterisk.instance import AGENTS, argv, rendered
from ops.asterisk.modules import ALL_MODULES
from ops.layout import Layout, layout_for
from ops.settings import Settings

Sections = dict[tuple[str, str], dict[str, str]]


def sections(text: str) -> Sections:
    """Return (name, type) -> options; a section that inherits a template has the template's options too."""
    found: Sections = {}
    templates: dict[str, dict[str, str]] = {}
    options: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if match := re.fullmatch(r"\[([^\]]+)\](?:\(([^)]*)\))?", line):
            name, parent = match[1], match[2] or ""
            options = dict(templates.get(parent, {}))
            if parent == "!":
                templates[name] = options
            else:
                found[name, options.get("type", "")] = options
        elif (match := re.fullmatch(r"(\w+) = (.*)", line)) and not line.startswith(";"):
            options[match[1]] = match[2]
            if match[1] == "type" and (name, "") in found:
                found[name, match[2]] = found.pop((name, ""))
    return found


@pytest.fixture
def pbx(layout: Layout, settings: Settings) -> dict[str, str]:
    return rendered(layout, settings, Instance.PBX)


@pytest.fixture
def carrier(layout: Layout, settings: Settings) -> dict[str, str]:
    return rendered(layout, settings, Instance.CARRIER)


def test_no_anonymous_endpoint_and_no_identifier_that_would_take_one(
    pbx: dict[str, str], carrier: dict[str, str]
) -> None:
    endpoints = {name for name, kind in sections(pbx["pjsip.conf"]) if kind == "endpoint"}
    assert endpoints == {"carrier", *AGENTS}
    for files in (pbx, carrier):
        assert "[anonymous" not in files["pjsip.conf"]
        assert "anonymous" not in files["modules.conf"]
    assert sections(pbx["pjsip.conf"])["global", "global"]["endpoint_identifier_order"] == "username,ip"


def test_trunk_is_known_by_address_only_and_agents_by_password_only(pbx: dict[str, str], settings: Settings) -> None:
    found = sections(pbx["pjsip.conf"])
    trunk = found["carrier", "endpoint"]
    assert (trunk["identify_by"], trunk["context"], trunk["dtmf_mode"]) == ("ip", "hl-trunk", "auto")
    assert (trunk["deny"], trunk["permit"]) == ("0.0.0.0/0.0.0.0", "127.0.0.1/255.255.255.255")
    assert found["carrier", "identify"]["match"] == "127.0.0.1/255.255.255.255"
    assert found["allowed", "acl"]["deny"] == "0.0.0.0/0.0.0.0"
    passwords = set()
    for agent in AGENTS:
        endpoint = found[agent, "endpoint"]
        assert (endpoint["identify_by"], endpoint["context"]) == ("username", "hl-agents")
        assert (endpoint["auth"], endpoint["device_state_busy_at"]) == (f"auth-{agent}", "1")
        assert (endpoint["disallow"], endpoint["allow"], endpoint["dtmf_mode"]) == ("all", "alaw,ulaw", "rfc4733")
        assert found[f"auth-{agent}", "auth"]["password"] == agent_secret(settings.sip_secret, agent)
        passwords.add(found[f"auth-{agent}", "auth"]["password"])
    assert len(passwords) == len(AGENTS)
    assert int(trunk["rtp_timeout"]) > 0


def test_everything_binds_to_loopback(pbx: dict[str, str], carrier: dict[str, str]) -> None:
    for files in (pbx, carrier):
        text = "\n".join(files.values())
        bound = re.findall(r"^(?:bind|bindaddr|media_address) = (\S+)", text, re.MULTILINE)
        assert len(bound) >= 3
        assert {address.partition(":")[0] for address in bound} == {"127.0.0.1"}
        assert not re.search(r"= 0[.]0[.]0[.]0(?!/0[.]0[.]0[.]0)", text)
        assert "::" not in text


def test_ami_rights_are_the_few_that_ivr_needs(pbx: dict[str, str], settings: Settings) -> None:
    found = sections(pbx["manager.conf"])
    assert set(found) == {("general", ""), (settings.ami_user, "")}
    user = found[settings.ami_user, ""]
    assert set(user["write"].split(",")) == {"call", "agent", "originate", "reporting"}
    assert "system" in user["read"].split(",")
    assert not {"command", "config", "all", "dialplan"} & set(user["read"].split(",") + user["write"].split(","))
    assert user["secret"] == settings.ami_secret
    assert found["general", ""]["webenabled"] == "no"
    assert found["general", ""]["timestampevents"] == "yes"


def test_limits_and_logs_are_on(pbx: dict[str, str], settings: Settings) -> None:
    assert "live_dangerously = no" in pbx["asterisk.conf"]
    assert f"systemname = {settings.systemname}" in pbx["asterisk.conf"]
    found = re.search(r"maxcalls = (\d+)", pbx["asterisk.conf"])
    assert found
    assert int(found[1]) > settings.max_calls
    assert "queue_log = yes" in pbx["logger.conf"]
    assert not re.search(r"=> .*(notice|verbose|debug|dtmf|security|\*)", pbx["logger.conf"])
    assert "${CDR(linkedid)}" in pbx["cdr_custom.conf"]
    assert "[csv]" in pbx["cdr.conf"]
    assert f"rtpstart = {settings.rtp_start}\nrtpend = {settings.rtp_end}" in pbx["rtp.conf"]


def test_secrets_are_random_and_differ_between_two_homes(layout: Layout, settings: Settings, tmp_path: Path) -> None:
    other = layout_for(tmp_path / "w", {"HOTLINE_ASTERISK_TREE": str(layout.asterisk_tree)})
    other.home.mkdir()
    second = settings_table.ensure(other, 18500)
    here, there = (
        set(re.findall(r"(?:secret|password) = (\S+)", "".join(rendered(place, values, name).values())))
        for place, values in ((layout, settings), (other, second))
        for name in [Instance.PBX]
    )
    assert len(here) == 1 + len(AGENTS)
    assert not here & there
    assert all(len(secret) >= 32 for secret in here | there)


def test_only_listed_modules_are_loaded(pbx: dict[str, str], carrier: dict[str, str]) -> None:
    for files in (pbx, carrier):
        assert "autoload = no" in files["modules.conf"]
        assert set(re.findall(r"load = (\w+)\.so", files["modules.conf"])) <= ALL_MODULES
    assert "app_queue" not in carrier["modules.conf"]


def test_carriers_variables_are_on_the_list(carrier: dict[str, str]) -> None:
    text = carrier["extensions.conf"]
    named = set(re.findall(r"\$\{([A-Z_]+)\}", text)) | set(re.findall(r"Set\(([A-Z_]+)=", text))
    assert named == CARRIER_VARIABLES | ({"EXTEN"} & ASTERISK_VARIABLES)


def test_agents_on_the_carrier_have_the_hotlines_passwords(carrier: dict[str, str], settings: Settings) -> None:
    found = sections(carrier["pjsip.conf"])
    for agent in AGENTS:
        assert found[f"auth-{agent}", "auth"]["password"] == agent_secret(settings.sip_secret, agent)
        assert found[agent, "registration"]["contact_user"] == agent
    assert found["hotline", "endpoint"]["dtmf_mode"] == "rfc4733"
    assert found["hotline-inband", "endpoint"]["dtmf_mode"] == "inband"


@pytest.mark.parametrize("instance", list(Instance))
def test_prepare_writes_private_files_and_gives_the_command(
    layout: Layout, settings: Settings, instance: Instance
) -> None:
    for _ in range(2):  # again over what is there
        command = prepare(layout, settings, instance)
    base = layout.instance(instance)
    for path in (base / "etc").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert stat.S_IMODE(base.stat().st_mode) == 0o700
    assert command == argv(layout, instance, "-f")
    assert command[:2] == ("/usr/bin/env", "-i")
    assert command[-3:] == ("-C", f"{base}/etc/asterisk.conf", "-f")
    assert (base / "data/documentation").readlink() == layout.asterisk_tree / "usr/share/asterisk/documentation"
    assert (base / "data/moh/hold.wav").stat().st_size > 16000
    assert (base / "data/moh-waiting/tone.wav").stat().st_size == 44 + 2 * 12000
    assert (base / "data/sounds/en/beep.wav").stat().st_size > 1000
    assert not [name for name in (base / "etc").iterdir() if name.name.endswith(".new")]


def test_prepare_follows_a_moved_tree(layout: Layout, settings: Settings) -> None:
    link = layout.instance("pbx") / "data/documentation"
    prepare(layout, settings, "pbx")
    link.unlink()
    link.symlink_to("/nowhere")
    prepare(layout, settings, "pbx")
    assert link.readlink() == layout.asterisk_tree / "usr/share/asterisk/documentation"


@pytest.mark.parametrize("bad", ["a;b-secret", "line\nbreak", "#include x", "${SHELL(id)}", "[general]", ""])
def test_a_setting_that_would_change_a_line_is_refused(layout: Layout, settings: Settings, bad: str) -> None:
    hostile = settings.model_copy(update={"ami_secret": bad})
    with pytest.raises(ValueError, match="configuration cannot carry"):
        rendered(layout, hostile, Instance.PBX)


def test_a_home_with_a_blank_is_refused(layout: Layout, settings: Settings, tmp_path: Path) -> None:
    blank = layout_for(tmp_path / "my home", {"HOTLINE_ASTERISK_TREE": str(layout.asterisk_tree)})
    with pytest.raises(UnsafeValue):
        rendered(blank, settings, Instance.PBX)


def test_limits_of_the_settings_file_reach_queues_and_dialplan(layout: Layout, settings: Settings) -> None:
    values = {**settings_table.read(layout.env_file), "wrapup_s": "33", "queue_timeout_s": "44"}
    settings_table.write(layout.env_file, values)
    files = rendered(layout, settings, Instance.PBX)
    assert "wrapuptime = 33" in files["queues.conf"]
    assert "HL_WAIT=44" in files["extensions.conf"]
    assert "Queue(${HL_QUEUE},,,,${HL_WAIT}" in files["extensions.conf"]


def test_the_console_is_asked_through_the_trees_loader(layout: Layout) -> None:
    said = rx(layout, "pbx", "core show uptime").split()
    assert said[-4:] == ["-rx", "core", "show", "uptime"]
    assert said[0] == "--inhibit-cache"


def test_a_console_that_does_not_answer_is_an_error_with_a_name(layout: Layout) -> None:
    program = layout.asterisk_tree / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(AsteriskError, match="carrier"):
        rx(layout, "carrier", "core show uptime")
    with pytest.raises(AsteriskError):
        version(layout)


@pytest.mark.parametrize(
    ("said", "expected"), [("Asterisk 22.10.1+dfsg+~cs6", "22.10.1"), ("Asterisk 22.10.1~dfsg", "22.10.1"), ("", "")]
)
def test_version_is_the_number_alone(layout: Layout, said: str, expected: str) -> None:
    program = layout.asterisk_tree / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    assert version(layout) == expected
