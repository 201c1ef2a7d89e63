"""Errors of agents' phones: NoTelephone 409 · TelephoneTaken 409."""

from crm.errors import Conflict


class NoTelephone(Conflict):
    """The account has no extension to take calls on."""

    code = "no_telephone"


class TelephoneTaken(Conflict):
    """Another account has this extension."""

    code = "telephone_taken"
