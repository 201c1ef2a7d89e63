"""Asterisk's protocols (FastAGI, AMI) and their translation into facts."""
