"""The audit of a hand-written backward: is it right, where not, why, and what would be."""
