"""Program to program: pure, one file each."""
