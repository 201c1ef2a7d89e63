"""Partners: dealers, contractors and outlets with what they bought, their quota of spare parts and what waits."""
