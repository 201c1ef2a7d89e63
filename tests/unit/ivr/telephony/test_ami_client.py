"""What the AMI client sends and hears, on a real socket; each test names the defect of bare panoramisk it contains."""

import asyncio

import pytest

from ivr.telephony.ami import AMIClient, AMISettings
from ivr.telephony.errors import AMINotConnected, AMIRefused, AMITimeout, UnsafeText
from tests.unit.ivr.telephony.fake_ami import FAST, Action, FakeAMI, block, linked, success


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
