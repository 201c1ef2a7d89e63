"""What all tests share."""

from hypothesis import settings

# a time limit for one example would make every property test a timed test, and those fail on a busy machine
settings.register_profile("house", deadline=None)
settings.load_profile("house")
