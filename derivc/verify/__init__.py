"""Truth: 50-digit arithmetic, finite differences, comparisons."""
