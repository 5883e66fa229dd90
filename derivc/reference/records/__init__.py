"""The verification records: how ops are measured, and what was found."""
