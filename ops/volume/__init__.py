"""Many calls at once by SIPp, and the books balanced afterwards: every call has one record with one outcome."""
