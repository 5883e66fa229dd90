"""Where a NaN or an infinity comes from: the first sub-expression, its operands, the remedy."""
