"""Slots: recognised text into meaning, as pure code."""

from speech.slots.slots import Slots

__all__ = ["Slots"]
