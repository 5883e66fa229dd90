"""Sums that cancel, rewritten so that the digits survive; each rewrite judged by a sample."""
