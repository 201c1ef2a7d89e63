"""The AMI client: panoramisk behind one adapter that contains its defects."""

from ivr.telephony.ami.client import AMIClient, AMISettings, AMIStatus, AMITimings
from ivr.telephony.ami.guarded import RawEvent

__all__ = ["AMIClient", "AMISettings", "AMIStatus", "AMITimings", "RawEvent"]
