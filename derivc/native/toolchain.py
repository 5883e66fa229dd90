"""The compiler of this machine, and what its C library and processor offer."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import final

from derivc.errors import NativeError

_FLAGS = (
    "-shared", "-fPIC", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-w",
)  # fmt: skip
"""What NumPy's results need stays: no reassociation, no contraction, NaN and signed zeros."""

_CLANG = ("-fveclib=libmvec", "-fno-sanitize=undefined")
_VECTOR_FORMS = """
acos acosh asin asinh atan atanh cbrt cos cosh erf erfc exp exp2 expm1 log log10 log1p log2 sin sinh
tan tanh atan2 hypot pow
""".split()
_CLANG_KNOWS = frozenset(
    name + suffix for name in ("sin", "cos", "exp", "log", "pow") for suffix in ("", "f")
)
_TWO = frozenset({"atan2", "hypot", "pow"})


@final
@dataclass(frozen=True)
class Toolchain:
    """A C compiler.

    Args:
        command: the program and its own arguments.
    """

    command: tuple[str, ...]

    @cached_property
    def identity(self) -> str:
        """One word for this very compiler on this processor; it is found without running it."""
        program = Path(shutil.which(self.command[0]) or self.command[0]).resolve()
        try:
            status = program.stat()
            mark = f"{status.st_mtime_ns}:{status.st_size}"
        except OSError:
            mark = ""
        text = "|".join([*self.command, str(program), mark, processor()])
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @cached_property
    def version(self) -> str:
        """What the compiler says of itself, one line."""
        try:
            found = subprocess.run(
                [*self.command, "--version"],
                capture_output=True,
                text=True,
                timeout=20,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return next(iter(found.stdout.splitlines()), "")

    @cached_property
    def is_clang(self) -> bool:
        """Whether the compiler takes clang's flags; it is run only if its name does not tell."""
        name = Path(shutil.which(self.command[0]) or self.command[0]).resolve().name
        if "zig" in " ".join(self.command) or "clang" in name or sys.platform == "darwin":
            return True
        return "gcc" not in name and "clang" in self.version.lower()

    @property
    def vector(self) -> frozenset[str]:
        """The C library's functions that this compiler can call on whole vectors."""
        return vector_forms() & _CLANG_KNOWS if self.is_clang else vector_forms()

    def arguments(self, level: int, native: bool = True) -> list[str]:
        """The command line up to the names of files.

        Args:
            level: of optimization. native: for this very processor.
        """
        vendor = _CLANG if self.is_clang else ()
        ours = ["-march=native"] if native else []
        return [*self.command, f"-O{level}", *_FLAGS, *ours, *vendor]

    @property
    def libraries(self) -> list[str]:
        """Linker arguments."""
        if sys.platform == "darwin":
            return ["-undefined", "dynamic_lookup"]
        return ["-lmvec", "-lm"] if vector_forms() else ["-lm"]


def find() -> Toolchain:
    """The compiler to use: `CC`, cc, gcc, clang, or the one in the package ziglang.

    Raises:
        NativeError: there is none; says what to install. Windows is not supported.
    """
    if os.name == "nt":
        raise NativeError("native kernels are not built on Windows; use backend='numpy', or WSL")
    return _find(os.environ.get("CC", ""), os.environ.get("PATH", ""))


@lru_cache(maxsize=8)
def _find(chosen: str, path: str) -> Toolchain:
    if chosen:
        command = tuple(shlex.split(chosen))
        if command and shutil.which(command[0], path=path):
            return Toolchain(command)
        raise NativeError(f"CC={chosen!r} is not a program that can be run; set CC to a C compiler")
    for name in ("cc", "gcc", "clang"):
        place = shutil.which(name, path=path)
        if place:
            return Toolchain((place,))
    if importlib.util.find_spec("ziglang"):
        return Toolchain((sys.executable, "-m", "ziglang", "cc"))
    raise NativeError(
        "no C compiler was found (tried CC, cc, gcc, clang and the package ziglang): install one,"
        " as in `apt install gcc` or `pip install 'derivc[native]'`, or use backend='numpy'"
    )


@lru_cache(maxsize=1)
def vector_forms() -> frozenset[str]:
    """The C library's functions that have a form over whole vectors: `exp`, `expf`, ...

    glibc has them in a library of its own, libmvec; where it is missing there are none.
    """
    try:
        library = ctypes.CDLL("libmvec.so.1")
    except OSError:
        return frozenset()
    width = {"x86_64": "b", "aarch64": "n"}.get(platform.machine())
    if width is None:
        return frozenset()
    found = []
    for name in _VECTOR_FORMS:
        operands = "vv" if name in _TWO else "v"
        for lanes, suffix in ((2, ""), (4, "f")):
            if hasattr(library, f"_ZGV{width}N{lanes}{operands}_{name}{suffix}"):
                found.append(name + suffix)
    return frozenset(found)


@lru_cache(maxsize=1)
def processor() -> str:
    """What code for this processor depends on: its kind and its instruction sets."""
    found = [platform.system(), platform.machine(), *platform.libc_ver()]
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "|".join([*found, platform.processor()])
    wanted = ("model name", "flags", "Features", "CPU part")
    lines = text.split("\n\n", 1)[0].splitlines()
    return "|".join(found + [line for line in lines if line.startswith(wanted)])
