"""Words of danger and how they are found in a text: used by speech, ivr and crm, imports none of ours."""
