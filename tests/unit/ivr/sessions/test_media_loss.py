"""Losing speech in every way: the caller is asked again, by speech once more or by keys, never left in silence."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.contract.dialogue import Started
from ivr.dialplan.variables import RESUME_CONTEXT
from ivr.sessions.health import SpeechHealth
from tests.contract.fake_speech import DIE, FREEZE, GARBAGE, HANG_UP, LEAVE, SAID, STUCK, FakeSpeech, audiosocket_app
from tests.unit.ivr.sessions.fake_channel import FakeChannel
from tests.unit.ivr.sessions.rig import CONTACT, Rig, rig, until

SPOKEN = ("3", "12#", SAID)


def _channel(speech: FakeSpeech, acts: Sequence[str] = (), **variables: str) -> FakeChannel:
    channel = FakeChannel(acts, audiosocket=audiosocket_app, variables=variables)
    channel.hung_up = speech.caller_gone
    return channel


def _alive(health: SpeechHealth) -> bool:
    return health.alive


async def _shown_by_keys(ivr: Rig) -> bool:
    """Tell what pages and robots see of the call: whether it goes on by keys."""
    last = await ivr.services.live.wait(CONTACT, 0, 1.0)
    return last is not None and last["keys_only"] is True


async def test_a_repair_through_speech(tmp_path: Path) -> None:
    speech = FakeSpeech(SPOKEN)
    async with speech.running(tmp_path) as settings, rig(tmp_path, speech=settings) as ivr:
        channel = await ivr.call(_channel(speech))
        assert channel.variables["IVR_NEXT"] == "end"
        assert speech.spoken == ["greet.p.1", "menu.p.1", "code.p.1", "bye.p.1"]
        assert channel.played == []
        assert ivr.kinds().count("ticket_opened") == 1
        last = await ivr.services.live.wait(CONTACT, 0, 1.0)
        assert last is not None
        assert (last["listening"], last["slot"], last["keys_only"]) == ("over", "", False)


@pytest.mark.parametrize("loss", [LEAVE, GARBAGE])
@pytest.mark.parametrize("turn", range(3))
async def test_media_lost_at_any_turn_is_opened_once_more(tmp_path: Path, turn: int, loss: str) -> None:
    speech = FakeSpeech([*SPOKEN[:turn], loss, *SPOKEN[turn:]])
    async with speech.running(tmp_path) as settings, rig(tmp_path, speech=settings) as ivr:
        channel = await ivr.call(_channel(speech))
        assert speech.openings == 2
        assert channel.played == []  # speech was there again: no word by plain AGI
        assert channel.variables["IVR_NEXT"] == "end"
        assert ivr.kinds().count("ticket_opened") == 1
        assert ivr.kinds().count("handed_over") == 1


@pytest.mark.parametrize("turn", range(3))
async def test_media_lost_twice_goes_on_by_keys(tmp_path: Path, turn: int) -> None:
    speech = FakeSpeech([*SPOKEN[:turn], LEAVE, LEAVE])
    async with speech.running(tmp_path) as settings, rig(tmp_path, speech=settings) as ivr:
        channel = await ivr.call(_channel(speech, [act for act in SPOKEN[turn:] if act != SAID]))
        assert channel.variables["IVR_NEXT"] == "end"
        assert ivr.kinds().count("ticket_opened") == 1
        assert channel.played  # the rest by plain AGI
        assert await _shown_by_keys(ivr)


async def test_a_killed_speech_goes_on_by_keys(tmp_path: Path) -> None:
    speech = FakeSpeech(["3", DIE])
    async with speech.running(tmp_path, control_s=2.0) as settings, rig(tmp_path, speech=settings) as ivr:
        speech.refuse = ""
        channel = _channel(speech, ["12#"])
        call = asyncio.create_task(ivr.call(channel))
        await until(lambda: not speech.acts, "the kill")
        speech.deaf = True
        await call
        assert channel.variables["IVR_NEXT"] == "end"
        assert ivr.kinds().count("slot_filled") == 2
        assert await _shown_by_keys(ivr)


@pytest.mark.parametrize("refuse", ["busy", "bad-request"])
async def test_a_speech_that_refuses_is_keys_from_the_start(tmp_path: Path, refuse: str) -> None:
    speech = FakeSpeech(refuse=refuse)
    async with speech.running(tmp_path) as settings, rig(tmp_path, speech=settings) as ivr:
        channel = await ivr.call(_channel(speech, ["3", "12#"]))
        assert channel.variables["IVR_NEXT"] == "end"
        assert not any("AudioSocket" in command for command in channel.commands)
        (started,) = [item for item in ivr.journal.state.contacts[CONTACT].inputs if isinstance(item, Started)]
        assert started == replace(started, keys_only=True, busy=refuse == "busy")


async def test_a_deaf_speech_costs_one_second_and_is_keys(tmp_path: Path) -> None:
    speech = FakeSpeech(deaf=True)
    async with speech.running(tmp_path, control_s=1.0) as settings, rig(tmp_path, speech=settings) as ivr:
        channel = await ivr.call(_channel(speech, ["0"]))
        assert channel.variables["HL_QUEUE"] == "consult"


async def test_audio_that_does_not_arrive_is_keys(tmp_path: Path) -> None:
    async def nowhere(dialogue: str, address: str) -> int:
        return -1 if dialogue and address else 0

    speech = FakeSpeech()
    async with speech.running(tmp_path) as settings, rig(tmp_path, speech=settings) as ivr:
        channel = FakeChannel(["0"], audiosocket=nowhere)
        await ivr.call(channel)
        assert channel.variables["HL_QUEUE"] == "consult"


@pytest.mark.parametrize("turn", range(4))
async def test_a_hang_up_in_speech_is_no_loss(tmp_path: Path, turn: int) -> None:
    speech = FakeSpeech([*SPOKEN[:turn], HANG_UP])
    async with speech.running(tmp_path) as settings, rig(tmp_path, speech=settings) as ivr:
        channel = _channel(speech)
        await ivr.call(channel)
        assert speech.openings == 1
        assert "IVR_NEXT" not in channel.variables or turn == 3
        assert ivr.kinds().count("ticket_opened") == (1 if turn else 0)
        assert ivr.journal.state.contacts[CONTACT].over


async def test_a_frozen_speech_is_found_and_its_call_goes_on_by_keys(tmp_path: Path) -> None:
    speech = FakeSpeech(["3", FREEZE])
    async with speech.running(tmp_path, control_s=2.0) as settings, rig(tmp_path, speech=settings) as ivr:
        health = SpeechHealth(settings.socket, ivr.calls, ivr.pbx, interval_s=0.1)
        ivr.pbx.connected = True
        await health.check()
        assert _alive(health)
        first = _channel(speech)
        call = asyncio.create_task(first.call(ivr.port))
        await until(lambda: speech.frozen, "the freeze")
        await health.check()
        assert ivr.pbx.redirects == []
        await health.check()
        assert not _alive(health)
        assert ivr.pbx.redirects == [("PJSIP/carrier-00000001", f"{RESUME_CONTEXT},s,1")]
        await health.check()
        assert len(ivr.pbx.redirects) == 1  # once per session

        first.redirected.set()  # what Asterisk does on the Redirect: the AGI ends, the dialplan begins a second one
        await call
        await until(lambda: len(ivr.calls) == 0, "the end of the first session")
        shown = await ivr.services.live.wait(CONTACT, 0, 1.0)
        assert shown is not None
        assert shown["listening"] == "listen"  # the dialogue is not over
        speech.deaf = True
        second = await ivr.call(FakeChannel(["12#"], variables={"HL_ATTEMPT": "2"}))
        assert second.variables["IVR_NEXT"] == "end"
        kinds = ivr.kinds()
        assert kinds.count("contact_started") == 1
        assert kinds.count("matter_opened") == 1
        assert kinds.count("ticket_opened") == 1
        assert "callback_requested" not in kinds  # the end of the first AGI was no hang-up


async def test_a_stuck_channel_is_tried_again_until_asterisk_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.sessions.rescue._AGAIN_S", 0.05)
    speech = FakeSpeech(["3", STUCK])
    async with speech.running(tmp_path, leave_s=0.5) as settings, rig(tmp_path, speech=settings) as ivr:
        channel = _channel(speech)
        call = channel.start(ivr.port)
        await until(lambda: not speech.acts, "the loss")
        await until(lambda: len(ivr.calls) == 1, "the session waits")
        ivr.pbx.connected = True
        await until(lambda: ivr.pbx.redirects, "the redirect")
        channel.redirected.set()
        await call
        assert "IVR_NEXT" not in channel.variables
        assert not ivr.journal.state.contacts[CONTACT].over


async def test_health_sees_speech_come_and_go(tmp_path: Path) -> None:
    speech = FakeSpeech()
    async with rig(tmp_path) as ivr:
        health = SpeechHealth(tmp_path / "speech.sock", ivr.calls, ivr.pbx, interval_s=0.1)
        await health.check()
        assert not _alive(health)
        async with speech.running(tmp_path):
            await health.check()
            assert _alive(health)
            speech.deaf = True
            await health.check()
            assert _alive(health)  # one miss is no loss
            await health.check()
            assert not _alive(health)
            speech.deaf = False
            await health.check()
            assert _alive(health)
