"""The compiler that is found, and what it and this machine offer."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

import derivc as dc
from derivc.errors import NativeError
from derivc.native import library, toolchain
from derivc.native.toolchain import Toolchain


def test_cc_chooses(monkeypatch, tmp_path) -> None:
    script = tmp_path / "my-cc"
    script.write_text("#!/bin/sh\nexec true\n")
    script.chmod(0o755)
    monkeypatch.setenv("CC", f"{script} -m64")
    assert toolchain.find().command == (str(script), "-m64")
    monkeypatch.setenv("CC", "   ")
    with pytest.raises(NativeError):
        toolchain.find()


def test_clang_is_known_by_its_name(tmp_path) -> None:
    for name, is_clang in (("clang-18", True), ("x86_64-linux-gnu-gcc-12", False)):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        link = tmp_path / f"cc-{name}"
        link.symlink_to(program)
        found = Toolchain((str(link),))
        assert found.is_clang is (is_clang or sys.platform == "darwin")
        assert ("-fveclib=libmvec" in found.arguments(3)) is found.is_clang


def test_clang_gets_the_vector_functions_it_knows() -> None:
    clang = Toolchain(("python", "-m", "ziglang", "cc"))
    assert clang.vector <= {
        f"{n}{s}" for n in ("sin", "cos", "exp", "log", "pow") for s in ("", "f")
    }


def test_no_flag_changes_what_numbers_mean(needs_compiler) -> None:
    flags = toolchain.find().arguments(3)
    assert "-ffp-contract=off" in flags
    assert not {"-ffast-math", "-Ofast", "-fassociative-math", "-ffinite-math-only"} & set(flags)


@pytest.mark.skipif(not importlib.util.find_spec("ziglang"), reason="the package ziglang is absent")
def test_the_compiler_of_the_native_extra(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("CC", f"{sys.executable} -m ziglang cc")
    monkeypatch.setenv("DERIVC_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(library, "_loaded", {})
    text, x = "where(x > 0, sin(x), tanh(x)) + log(1 + x**2)", np.linspace(-3, 3, 5000)
    k, n = dc.compile(text, backend="c"), dc.compile(text)
    np.testing.assert_allclose(k(x), n(x), rtol=1e-14)


def test_vector_instructions_are_used(needs_compiler) -> None:
    """Loops that a compiler gives up on would be eight times slower, and nothing would show."""
    if not toolchain.find().vector or toolchain.find().is_clang:
        pytest.skip("this machine has no vector functions, or clang")
    texts = [
        "where(x > 0, exp(x), sin(y))*cos(x) + sin(x)",
        "max(x, y)*sign(x) + abs(y) + where(x < 1 and y > 2, tanh(x), log(y))",
        "lgamma(x)*exp(y) + erf(x)",
    ]
    for text in texts:
        library_file = Path(dc.compile(text, backend="c").native("value_and_grad").library._name)
        assert b"_ZGV" in library_file.read_bytes(), text
