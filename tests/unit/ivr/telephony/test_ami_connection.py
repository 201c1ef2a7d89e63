"""The connection of the AMI client: foreign, frozen and restarted managers, senseless messages, order and overflow."""

import asyncio
from contextlib import aclosing

import pytest
from structlog.testing import capture_logs

from ivr.telephony.ami import AMIClient, AMISettings, AMITimings
from ivr.telephony.errors import AMITimeout
from tests.unit.ivr.telephony.fake_ami import FAST, Action, FakeAMI, Linked, block, linked, success
from tests.unit.speech.waiting import until

EVENT = block("Event: UserEvent", "UserEvent: HLContact", "Caller: 浙江省杭州市").encode()


async def test_chinese_split_at_every_byte() -> None:
    """Bare panoramisk decodes each segment alone and drops the halves of a character."""
    async with linked(AMITimings(drain_s=0.05)) as pair:  # no ping's answer between the halves
        for at in range(1, len(EVENT)):
            await pair.fake.send_split(EVENT, at)
        for _ in range(1, len(EVENT)):
            assert (await pair.next_event("UserEvent"))["Caller"] == "浙江省杭州市"


async def test_half_open_connection_is_found_and_replaced() -> None:
    """Bare panoramisk sends pings nobody waits for and stays 'connected'."""
    async with linked() as pair:
        pair.connected.clear()
        pair.fake.silent = True
        hung = asyncio.create_task(pair.client.action("Hangup", {"Channel": "x"}, timeout_s=30))
        with pytest.raises(AMITimeout):
            await hung
        pair.fake.silent = False
        await pair.connected.wait()
        assert pair.client.status().connections == 2


def test_default_timings_find_a_dead_connection_in_15_seconds() -> None:
    timings = AMITimings()
    assert timings.ping_interval_s + timings.ping_misses * timings.ping_timeout_s < 15


@pytest.mark.parametrize(
    "bad",
    [
        block("Event: A", "Event: B"),
        block("Event: X", "ActionID: 1", "ActionID: 2"),
        block("Response: Success"),
        block("no colon"),
        block(""),
        block("Event:"),
    ],
)
async def test_malformed_message_does_not_close_the_connection(bad: str) -> None:
    """Bare panoramisk: an exception in data_received ends the connection (two ActionIDs: unhashable list)."""
    async with linked() as pair:
        pair.fake.send(bad + block("Event: After"))
        await pair.next_event("After")
        assert pair.client.status().connections == 1


async def test_a_message_that_makes_no_sense_is_told_with_its_ids_and_the_others_go_on() -> None:
    def twice(action: Action) -> str:
        return success(action, "EventList: start", "EventList: start", "Uniqueid: u.1")

    async with linked() as pair:
        pair.fake.responders["QueueStatus"] = twice
        with capture_logs() as logs:
            with pytest.raises(AMITimeout):
                await pair.client.action("QueueStatus", timeout_s=0.3)
            pair.fake.send(block("Event: Hold", "Event: Unhold", "Uniqueid: u.2", "CallerIDNum: 13800138000"))
            pair.fake.send(block("Event: After"))
            await pair.next_event("After")
        await pair.client.action("Ping")
        status = pair.client.status()
        asked = next(action["ActionID"] for action in pair.fake.actions if action["Action"] == "QueueStatus")
        peer = f"127.0.0.1:{pair.fake.port}"
    dropped = [line for line in logs if line["event"] == "ami_message_dropped"]
    told = [(line["peer"], line["kind"], line["call"], line["action"]) for line in dropped]
    assert told == [(peer, "Success", "u.1", asked), (peer, "['Hold', 'Unhold']", "u.2", "")]
    assert "13800138000" not in str(logs)
    assert (status.malformed, status.connections) == (2, 1)


@pytest.mark.parametrize(
    "banner",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        b"\x00\xff\xfe" * 100,
        b"\r\n" * 1000,
        b"Asterisk Call Centre\r\n",
        b"x" * 3_000_000,
    ],
)
async def test_a_peer_that_is_no_manager_is_left_at_once_and_told(banner: bytes) -> None:
    async with FakeAMI() as fake, asyncio.timeout(20):
        fake.banner, right = banner, fake.banner
        pair = Linked(fake, AMITimings(backoff_first_s=0.02, backoff_max_s=0.05), 10)
        with capture_logs() as logs:
            async with pair.client:
                await until(lambda: pair.client.status().failures >= 2)
                assert not pair.client.connected
                fake.banner = right
                await pair.connected.wait()
                await pair.client.action("Ping")
        peer = f"127.0.0.1:{fake.port}"
    told = [(line["event"], line["peer"]) for line in logs if line["log_level"] == "error"]
    assert told[:4] == [("ami_foreign_peer", peer), ("ami_disconnected", peer)] * 2


@pytest.mark.parametrize("banner", [b"", b"Asterisk Call"])
async def test_a_peer_that_does_not_go_on_speaking_is_left_after_the_log_ins_time(banner: bytes) -> None:
    async with FakeAMI() as fake, asyncio.timeout(20):
        fake.banner, right, fake.silent = banner, fake.banner, True
        pair = Linked(fake, AMITimings(login_s=0.1, backoff_first_s=0.02, backoff_max_s=0.05), 10)
        with capture_logs() as logs:
            async with pair.client:
                await until(lambda: pair.client.status().failures >= 1)
                fake.banner, fake.silent = right, False
                await pair.connected.wait()
        told = [(line["event"], line["reason"], line["peer"]) for line in logs if line["log_level"] == "error"]
    assert told[0] == ("ami_disconnected", "AMITimeout", f"127.0.0.1:{fake.port}")


async def test_a_banner_in_two_parts_is_a_banner() -> None:
    async with FakeAMI() as fake, asyncio.timeout(20):
        fake.banner, rest, fake.silent = fake.banner[:5], fake.banner[5:], True
        pair = Linked(fake, FAST, 10)
        async with pair.client:
            await fake.wait_for("Login")
            fake.silent = False
            fake.send(rest)
            fake.send(success(fake.actions[0]))
            await pair.connected.wait()
            assert pair.client.status().failures == 0


async def test_undecodable_bytes_do_not_close_the_connection() -> None:
    async with linked() as pair:
        pair.fake.send(b"Event: Bad\r\nX: \xff\xfe\r\n\r\n")
        assert (await pair.next_event("Bad"))["X"] == "\ufffd\ufffd"


async def test_message_without_end_is_cut_off() -> None:
    async with linked() as pair:
        pair.connected.clear()
        pair.fake.send(b"Event: Endless\r\n" + b"x: y\r\n" * 300_000)
        await pair.connected.wait()
        assert pair.client.status().connections == 2


async def test_refused_login_is_reported_and_tried_again() -> None:
    """Bare panoramisk neither reports a failed login nor reconnects."""
    async with FakeAMI() as fake, asyncio.timeout(60):
        fake.refuse_login = True
        pair = Linked(fake, FAST, 10)
        async with pair.client:
            await fake.wait_for("Login", 60)
            status = pair.client.status()
            assert status.login_refused
            assert not status.connected
            assert "Authentication failed" in status.last_error
            fake.refuse_login = False
            await pair.connected.wait()
            assert not pair.client.status().login_refused


async def test_asterisk_away_at_start_and_back_later_with_growing_jittered_delays() -> None:
    delays: list[float] = []
    fake = FakeAMI()
    await fake.start()
    await fake.stop()
    connected = asyncio.Event()

    async def on_connected() -> None:
        connected.set()

    async def sleep(seconds: float) -> None:
        delays.append(seconds)
        if len(delays) == 8:
            await fake.start()

    client = AMIClient(
        AMISettings("127.0.0.1", fake.port, "ivr", "s"), on_connected=on_connected, sleep=sleep, jitter=lambda: 1.0
    )
    async with asyncio.timeout(60), client:
        await connected.wait()
    assert delays == [1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0]
    await fake.stop()


async def test_5000_events_keep_their_order() -> None:
    """Bare panoramisk starts one task per event for coroutine callbacks, in any order."""
    async with linked() as pair:
        for batch in range(50):
            pair.fake.send(
                "".join(block("Event: N", f"Uniqueid: u{n % 7}", f"N: {batch * 100 + n}") for n in range(100))
            )
        numbers = []
        async with aclosing(pair.client.events()) as events:
            async for event in events:
                if event["Event"] == "N":
                    numbers.append(int(event["N"]))
                if len(numbers) == 5000:
                    break
        assert numbers == list(range(5000))


async def test_full_queue_drops_and_asks_for_a_snapshot() -> None:
    async with linked(queue_size=5) as pair:
        pair.connected.clear()
        pair.fake.send("".join(block("Event: N", f"N: {n}") for n in range(50)))
        await pair.connected.wait()
        status = pair.client.status()
        assert status.dropped > 0
        assert status.connections == 1
        assert pair.connects == 2
