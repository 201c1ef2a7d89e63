"""回访: customers of completed work are asked, by the day's list of the agents."""
