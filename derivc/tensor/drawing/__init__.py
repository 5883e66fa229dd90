"""Pictures of graphs: what is in them, where it goes, and how it is written down."""
