"""All that other parts may see of ivr: ids, facts, the dialogue's inputs and effects, the Desk and Media ports."""
