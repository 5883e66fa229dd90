"""Kernels that travel: small, equal for equal kernels, rebuilt once, one thread to a call."""

from __future__ import annotations

import pickle
import subprocess
import sys

import derivc as dc
from derivc.scale import remote
from derivc.scale.remote import Remote


def test_another_process_computes_the_same() -> None:
    k = dc.compile("x*exp(-y)", wrt=["y"], convention="left")
    text = pickle.dumps(Remote(k)).hex()
    code = (
        f"import pickle; r = pickle.loads(bytes.fromhex('{text}'));"
        "print(repr(r.function('grad')(2.0, 3.0)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr(k.grad(2.0, 3.0))
    assert len(text) < 10_000


def test_it_is_rebuilt_once_and_knows_its_equals() -> None:
    one, other = Remote(dc.compile("x**2")), Remote(dc.compile("x**2"))
    assert one.token == other.token != Remote(dc.compile("x**3")).token
    assert one.function("value") is pickle.loads(pickle.dumps(other)).function("value")


def test_options_travel_but_threads() -> None:
    far = remote._rebuilt(Remote(dc.compile("x", backend="c", accuracy="strict")).content)
    assert (far.options.backend, far.options.accuracy, far.options.threads) == ("c", "strict", 1)
