"""Keeps a process from being alive and useless, by itself or by its peers: used by speech, ivr and crm."""
