"""The AMI client against a manager on a real socket; each test names the defect of bare panoramisk it contains."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from structlog.testing import capture_logs

from ivr.telephony.ami import AMIClient, AMISettings, AMITimings, RawEvent
from ivr.telephony.errors import AMINotConnected, AMIRefused, AMITimeout, UnsafeText
from tests.unit.ivr.telephony.fake_ami import Action, FakeAMI, block, success
from tests.unit.speech.waiting import until

FAST = AMITimings(ping_interval_s=0.05, ping_timeout_s=0.1, backoff_first_s=0.02, backoff_max_s=0.05, drain_s=0.05)


class Linked:
    """A client with a fake behind it; `connected` is set by on_connected."""

    def __init__(self, fake: FakeAMI, timings: AMITimings, queue_size: int) -> None:
        self.fake = fake
        self.connects = 0
        self.connected = asyncio.Event()
        settings = AMISettings("127.0.0.1", fake.port, "ivr", "s3cret", queue_size=queue_size)
        self.client = AMIClient(settings, on_connected=self._on_connected, timings=timings)

    async def _on_connected(self) -> None:
        self.connects += 1
        self.connected.set()

    async def next_event(self, name: str) -> RawEvent:
        """Return the next event of that name."""
        async with aclosing(self.client.events()) as events:
            async for event in events:
                if event["Event"] == name:
                    return event
        raise AssertionError("events ended")


@asynccontextmanager
async def linked(timings: AMITimings = FAST, queue_size: int = 50_000) -> AsyncIterator[Linked]:
    async with FakeAMI() as fake, asyncio.timeout(20):
        pair = Linked(fake, timings, queue_size)
        async with pair.client:
            await pair.connected.wait()
            yield pair


async def test_login_action_and_answer() -> None:
    async with linked() as pair:
        assert pair.client.connected
        assert [part["Response"] for part in await pair.client.action("Hangup", {"Channel": "x"})] == ["Success"]
        assert pair.fake.names() == ["Login", "Hangup"]
        assert pair.client.status().last_error == ""


async def test_list_action_gives_every_part() -> None:
    def answer(action: Action) -> str:
        parts = [success(action, "EventList: start", "Message: Queue status will follow")]
        parts += [block("Event: QueueParams", f"ActionID: {action['ActionID']}", f"Queue: q{n}") for n in range(3)]
        parts.append(block("Event: QueueStatusComplete", f"ActionID: {action['ActionID']}", "EventList: Complete"))
        return "".join(parts)

    async with linked() as pair:
        pair.fake.responders["QueueStatus"] = answer
        parts = await pair.client.action("QueueStatus")
    assert [part.get("Queue") for part in parts] == [None, "q0", "q1", "q2", None]
    assert parts[-1]["EventList"] == "Complete"


async def test_queue_add_is_answered_by_one_message() -> None:
    """Bare panoramisk waits for ever for a second part of 'Added interface to queue'."""
    async with linked() as pair:
        pair.fake.responders["QueueAdd"] = lambda action: success(action, "Message: Added interface to queue")
        parts = await pair.client.action("QueueAdd", {"Queue": "repair", "Interface": "PJSIP/1001"}, timeout_s=60)
    assert len(parts) == 1


async def test_successfully_queued_without_async_does_not_close_the_connection() -> None:
    """Bare panoramisk: KeyError in data_received, the connection is closed and everything pending hangs."""
    async with linked() as pair:
        pair.fake.responders["PlayDTMF"] = lambda action: success(action, "Message: DTMF successfully queued")
        await pair.client.action("PlayDTMF", {"Channel": "PJSIP/x", "Digit": "1"}, timeout_s=60)
        await pair.client.action("Ping", timeout_s=60)
        assert pair.client.status().connections == 1


async def test_refused_action() -> None:
    async with linked() as pair:
        pair.fake.responders["Hangup"] = lambda action: block(
            "Response: Error", f"ActionID: {action['ActionID']}", "Message: No such channel"
        )
        with pytest.raises(AMIRefused, match="No such channel"):
            await pair.client.action("Hangup", {"Channel": "x"})


async def test_action_without_a_connection_is_a_clear_error() -> None:
    """Bare panoramisk: AttributeError on None."""
    client = AMIClient(AMISettings("127.0.0.1", 1, "ivr", "s"))
    with pytest.raises(AMINotConnected):
        await client.action("Ping")
    assert not client.connected


async def test_unanswered_action_times_out_and_is_forgotten() -> None:
    async with linked() as pair:
        pair.fake.responders["Hangup"] = lambda _action: None
        with pytest.raises(AMITimeout):
            await pair.client.action("Hangup", {"Channel": "x"}, timeout_s=0.05)
        await pair.client.action("QueuePause", timeout_s=60)
        assert pair.fake.names() == ["Login", "Hangup", "QueuePause"]


FIELDS = ["Channel", "Context", "Exten", "Priority", "CallerID", "Variable", "Account", "Application", "Data", "Codecs"]
EVIL = ["x\r\nAction: Command\r\nCommand: core stop now", "x\nAction: Command", "x\0y", "x\ry"]


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("name", FIELDS)
async def test_line_ends_in_any_field_are_refused(name: str, evil: str) -> None:
    """Bare panoramisk joins values unescaped: a caller's name runs commands."""
    async with linked() as pair:
        bad: list[dict[str, str | list[str]]] = [{name: evil}, {name: ["fine", evil]}, {f"{name}{evil}": "v"}]
        for fields in bad:
            with pytest.raises(UnsafeText):
                await pair.client.action("Originate", fields)
        with pytest.raises(UnsafeText):
            await pair.client.action(evil)
        await pair.client.action("CoreStatus")
        assert pair.fake.names() == ["Login", "CoreStatus"]
        assert b"Command" not in pair.fake.raw


async def test_lines_asterisk_would_discard_are_refused() -> None:
    async with linked() as pair:
        bad: list[dict[str, str | list[str]]] = [
            {"Data": "x" * 1000},
            {"Data": "汉" * 400},
            {"Variable": ["x"] * 200},
            {"ActionID": "mine"},
        ]
        for fields in bad:
            with pytest.raises(UnsafeText):
                await pair.client.action("Originate", fields)


async def test_repeated_field() -> None:
    async with linked() as pair:
        await pair.client.action("Originate", {"Channel": "x", "Variable": ["A=1", "B=2"]})
    assert b"Variable: A=1\r\nVariable: B=2\r\n" in pair.fake.raw


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


async def test_originate_is_never_sent_twice() -> None:
    """Bare panoramisk re-sends unanswered actions after FullyBooted: a call nobody wants any more."""
    async with linked() as pair:
        pair.fake.responders["Originate"] = lambda _action: None
        pair.connected.clear()
        waiting = asyncio.create_task(pair.client.action("Originate", {"Channel": "x"}, timeout_s=30))
        await pair.fake.wait_for("Originate")
        pair.fake.drop()
        with pytest.raises(AMITimeout):
            await waiting
        await pair.connected.wait()
        await pair.client.action("Ping")
        pair.fake.send(block("Event: FullyBooted", "Status: Fully Booted"))
        await pair.next_event("FullyBooted")
        await pair.next_event("FullyBooted")
        await pair.client.action("Ping")
        assert list(pair.fake.names()).count("Originate") == 1


async def test_event_of_a_pending_action_is_still_delivered() -> None:
    """Bare panoramisk gives OriginateResponse to the action only."""

    def answer(action: Action) -> str:
        response = block("Event: OriginateResponse", f"ActionID: {action['ActionID']}", "Response: Failure")
        assert action["Async"] == "true"
        return success(action, "Message: Originate successfully queued") + response

    async with linked() as pair:
        pair.fake.responders["Originate"] = answer
        parts = await pair.client.action("Originate", {"Channel": "x"})
        event = await pair.next_event("OriginateResponse")
    assert len(parts) == 1
    assert event["ActionID"] == parts[0]["ActionID"]


async def test_event_before_the_answer_is_not_the_answer() -> None:
    def answer(action: Action) -> str:
        early = block("Event: OriginateResponse", f"ActionID: {action['ActionID']}", "Response: Failure")
        return early + success(action, "Message: Originate successfully queued")

    async with linked() as pair:
        pair.fake.responders["Originate"] = answer
        assert (await pair.client.action("Originate", {"Channel": "x"}))[0]["Response"] == "Success"
        await pair.next_event("OriginateResponse")


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


async def test_failing_reconcile_does_not_end_the_client() -> None:
    calls: asyncio.Queue[int] = asyncio.Queue()

    async def on_connected() -> None:
        calls.put_nowait(1)
        raise RuntimeError("a defect")

    async with FakeAMI() as fake, asyncio.timeout(60):
        settings = AMISettings("127.0.0.1", fake.port, "ivr", "s")
        async with AMIClient(settings, on_connected=on_connected, timings=FAST) as client:
            await calls.get()
            fake.drop()
            await calls.get()
            await client.action("Ping")


async def test_a_reconcile_that_asterisk_refuses_is_tried_again() -> None:
    calls: asyncio.Queue[int] = asyncio.Queue()

    async def on_connected() -> None:
        calls.put_nowait(1)
        if calls.qsize() < 3:
            raise AMIRefused("QueueStatus: its module is not there yet")
        done.set()

    done = asyncio.Event()
    async with FakeAMI() as fake, asyncio.timeout(60):
        settings = AMISettings("127.0.0.1", fake.port, "ivr", "s")
        async with AMIClient(settings, on_connected=on_connected, timings=FAST) as client:
            await done.wait()
            assert client.status().connections == 1


def test_secret_is_not_in_the_settings_text() -> None:
    assert "hush" not in repr(AMISettings("h", 1, "u", "hush"))
