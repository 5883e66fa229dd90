"""What the exceptions of a user's function mean."""

from __future__ import annotations

import re

from derivc.verify.audit.subject import CallError, Finding


def explained(error: CallError, code: str, what: str, grade: str = "fails") -> Finding:
    """A failure in words, with the user's line."""
    return Finding(code, f"{what}: {_problem(error)}", grade, line=error.line)


def _problem(error: CallError) -> str:
    text = " ".join(str(error.problem).split())
    text = text if len(text) <= 240 else text[:237] + "..."
    where = f" [line {error.line}: {error.code}]" if error.line else ""
    return f"{type(error.problem).__name__}: {text}{where}"


def failure(error: CallError, where: str = "") -> Finding:
    """The cause of a failed call."""
    for kind, pattern, code, cause in _KNOWN:
        if isinstance(error.problem, kind) and re.search(pattern, str(error.problem)):
            return explained(error, code, cause + where)
    return explained(error, "exception", f"{error.stage} raises an exception{where}")


_SHAPE = (
    "the gradient has another shape than its input: it is not summed over the dimensions that were"
    " broadcast, or belongs to another input"
)

_MISFIT = "size of tensor|shapes cannot be multiplied|mat1 and mat2|broadcast|shape"

_KNOWN: tuple[tuple[type[BaseException], str, str, str], ...] = (
    (NameError, "", "undefined-name", "undefined name"),
    (ImportError, "", "import", "a module that is not installed"),
    (AttributeError, "No (VJP|JVP) defined", "no-rule",
     "no rule of its own: defvjp (or defjvp) was not called"),
    (Exception, "compiled with CUDA|No CUDA GPUs|NVIDIA driver|CUDA driver", "cuda",
     "it needs a GPU, which there is none of here"),
    (SystemExit, "", "exit", "the function ends the program"),
    (RecursionError, "", "recursion", "endless recursion"),
    (MemoryError, "", "memory", "out of memory"),
    (AttributeError, r"(Backward|Context|ctx|FunctionCtx)\w*'? object has no attribute",
     "missing-attribute", "an attribute of ctx that forward does not set"),
    (RuntimeError, "incorrect number of gradients", "count", "wrong number of gradients"),
    (TypeError, "number of gradients|as many cotangents", "count", "wrong number of gradients"),
    (TypeError, "must (produce|be) .*(tuple|list|pytree|structure)", "count",
     "wrong number of gradients: a tuple with one gradient for each argument is due"),
    (RuntimeError, "gradient different than None", "count",
     "wrong order or number of gradients: an argument that is no tensor gets one"),
    (RuntimeError, "invalid gradient at index|expected shape compatible", "shape",
     _SHAPE),
    (RuntimeError, "modified by an inplace operation", "in-place-saved",
     "in-place modification of a saved tensor"),
    (RuntimeError, "leaf Variable", "in-place-input", "in-place modification of an input"),
    (RuntimeError, "view size is not compatible", "non-contiguous",
     ".view() of a tensor that is not contiguous; .reshape() would do"),
    (RuntimeError, "on device|same device", "device", "tensors on different devices"),
    (RuntimeError, "same dtype|expected scalar type|dtype", "dtype", "a constant of another dtype"),
    (RuntimeError, "save_for_backward can only save", "exception",
     "save_for_backward takes tensors only; keep other arguments as attributes of ctx"),
    (RuntimeError, _MISFIT, "shape", "shapes in backward do not fit"),
    (ValueError, "values to unpack", "unpack",
     "not as many saved tensors, or gradients, as are unpacked"),
    (TypeError, "positional argument", "arguments",
     "a wrong number of arguments: backward takes ctx and one cotangent for each output"),
    (TypeError, "NoneType|Variable or None", "none", "a gradient that is no tensor"),
    (NotImplementedError, "", "not-implemented", "not implemented"),
)  # fmt: skip
