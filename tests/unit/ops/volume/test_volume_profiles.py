"""SIPp's callers: shares, A-law, scenarios."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.volume.profiles import PROFILES, Profile, alaw, audio, scenario, shares


@given(st.integers(1, 5000))
def test_shares_add_up(calls: int) -> None:
    counts = shares(calls)
    assert sum(counts.values()) == calls
    assert all(count >= 0 for count in counts.values())


@pytest.mark.parametrize(
    ("sample", "coded"),
    [
        (0, 0xD5),
        (-1, 0x55),
        (8, 0xD5),
        (16, 0xD4),
        (-16, 0x55),
        (256, 0xC5),
        (1024, 0xE5),
        (32767, 0xAA),
        (-32768, 0x2A),
    ],
)
def test_alaw_is_g711(sample: int, coded: int) -> None:
    assert alaw(np.array([sample], dtype="<i2"))[0] == coded


def test_audio_lasts_longer_than_the_longest_call_and_carries_the_keys() -> None:
    keyed = Profile("keyed", 1.0, ((0.5, "0"),), (1.0, 2.0))
    quiet = Profile("keyed", 1.0, (), (1.0, 2.0))
    assert len(audio(keyed)) == len(audio(quiet)) == 3 * 8000
    changed = [
        index for index, (left, right) in enumerate(zip(audio(keyed), audio(quiet), strict=True)) if left != right
    ]
    assert 0.5 * 8000 <= changed[0] < 0.7 * 8000
    assert changed[-1] < 0.9 * 8000


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_scenarios_are_xml_that_plays_waits_and_ends(profile: Profile) -> None:
    root = ET.fromstring(scenario(profile, "/somewhere/a & b.al"))  # noqa: S314 - our own text
    played = root.find("nop/action/exec")
    assert played is not None
    assert played.get("rtp_stream") == "/somewhere/a & b.al,1,8"
    pause = root.find("pause")
    assert pause is not None
    assert pause.get("max") == str(int(profile.stays[1] * 1000))
    methods = [(sent.text or "").split()[0] for sent in root.findall("send")]
    assert methods == ["INVITE", "ACK", "BYE"]
