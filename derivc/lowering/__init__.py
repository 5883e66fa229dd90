"""Tree to program."""
