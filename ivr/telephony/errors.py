"""What can go wrong on Asterisk's wires.

```text
TelephonyError
├── UnsafeText            a value with control characters, or too long, was refused before it was sent (also ValueError)
├── AGIError
│   ├── CallerHungUp      the channel is gone; raised once per session
│   ├── SessionOver       used after CallerHungUp with the connection closed, or after close()
│   ├── CommandTimedOut   no reply before the deadline; the session stays in step
│   ├── CommandRefused    510, 511 or 520: Asterisk did not run the command
│   ├── CommandFailed     the command ran and failed while the caller is still there
│   └── ProtocolBroken    the peer does not speak AGI; the connection is closed
└── AMIError
    ├── AMINotConnected   no logged-in connection now; nothing was sent
    ├── AMITimeout        sent, but no (complete) answer before the deadline or before the connection was lost
    └── AMIRefused        Asterisk answered Response: Error
```
"""


class TelephonyError(Exception):
    """Root of this package's errors."""


class UnsafeText(TelephonyError, ValueError):
    """A value was refused before it was sent; the message names the field, never the value."""


class AGIError(TelephonyError):
    """Something about one AGI session."""


class CallerHungUp(AGIError):
    """The channel is gone. `how` is notice (HANGUP line), dead (511), or eof (the connection ended)."""

    def __init__(self, how: str) -> None:
        super().__init__(f"caller hung up ({how})")
        self.how = how


class SessionOver(AGIError):
    """The session was used after its end."""


class CommandTimedOut(AGIError):
    """No reply came before the deadline; a late reply is discarded."""


class CommandRefused(AGIError):
    """Asterisk did not run the command; `code` is 510, 511 or 520."""

    def __init__(self, command: str, code: int) -> None:
        super().__init__(f"{command} refused with {code}")
        self.command = command
        self.code = code


class CommandFailed(AGIError):
    """The command ran and reported failure while the caller is still there."""


class ProtocolBroken(AGIError):
    """The peer does not speak AGI."""


class AMIError(TelephonyError):
    """Something about one AMI action."""


class AMINotConnected(AMIError):
    """There is no logged-in connection; the action was not sent."""


class AMITimeout(AMIError):
    """The action was sent; whether Asterisk ran it is unknown. Never sent again by us."""


class AMIRefused(AMIError):
    """Asterisk answered Response: Error; the message is Asterisk's own."""
