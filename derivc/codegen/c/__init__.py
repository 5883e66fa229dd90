"""The C backend: programs as C functions over arrays and over single points."""
