"""Looks for what would keep the hotline from working and says what to do about it, in Chinese for the operator."""
