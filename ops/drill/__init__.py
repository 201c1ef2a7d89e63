"""Drills: the faults of design 10 rehearsed on a running stack with a robot call, and a verdict in words."""
