"""The price of an option by Black and Scholes, as text and in mpmath's numbers."""

from __future__ import annotations

from typing import Any

import mpmath as mp

OPTION = (
    "S*(1 + erf((log(S/K) + (r + s**2/2)*T)/(s*sqrt(2*T))))/2"
    " - K*exp(-r*T)*(1 + erf((log(S/K) + (r - s**2/2)*T)/(s*sqrt(2*T))))/2"
)


def price(strike: Any, spot: Any, time: Any, r: Any, s: Any) -> Any:
    """The same function, by erfc."""
    one = (mp.log(spot / strike) + (r + s * s / 2) * time) / (s * mp.sqrt(2 * time))
    other = one - s * mp.sqrt(time / 2)
    return (spot * mp.erfc(-one) - strike * mp.exp(-r * time) * mp.erfc(-other)) / 2
