"""The backends that write modules over an array namespace: the array-API standard's, and CuPy's."""
