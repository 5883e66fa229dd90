"""Pictures of functions and their derivatives: as matplotlib figures, SVG text, and text."""
