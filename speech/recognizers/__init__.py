"""Recognizers: caller's audio into hypotheses, behind one port."""
