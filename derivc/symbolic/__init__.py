"""Expressions in, derivatives out: SymPy trees."""
