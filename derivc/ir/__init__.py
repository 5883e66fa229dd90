"""The program: a Wengert list in SSA form."""
