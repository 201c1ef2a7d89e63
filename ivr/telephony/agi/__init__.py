"""FastAGI, the server side: Asterisk connects to us once per call."""

from ivr.telephony.agi.server import AGILimits, AGIServer
from ivr.telephony.agi.session import AGISession, Recorded

__all__ = ["AGILimits", "AGIServer", "AGISession", "Recorded"]
