"""Figures of queues (contact-centre 2.3); pure."""


def service_level(*, answered_in_time: int, answered: int, abandoned: int, short: int, timeout: int) -> float | None:
    """Return answered within the threshold / (answered + abandoned - short + timeout); None when nobody counts."""
    counted = counted_visits(answered=answered, abandoned=abandoned, short=short, timeout=timeout)
    return answered_in_time / counted if counted else None


def counted_visits(*, answered: int, abandoned: int, short: int, timeout: int) -> int:
    """Return n of the service level."""
    return answered + abandoned - short + timeout
