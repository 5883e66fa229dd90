"""Property: what other libraries call by an op's names computes the op's numbers."""

from __future__ import annotations

import ast
import inspect
import warnings
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import derivc.ops.structural  # noqa: F401  declares the structural ops
from derivc.ops import structure
from derivc.ops.declaration import Op
from derivc.ops.structure import StructuralOp
from tests.properties.oracle import differentiable_ops, points, truth
from tests.properties.test_names import resolve
from tests.properties.test_torch import BY_KEYWORD, DEGREE_LAST, NO_TENSOR, TENSORS, WHOLE

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")

from tests.tensor.cases import EVERY, inputs, scope_of_torch  # noqa: E402

ELEMENTWISE = [
    pytest.param(op, name, id=f"{op.name}-{name}", marks=[pytest.mark.slow] * ("jax." in name))
    for op in differentiable_ops()
    for name in op.also.every()
    if ".ops." not in name and name != op.also.torch
]


def expected(op: Op, place: list[float]) -> float:
    return float(truth(op, [mp.mpf(v) for v in place]))


def tensors(op: Op, place: list[float], name: str) -> tuple[list[Any], dict[str, float]]:
    """The tensors among the arguments, and the numbers by name."""
    count = (TENSORS | {"logit_eps": 1}).get(op.name, 1 if op.name in NO_TENSOR else op.arity)
    whole = WHOLE.get(op.name, [])
    first = [int(v) if i in whole else torch.tensor(v, dtype=torch.float64)
             for i, v in enumerate(place[:count])]  # fmt: skip
    if op.name in DEGREE_LAST or name in REVERSED:
        first.reverse()
    return first, dict(zip(op.params[count:], place[count:], strict=True))


def in_torch(op: Op, name: str, place: list[float]) -> float:
    function, (given, numbers) = resolve(name), tensors(op, place, name)
    wanted = _variant(name, numbers)
    if "loss" in op.tags or op.name in ("kl_div", "binary_cross_entropy"):
        wanted["reduction"] = "none"
    if inspect.isclass(function):
        if op.name == "prelu":
            module = function(dtype=torch.float64)
            module.weight.data.fill_(given.pop().item())
        else:
            module = function(**_taken(function, wanted | numbers))
        if op.name == "rrelu":
            module = module.eval()
        return float(module(*given).detach().reshape(()))
    if name.endswith("_"):
        given[0] = given[0].clone()
    if "clamp_min" in name or "clamp_max" in name:
        numbers = {k: v for k, v in numbers.items() if k == ("lo" if "min" in name else "hi")}
    plain = [v for k, v in numbers.items() if k not in (*BY_KEYWORD.get(op.name, []), *wanted)]
    named = {k: v for k, v in numbers.items() if k in BY_KEYWORD.get(op.name, [])}
    return float(function(*given, *plain, **named, **wanted))


def _variant(name: str, numbers: dict[str, float]) -> dict[str, Any]:
    """The arguments that stand in the name itself."""
    _, bracket, given = name.partition("(")
    if not bracket or "," in given:  # the order of the arguments
        return {}
    key, _, value = given.rstrip(")").partition("=")
    return {key: ast.literal_eval(value) if value else numbers[key]}


def _taken(function: Any, given: dict[str, Any]) -> dict[str, Any]:
    known = inspect.signature(function).parameters
    return {k: v for k, v in given.items() if k in known}


def elsewhere(op: Op, name: str, place: list[float]) -> float:
    """NumPy, SciPy or JAX; what is left at its default need not be an argument there."""
    function, wanted = resolve(name), _variant(name, {})
    whole = WHOLE.get(op.name, [])
    args = [int(v) if i in whole else v for i, v in enumerate(place)]
    if name.startswith("jax"):
        import jax

        with jax.enable_x64(True):
            return _fewer(op, function, args, wanted)
    return _fewer(op, function, args, wanted)


def _fewer(op: Op, function: Any, args: list[Any], wanted: dict[str, Any]) -> float:
    """The call; if there are too many arguments, without the last that is left at its default."""
    try:
        return float(np.real(function(*args, **wanted)))
    except TypeError:
        last = op.params[len(args) - 1]
        if len(args) < 2 or last not in op.defaults or float(op.defaults[last]) != args[-1]:
            raise
        return _fewer(op, function, args[:-1], wanted)


OTHERWISE = {
    "numpy.nan_to_num",
    "jax.numpy.nan_to_num",
    "numpy.ldexp",
    "jax.numpy.ldexp",
    "jax.lax.polygamma",
    "jax.nn.hard_tanh",
}
"""Called with other arguments."""

REVERSED = {"torch.rsub", "torch.Tensor.polygamma", "torch.Tensor.polygamma_"}


@pytest.mark.parametrize(("op", "name"), ELEMENTWISE)
def test_elementwise(op: Op, name: str) -> None:
    pytest.importorskip(name.partition(".")[0])
    if name in OTHERWISE:
        pytest.skip("takes its arguments otherwise")
    compared = 0
    for place in points(op, 4):
        place = [float(v) for v in place]
        if op.name == "factorial" and place[0] < 0:
            continue  # SciPy's is 0 there
        if "clamp_m" in name and place[1 if "max" in name else 2] not in (-np.inf, np.inf):
            lo, hi = (-np.inf, place[2]) if "max" in name else (place[1], np.inf)
            place = [place[0], lo, hi]
        call = in_torch if name.startswith("torch") else elsewhere
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = call(op, name, place)
        except TypeError:
            continue
        compared += 1
        tolerance = {"rel": 2e-6, "abs": 1e-9}
        assert found == pytest.approx(expected(op, place), **tolerance, nan_ok=True), place
    assert compared, f"{name} was never called"


def cases_by_op() -> dict[StructuralOp, list[tuple[ast.Call, Any]]]:
    found: dict[StructuralOp, list[tuple[ast.Call, Any]]] = {}
    for text, specs in EVERY:
        node = ast.parse(text, mode="eval").body
        while isinstance(node, ast.Subscript):
            node = node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            op = structure.find(node.func.attr)
            if op is not None and isinstance(node.func.value, ast.Name | ast.Attribute):
                found.setdefault(op, []).append((node, specs))
    return found


CASES = cases_by_op()


def called_as(node: ast.Call, function: Any, arrays: list[Any], numpy: bool) -> Any:
    """The call of a case with another function: the arguments as PyTorch's tensors, or arrays."""
    leaves = [torch.tensor(a) for a in arrays]
    scope = scope_of_torch(leaves) | dict(zip("abc", leaves, strict=False))
    args = [_value(a, scope, numpy) for a in node.args]
    named = {k.arg: _value(k.value, scope, numpy) for k in node.keywords}
    if numpy:
        names = {"dim": "axis", "keepdim": "keepdims", "correction": "ddof"}
        named = {names.get(str(k), k): v for k, v in named.items()}
    return function(*args, **named)


def _value(node: ast.expr, scope: dict[str, Any], numpy: bool) -> Any:
    found = eval(compile(ast.Expression(node), "<case>", "eval"), scope)
    if numpy and isinstance(found, list | tuple):
        return type(found)(np.asarray(v) if hasattr(v, "numpy") else v for v in found)
    return np.asarray(found) if numpy and hasattr(found, "numpy") else found


def flat(result: Any) -> list[Any]:
    """The numbers of a result that may be a tuple; what counts as a first result stands first."""
    many = result if isinstance(result, tuple | list) else [result]
    return [np.asarray(part.detach().resolve_conj() if hasattr(part, "detach") else part)
            for part in many if part is not None]  # fmt: skip


def agree(found: Any, wanted: Any) -> bool:
    pairs = list(zip(flat(found), flat(wanted), strict=False))
    return bool(pairs) and pairs[0][0].shape == pairs[0][1].shape and np.allclose(*pairs[0])


def _is_function(name: str) -> bool:
    """A function or a method, and no module, operator of ATen, or method in place."""
    last = name.rpartition(".")[2]
    return ".ops." not in name and not name.startswith("torch.nn.utils") and (
        not name.startswith("torch.nn.") or "functional" in name
    ) and not (last.endswith("_") and not last.startswith("__"))  # fmt: skip


_DIAGFLAT = ("f(v)", "F.diag_embed(v)")
_LAST_DIAGONAL = ("f(a)", "F.diagonal(a, 0, -2, -1)")
_FLAT = ("f(a)", "F.flatten(a)")
_ALONG = ("f(a, k, 1)", "F.gather(a, 1, k)")
_TURNED = ("f(a)", "F.transpose(a, 0, 1)")
_SINGULAR = ("f(m)[1]", "F.svd(m)[1]")
_SUBSTITUTED = ("f(m, n, lower=True)", "F.solve_triangular(m, n, upper=False)")
_TBC = (
    (
        "f(x.permute(2, 0, 1).contiguous(), w.permute(2, 1, 0).contiguous(), w[:, 0, 0] * 0)"
        ".permute(1, 2, 0)"
    ),
    "F.conv1d(x, w)",
)
_CALLED = {
    "torch.Tensor.clone": ("f(a)", "F.clone(a)"), "torch.conv_tbc": _TBC,
    "torch.nn.functional.conv_tbc": _TBC,
    "torch.convolution": ("f(x, w, None, [1], [0], [1], False, [0], 1)", "F.conv1d(x, w)"),
    "torch.diagflat": _DIAGFLAT, "torch.Tensor.diagflat": _DIAGFLAT, "numpy.diagflat": _DIAGFLAT,
    "jax.numpy.diagflat": _DIAGFLAT, "torch.linalg.diagonal": _LAST_DIAGONAL,
    "numpy.linalg.diagonal": _LAST_DIAGONAL, "jax.numpy.linalg.diagonal": _LAST_DIAGONAL,
    "torch.embedding": ("f(a, k[0] * 0)", "F.embedding(k[0] * 0, a)"),
    "torch.Tensor.expand_as": ("f(v, a)", "F.expand(v, (2, 3))"), "torch.ravel": _FLAT,
    "torch.Tensor.ravel": _FLAT, "numpy.ravel": _FLAT, "jax.numpy.ravel": _FLAT,
    "numpy.take_along_axis": _ALONG, "jax.numpy.take_along_axis": _ALONG,
    "torch.take_along_dim": _ALONG, "torch.Tensor.take_along_dim": _ALONG,
    "torch.grid_sampler": ("f(i, g, 0, 0, False)", "F.grid_sample(i, g)"),
    "numpy.fft.ifftshift": ("f(a)", "F.ifftshift(a)"),
    "jax.numpy.fft.ifftshift": ("f(a)", "F.ifftshift(a)"),
    "scipy.fft.ifftshift": ("f(a)", "F.ifftshift(a)"),
    "numpy.take": ("f(a, k[0], 1)", "F.index_select(a, 1, k[0])"),
    "jax.numpy.take": ("f(a, k[0], 1)", "F.index_select(a, 1, k[0])"),
    "torch.instance_norm": (
        "f(x, None, None, None, None, True, 0.1, 1e-5, False)", "F.instance_norm(x)",
    ),
    "torch.nn.functional.upsample_bilinear": (
        "f(i, size=5)", "F.interpolate(i, size=5, mode='bilinear', align_corners=True)"),
    "jax.scipy.special.softmax": ("f(a, axis=1)", "F.softmax(a, 1)"),
    "jax.scipy.special.log_softmax": ("f(a, axis=1)", "F.log_softmax(a, 1)"),
    "torch.frobenius_norm": ("f(a, (0, 1))", "F.matrix_norm(a)"),
    "torch.nuclear_norm": ("f(a)", "F.matrix_norm(a, 'nuc')"),
    "numpy.pad": ("f(a, ((0, 0), (1, 2)))", "F.pad(a, (1, 2))"),
    "jax.numpy.pad": ("f(a, ((0, 0), (1, 2)))", "F.pad(a, (1, 2))"),
    "torch.Tensor.reshape_as": ("f(a, a.T)", "F.reshape(a, (3, 2))"),
    "torch.Tensor.view_as": ("f(a, a.T)", "F.reshape(a, (3, 2))"),
    "torch.unflatten": ("f(a, 1, (3, 1))", "F.reshape(a, (2, 3, 1))"),
    "torch.Tensor.unflatten": ("f(a, 1, (3, 1))", "F.reshape(a, (2, 3, 1))"),
    "scipy.linalg.solve_triangular": _SUBSTITUTED,
    "jax.scipy.linalg.solve_triangular": _SUBSTITUTED,
    "torch.split_with_sizes": ("f(a, [1, 1])[0]", "F.split(a, [1, 1])[0]"),
    "torch.Tensor.split_with_sizes": ("f(a, [1, 1])[0]", "F.split(a, [1, 1])[0]"),
    "jax.lax.squeeze": ("f(a[:1], (0,))", "F.squeeze(a[:1], 0)"),
    "jax.lax.expand_dims": ("f(a, (0,))", "F.unsqueeze(a, 0)"), "torch.svd": _SINGULAR,
    "torch.Tensor.svd": _SINGULAR, "numpy.linalg.svd": _SINGULAR, "scipy.linalg.svd": _SINGULAR,
    "jax.numpy.linalg.svd": _SINGULAR, "jax.scipy.linalg.svd": _SINGULAR,
    "numpy.linalg.tensordot": ("f(a, a, axes=2)", "F.tensordot(a, a, 2)"),
    "jax.numpy.linalg.tensordot": ("f(a, a, axes=2)", "F.tensordot(a, a, 2)"),
    "numpy.matrix_transpose": _TURNED, "jax.numpy.matrix_transpose": _TURNED, "torch.t": _TURNED,
    "torch.Tensor.t": _TURNED, "torch.Tensor.T": _TURNED, "torch.Tensor.mT": _TURNED,
    "numpy.linalg.vector_norm": ("f(v)", "F.vector_norm(v)"),
    "jax.numpy.linalg.vector_norm": ("f(v)", "F.vector_norm(v)"),
    "torch.lu_solve": ("f(n, *LU(m))", "F.solve(m, n)"),
    "numpy.std(ddof=1)": ("f(a, ddof=1)", "F.std(a)"),
    "jax.numpy.std(ddof=1)": ("f(a, ddof=1)", "F.std(a)"),
    "scipy.linalg.cholesky(lower=True)": ("f(m @ m.T, lower=True)", "F.cholesky(m @ m.T)"),
    "jax.scipy.linalg.cholesky(lower=True)": ("f(m @ m.T, lower=True)", "F.cholesky(m @ m.T)"),
}  # fmt: skip
"""Names that are called with other arguments: how, and how we say the same."""

_APART = {"torch.nn.functional.multi_head_attention_forward"}
"""Of several parts, of which the op is one."""


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.slow] * name.startswith("jax")) for name in _CALLED
])  # fmt: skip
def test_called_otherwise(name: str) -> None:
    import derivc as dc

    library = name.partition(".")[0]
    pytest.importorskip(library)
    rng = np.random.default_rng(0)
    shapes = {"a": (2, 3), "v": (3,), "m": (3, 3), "n": (3, 2), "x": (2, 3, 5), "w": (4, 3, 2),
              "i": (1, 2, 3, 4), "g": (1, 2, 2, 2)}  # fmt: skip
    given = {key: rng.uniform(0.1, 0.9, shape) for key, shape in shapes.items()}
    given |= {"m": given["m"] + np.eye(3), "k": np.array([[0, 1], [2, 0]])}
    theirs = {k: torch.tensor(v) for k, v in given.items()} if library == "torch" else given
    function = resolve(name)
    function = function if callable(function) else function.__get__
    text, mine = _CALLED[name]
    scope = {"f": function, "LU": torch.linalg.lu_factor}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = np.asarray(eval(text, scope | theirs))
    wanted = eval(mine, {"F": dc} | given)
    np.testing.assert_allclose(found, wanted, rtol=2e-5 if library == "jax" else 1e-12)


NAMED = sorted(
    (op.name, name)
    for op in CASES
    for name in op.also.every()
    if _is_function(name) and name not in (*_CALLED, *_APART, op.torch)
)


@pytest.mark.parametrize(("op", "name"), [
    pytest.param(op, name, marks=[pytest.mark.slow] * name.startswith("jax")) for op, name in NAMED
])  # fmt: skip
def test_structural(op: str, name: str) -> None:
    """One of the op's cases comes out under this name as under the name that is tested."""
    library, declared = name.partition(".")[0], structure.get(op)
    pytest.importorskip(library)
    function, first, problems = resolve(name), resolve(str(declared.torch)), []
    for node, specs in CASES[declared]:
        arrays = inputs(specs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                wanted = called_as(node, first, arrays, False)
                found = called_as(node, function, arrays, library != "torch")
            except (TypeError, ValueError, RuntimeError, AttributeError, IndexError) as problem:
                problems.append(problem)
                continue
        if agree(found, wanted):
            return
    pytest.fail(f"{name} never came out as {declared.torch}: {problems[:1]}")
