"""Why a gradient is wrong: the smallest change of what was written that makes it right."""
