"""Makes the bundled telephone model from nothing: synthetic Mandarin, a small network, a Vosk model folder.

Runs at build time only; nothing here is imported when calls are taken.
"""
