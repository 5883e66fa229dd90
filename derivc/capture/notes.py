"""Sentences for the user that captures of every framework share."""

from __future__ import annotations

REDUCED_ONE = (
    "a sum, mean, norm or softmax is over one element here: for an array of n elements give its"
    ' shape (shapes={"x": (n,)}, --shape x=n)'
)
