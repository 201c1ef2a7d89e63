"""Asterisk without root: the unpacked tree, the rendered configuration of both instances, the command to start them."""

from ops.asterisk.instance import AsteriskError, Instance, agent_secret, prepare, rx, version
from ops.asterisk.tree import TreeError, ensure_tree

__all__ = ["AsteriskError", "Instance", "TreeError", "agent_secret", "ensure_tree", "prepare", "rx", "version"]
