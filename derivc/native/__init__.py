"""Native kernels: C that is compiled on this machine and registered as NumPy ufuncs."""
