"""Benchmarks of the running parts: `./hotline bench ...`."""
