"""The sans-IO FastAGI parser and encoder: every form Asterisk sends, in any portions, and what must be refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.agi.protocol import (
    AGIProtocol,
    Environment,
    Event,
    HangupNotice,
    ProtocolError,
    Reply,
    encode_command,
)
from ivr.telephony.errors import UnsafeText

HEADER = "agi_network: yes\nagi_channel: PJSIP/1\nagi_calleridname: 浙江省杭州市\nagi_empty:\n\n".encode()
ENVIRONMENT = Environment(
    {"agi_network": "yes", "agi_channel": "PJSIP/1", "agi_calleridname": "浙江省杭州市", "agi_empty": ""}
)


def after_header(commands: int = 0) -> AGIProtocol:
    protocol = AGIProtocol()
    assert protocol.receive_data(HEADER) == [ENVIRONMENT]
    for _ in range(commands):
        protocol.command("ANSWER")
    return protocol


def test_empty_lines_between_replies_say_nothing() -> None:
    protocol = after_header(commands=1)
    assert protocol.receive_data(b"\n  \r\n200 result=0\n\n") == [Reply(200, "0")]


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=0", Reply(200, "0")),
        ("200 result=1 (value)", Reply(200, "1", "value")),
        ("200 result=1 (a (b) c)", Reply(200, "1", "a (b) c")),
        ("200 result=1 ()", Reply(200, "1", "")),
        ("200 result=1 (浙江)", Reply(200, "1", "浙江")),
        ("200 result=1 (x) endpos=5)", Reply(200, "1", "x) endpos=5")),
        ("200 result=1 (unclosed", Reply(200, "1", "unclosed")),
        ("200 result=0 endpos=1234", Reply(200, "0", "", 1234)),
        ("200 result=49 (dtmf) endpos=800", Reply(200, "49", "dtmf", 800)),
        ("200 result=-1 (hangup) endpos=8000", Reply(200, "-1", "hangup", 8000)),
        ("200 result=123 (timeout)", Reply(200, "123", "timeout")),
        ("200 result= (timeout)", Reply(200, "", "timeout")),
        ("200 result=12*", Reply(200, "12*")),
        ("510 Invalid or unknown command", Reply(510, data="Invalid or unknown command")),
        ("511 Command Not Permitted on a dead channel", Reply(511, data="Command Not Permitted on a dead channel")),
        ("520 Invalid command syntax.", Reply(520, data="Invalid command syntax.")),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_reply_forms(line: str, reply: Reply, end: str) -> None:
    assert after_header(1).receive_data((line + end).encode()) == [reply]


def test_trying_is_not_the_reply() -> None:
    protocol = after_header(1)
    assert protocol.receive_data(b"100 result=0 Trying...\n") == []
    assert protocol.unanswered == 1
    assert protocol.receive_data(b"200 result=0\n") == [Reply(200, "0")]


def test_usage_text_is_one_reply_even_when_it_looks_like_replies() -> None:
    data = b"520-Invalid command syntax.  Proper usage follows:\n Usage: X\n200 result=1\n\n520 End of proper usage.\n"
    protocol = after_header(2)
    assert protocol.receive_data(data) == [Reply(520, data=" Usage: X\n200 result=1\n")]
    assert protocol.receive_data(b"200 result=0\n") == [Reply(200, "0")]


def test_hangup_in_the_middle_of_usage_text_is_a_hangup() -> None:
    protocol = after_header(1)
    data = b"520-Invalid command syntax.  Proper usage follows:\nHANGUP\nUsage: X\n520 End of proper usage.\n"
    assert protocol.receive_data(data) == [HangupNotice(), Reply(520, data="Usage: X")]


def test_hangup_is_out_of_band_and_the_reply_still_counts() -> None:
    protocol = after_header(2)
    events = protocol.receive_data(b"HANGUP\n200 result=-1\n200 result=1 (x)\n")
    assert events == [HangupNotice(), Reply(200, "-1"), Reply(200, "1", "x")]
    assert protocol.unanswered == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GET / HTTP/1.1\r\n", "not a reply"),
        (b"\x00\xff\xfe\n", "not a reply"),
        (b"299 result=0\n", "unknown reply code"),
        (b"200 result=" + b"1" * 20_000, "line too long"),
        (b"200 result=" + b"1" * 20_000 + b"\n", "line too long"),
        (b"520-Usage\n" + (b"x" * 1000 + b"\n") * 70, "usage text too long"),
    ],
)
def test_garbage_breaks_the_session_with_constant_text(data: bytes, reason: str) -> None:
    protocol = after_header(1)
    assert protocol.receive_data(data) == [ProtocolError(reason)]
    assert protocol.broken
    assert protocol.receive_data(b"200 result=0\n") == []


def test_a_reply_nobody_asked_for_breaks_the_session() -> None:
    # a channel variable with a line end in it would otherwise put all later replies out of step
    assert after_header(0).receive_data(b"200 result=1\n") == [ProtocolError("reply without a command")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\n", "bad header line"),
        (b"hello\n", "bad header line"),
        (b"agi_x: 1\nagi_x: 2\n", "bad header line"),
        (b"".join(b"agi_k%d: 1\n" % index for index in range(300)), "header too long"),
        (b"".join(b"agi_k%d: %s\n" % (index, b"v" * 10_000) for index in range(8)), "header too long"),
    ],
)
def test_bad_header(data: bytes, reason: str) -> None:
    assert AGIProtocol().receive_data(data) == [ProtocolError(reason)]


STREAM = (
    HEADER
    + (
        "100 result=0 Trying...\n200 result=1 (浙江省 (杭州市))\nHANGUP\n"
        "520-Usage:\n HANGUP [x]\n520 End of proper usage.\r\n200 result= (timeout)\n"
    ).encode()
)


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_any_portions_give_the_same_events(cuts: list[int]) -> None:
    def events(marks: list[int]) -> list[Event]:
        protocol = AGIProtocol()
        for _ in range(3):
            protocol.command("ANSWER")
        return [
            event
            for start, end in zip([0, *marks], [*marks, len(STREAM)], strict=True)
            for event in protocol.receive_data(STREAM[start:end])
        ]

    assert events(sorted(cuts)) == events([]) != []


@given(st.binary(max_size=300))
def test_any_bytes_never_raise(data: bytes) -> None:
    for protocol in (AGIProtocol(), after_header(3)):
        for event in protocol.receive_data(data):
            assert isinstance(event, Environment | Reply | HangupNotice | ProtocolError)


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("X", "a b"), b'SET VARIABLE "X" "a b"\n'),
        (("X", 'say "hi"'), b'SET VARIABLE "X" "say \\"hi\\""\n'),
        (("X", "back\\slash"), b'SET VARIABLE "X" "back\\\\slash"\n'),
        (("X", ""), b'SET VARIABLE "X" ""\n'),
        (("X", "浙江"), 'SET VARIABLE "X" "浙江"\n'.encode()),
    ],
)
def test_quoting(args: tuple[str, ...], line: bytes) -> None:
    assert encode_command("SET", "VARIABLE", args=args) == line


@pytest.mark.parametrize("char", ["\n", "\r", "\0", "\x1b", "\x7f", "\x85", "\ud800"])
def test_control_characters_are_refused_and_nothing_is_counted(char: str) -> None:
    protocol = after_header()
    with pytest.raises(UnsafeText) as caught:
        protocol.command("SET", "VARIABLE", args=("X", f"1{char}HANGUP"))
    assert "HANGUP" not in str(caught.value)
    assert protocol.unanswered == 0


def test_limits_of_a_command() -> None:
    with pytest.raises(UnsafeText):
        encode_command("EXEC", args=("x" * 8000,))
    with pytest.raises(UnsafeText):
        encode_command("EXEC", args=("x",) * 127)
    for word in ("", "A B", 'A"'):
        with pytest.raises(UnsafeText):
            encode_command(word)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_quoting_is_undone_by_asterisks_rules(value: str) -> None:
    line = encode_command("NOOP", args=(value,)).decode()
    assert line.endswith('"\n')
    quoted = line.removeprefix('NOOP "').removesuffix('"\n')
    plain, escaped = "", False
    for char in quoted:  # parse_args() of res_agi.c
        if escaped:
            plain, escaped = plain + char, False
        elif char == "\\":
            escaped = True
        else:
            assert char != '"'
            plain += char
    assert (plain, escaped) == (value, False)


def test_a_result_that_is_no_number_has_no_value() -> None:
    assert Reply(200, "5").value == 5
    assert Reply(200, "speech").value is None
