"""Errors of stock: StockChanged 409 · NotEnough 422 · NoPlace 422."""

from crm.errors import Conflict, Invalid


class StockChanged(Conflict):
    """Somebody changed this stock since it was read."""

    code = "stock_changed"


class NotEnough(Invalid):
    """More is taken out than lies there."""

    code = "not_enough"


class NoPlace(Invalid):
    """There is no such warehouse or outlet."""
