"""The notebooks: one source in Python and one executed notebook each, kept equal by `pairing`."""
