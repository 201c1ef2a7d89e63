"""What SIPp's callers do: scenarios as XML and the audio they send, made from a few profiles."""

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

import numpy as np

from ops.robots.tones import RATE, tones

_PAYLOAD_PCMA = 8


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of caller. keys: (seconds after answer, key); stays: shortest and longest call in seconds."""

    name: str
    share: float
    keys: tuple[tuple[float, str], ...]
    stays: tuple[float, float]


PROFILES = (
    Profile("listens and hangs up", 0.4, (), (2.0, 25.0)),
    Profile("asks for a person and waits", 0.35, ((6.0, "0"),), (15.0, 45.0)),
    Profile("begins a report by keys and hangs up", 0.25, ((6.0, "3"), (16.0, "1"), (26.0, "2")), (12.0, 45.0)),
)


def shares(calls: int, profiles: tuple[Profile, ...] = PROFILES) -> dict[str, int]:
    """Return how many calls each profile makes; they add up to `calls`, the first takes what rounding leaves."""
    counts = {profile.name: int(calls * profile.share) for profile in profiles}
    counts[profiles[0].name] += calls - sum(counts.values())
    return counts


def audio(profile: Profile) -> bytes:
    """Return A-law 8 kHz samples of the whole call: faint line noise with the keys as tones where they are pressed."""
    noise = np.random.default_rng(len(profile.name)).normal(0, 12, int(RATE * (profile.stays[1] + 1)))
    line = noise.astype("<i2")
    for at_s, key in profile.keys:
        tone = np.frombuffer(tones(key), dtype="<i2")
        start = int(at_s * RATE)
        line[start : start + tone.size] += tone
    return alaw(line)


def alaw(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> bytes:
    """Return s16 samples as G.711 A-law bytes (ITU-T G.711, even bits inverted)."""
    value = samples.astype(np.int32) >> 3
    negative = value < 0
    magnitude = np.where(negative, -value - 1, value)
    exponent = np.clip(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0, 7)
    mantissa = np.where(exponent == 0, magnitude >> 1, magnitude >> np.maximum(exponent, 1)) & 0x0F
    coded = (exponent << 4) | mantissa
    return bytes((np.where(negative, coded, coded | 0x80) ^ 0x55).astype(np.uint8))


def scenario(profile: Profile, audio_file: str) -> str:
    """Return SIPp's scenario: ring, send the audio, stay a while, hang up; `[field0]` is the caller's number."""
    play = quoteattr(f"{audio_file},1,{_PAYLOAD_PCMA}")
    shortest, longest = (int(seconds * 1000) for seconds in profile.stays)
    return _SCENARIO.format(name=quoteattr(profile.name), play=play, shortest=shortest, longest=longest)


_HEAD = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>{tag}
Call-ID: [call_id]
CSeq: {sequence}
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70"""

_SCENARIO = (
    """<?xml version="1.0" encoding="UTF-8"?>
<scenario name={name}>
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
"""
    + _HEAD.format(tag="", sequence="1 INVITE")
    + """
Content-Type: application/sdp
Content-Length: [len]

v=0
o=caller 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200" rtd="true" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
[routes]
"""
    + _HEAD.format(tag="[peer_tag_param]", sequence="1 ACK")
    + """
Content-Length: 0

]]></send>
<nop><action><exec rtp_stream={play}/></action></nop>
<pause distribution="uniform" min="{shortest}" max="{longest}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
[routes]
"""
    + _HEAD.format(tag="[peer_tag_param]", sequence="2 BYE")
    + """
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
"""
)
