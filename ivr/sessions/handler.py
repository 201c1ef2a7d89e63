"""From an AGI session to a running call: whose contact it is, and which session has it now."""

import uuid

from ivr.contract.ids import ContactId
from ivr.sessions.caller_id import to_e164
from ivr.sessions.calls import Calls, RunningCall
from ivr.sessions.records import CallInfo
from ivr.sessions.session import CallSession, SessionServices
from ivr.telephony.agi import AGISession

_MAX_DID = 20


class CallHandler:
    """The AGI server's handler."""

    def __init__(self, services: SessionServices, calls: Calls) -> None:
        self._services = services
        self._calls = calls

    async def __call__(self, agi: AGISession) -> None:
        """Run the session of one AGI connection to its end."""
        # without an id of the dialplan the call is still a call; it cannot be resumed
        contact = ContactId(agi.contact or uuid.uuid4().hex)
        call = RunningCall(contact, agi.channel, agi.uniqueid)
        info = call_info(agi, self._services.flow.fingerprint)

        async def body(running: RunningCall) -> None:
            await CallSession(self._services, agi, running, info).run()

        try:
            await self._calls.run(call, body)
        finally:
            self._services.watch.session_left(call)


def call_info(agi: AGISession, fingerprint: str) -> CallInfo:
    """Return what is known of the call; all of it came from outside and is cut to what can be true."""
    did = "".join(char for char in agi.variables.did if char in "0123456789+")[:_MAX_DID]
    return CallInfo(
        linkedid=agi.linkedid[:64],
        uniqueid=agi.uniqueid[:64],
        channel=agi.channel[:128],
        caller_e164=to_e164(agi.variables.caller),
        did=did,
        recording=agi.recording,
        program=fingerprint,
    )
