"""Keeps a process from being alive and useless: used by speech, ivr and crm, imports none of ours."""
