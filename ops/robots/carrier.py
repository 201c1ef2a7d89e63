"""The carrier's Asterisk as robots use it: place calls, press keys, hang up, learn of ringing phones."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid4

DIGIT_GAP_S = 0.25  # RFC 4733 digits of 100 ms with a pause a person would make


class AMI(Protocol):
    """The part of the AMI adapter that robots need."""

    async def action(self, name: str, fields: Mapping[str, str], timeout_s: float = 5.0) -> list[dict[str, str]]:
        """Send an action; raises when it is refused or there is no connection."""


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A call that rings or has been answered; channel is the carrier's channel id, uuid that of its AudioSocket."""

    uuid: UUID
    channel: str


class Carrier:
    """Places calls from the carrier into the hotline."""

    def __init__(self, ami: AMI, robot_port: int) -> None:
        self._ami = ami
        self._robot_port = robot_port

    async def call(self, to: str, caller: str, expect: Callable[[UUID], object], *, inband: bool = False) -> PlacedCall:
        """Ring `to` with caller id `caller` ("anonymous" allowed); `expect` hears the uuid before the call goes out.

        inband: over a line that knows no RFC 4733, so keys are tones in the audio.
        """
        uuid = uuid4()
        expect(uuid)
        channel = f"robot-{uuid.hex}"
        shown = '"Anonymous" <anonymous>' if caller == "anonymous" else f"<{caller}>"
        await self._ami.action(
            "Originate",
            {
                "Channel": f"PJSIP/{to}@{'hotline-inband' if inband else 'hotline'}",
                "Application": "AudioSocket",
                "Data": f"{uuid},127.0.0.1:{self._robot_port}",
                "CallerID": shown,
                "ChannelId": channel,
                "Timeout": "30000",
                "Async": "true",
            },
        )
        return PlacedCall(uuid, channel)

    async def press(self, call: PlacedCall, digits: str) -> None:
        """Press keys (RFC 4733 on the wire), one after the other."""
        for digit in digits:
            await self._ami.action(
                "PlayDTMF", {"Channel": call.channel, "Digit": digit, "Duration": "120", "Async": "true"}
            )
            await asyncio.sleep(DIGIT_GAP_S)

    async def ring(self, number: str, seconds: float) -> None:
        """Let a robot's phone ring so long before it answers, from now on."""
        await self._ami.action("Setvar", {"Variable": f"ROBOT_RING_{number}", "Value": f"{seconds:g}"})

    async def hang_up(self, call: PlacedCall) -> None:
        """End the call from the carrier's side."""
        await self._ami.action("Hangup", {"Channel": call.channel})
