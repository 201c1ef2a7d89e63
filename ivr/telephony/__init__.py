"""Asterisk's two wires (FastAGI, AMI) and what their messages mean; nobody else reads an Asterisk field."""
