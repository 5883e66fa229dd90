r"""Products of vectors and matrices; leading dimensions are batches and broadcast."""

from __future__ import annotations

from typing import Any

from derivc.ops.structure import composite, structural


def transposed(F: Any, x: Any) -> Any:
    """The last two dimensions exchanged."""
    return F.transpose(x, -1, -2)


def _matmul_vjp(F: Any, g: Any, a: Any, b: Any, needs: dict[str, bool]) -> tuple[Any, Any]:
    """Vectors become matrices of one row or column, then A = G Bᵀ and B = Aᵀ G."""
    rows = F.unsqueeze(a, 0) if a.ndim == 1 else a
    columns = F.unsqueeze(b, -1) if b.ndim == 1 else b
    g = F.unsqueeze(g, -1) if b.ndim == 1 else g
    g = F.unsqueeze(g, -2) if a.ndim == 1 else g
    left = right = None
    if needs["a"]:
        left = F.sum_to(F.matmul(g, _adjoint(F, columns)), tuple(rows.shape))
        left = F.reshape(left, tuple(a.shape))
    if needs["b"]:
        right = F.sum_to(F.matmul(_adjoint(F, rows), g), tuple(columns.shape))
        right = F.reshape(right, tuple(b.shape))
    return left, right


def _adjoint(F: Any, x: Any) -> Any:
    return transposed(F, F.conjugated(x))


structural(
    "matmul", "The product of matrices; a vector is a row on the left, a column on the right.",
    forward=lambda xp, a, b: xp.matmul(a, b), vjp=_matmul_vjp, tensors=["a", "b"],
    aliases=["mm", "bmm", "mv"], torch="torch.matmul",
    jvp="each", formula=r"\bar{A} = \bar{Y} B^{\top}, \quad \bar{B} = A^{\top} \bar{Y}",
    also="linalg.matmul T.matmul np.matmul np.linalg.matmul jnp.matmul jnp.linalg.matmul "
    "torch.mm T.mm torch.bmm T.bmm torch.mv T.mv T.__matmul__ aten._grouped_mm",
    definition="Y = A B",
    tangent=r"\dot{Y} = \dot{A} B + A \dot{B}",
)  # fmt: skip
structural(
    "dot", "The sum of the products of two vectors.", tensors=["a", "b"], aliases=["inner"],
    forward=lambda xp, a, b: xp.dot(a, b), torch="torch.dot",
    vjp=lambda F, g, a, b: (g * F.conjugated(b), g * F.conjugated(a)),
    jvp="each", formula=r"\bar{a} = \bar{y} b, \quad \bar{b} = \bar{y} a",
    also="T.dot np.dot jnp.dot torch.inner T.inner np.inner jnp.inner",
    definition=r"y = \textstyle\sum_i a_i b_i",
)  # fmt: skip
composite(
    "outer", "All products of the numbers of two vectors.",
    lambda F, a, b: F.unsqueeze(a, -1) * F.unsqueeze(b, 0), aliases=["ger"], torch="torch.outer",
    tensors=["a", "b"], formula=r"\bar{a} = \bar{Y} b, \quad \bar{b} = \bar{Y}^{\top} a",
    also="T.outer np.outer np.linalg.outer jnp.outer jnp.linalg.outer torch.ger T.ger",
    definition="Y_{ij} = a_i b_j",
)  # fmt: skip
composite(
    "kron", "The Kronecker product.", lambda F, a, b: _kron(F, a, b), torch="torch.kron",
    tensors=["a", "b"],
    formula=r"\bar{A}_{ij} = \textstyle\sum_{kl} \bar{Y}_{(ik)(jl)} B_{kl}, \quad \bar{B}_{kl} = "
    r"\sum_{ij} \bar{Y}_{(ik)(jl)} A_{ij}",
    also="T.kron np.kron jnp.kron",
    definition=r"Y = A \otimes B, \quad Y_{(ik)(jl)} = A_{ij} B_{kl}",
)  # fmt: skip


def _kron(F: Any, a: Any, b: Any) -> Any:
    ndim = max(a.ndim, b.ndim)
    one, two = ((1,) * (ndim - t.ndim) + tuple(t.shape) for t in (a, b))
    left = F.reshape(a, tuple(e for n in one for e in (n, 1)))
    right = F.reshape(b, tuple(e for n in two for e in (1, n)))
    return F.reshape(left * right, tuple(n * m for n, m in zip(one, two, strict=True)))


composite(
    "trace", "The sum of the diagonal.", lambda F, x: F.einsum("ii->", x), torch="torch.trace",
    formula=r"\bar{X} = \bar{y} I",
    also="T.trace np.trace np.linalg.trace jnp.trace jnp.linalg.trace",
    definition=r"y = \textstyle\sum_i X_{ii}",
)  # fmt: skip
composite(
    "addmm", "beta * c + alpha * a @ b.",
    lambda F, c, a, b, beta=1, alpha=1: c * beta + F.matmul(a, b) * alpha, torch="torch.addmm",
    tensors=["c", "a", "b"],
    formula=r"\bar{C} = \beta \bar{Y}, \quad \bar{A} = \alpha \bar{Y} B^{\top}, \quad \bar{B} = "
    r"\alpha A^{\top} \bar{Y}",
    also="T.addmm T.addmm_",
    definition=r"Y = \beta C + \alpha A B",
)  # fmt: skip


def _linear(xp: Any, x: Any, weight: Any, bias: Any = None) -> Any:
    product = xp.matmul(x, weight.T)
    if bias is None:
        return product
    if product.dtype != xp.result_type(product, bias):
        return product + bias
    product += bias
    return product


def _linear_vjp(F: Any, g: Any, x: Any, weight: Any, bias_shape: Any, needs: Any) -> Any:
    """Rows are samples: X = G W, W = Gᵀ X, b the sum of the rows of G."""
    back = F.matmul(g, weight) if needs["x"] else None
    rows, samples = (F.reshape(t, (-1, t.shape[-1])) for t in (g, x))
    slope = F.matmul(F.transpose(rows, 0, 1), samples) if needs["weight"] else None
    return back, slope, F.sum_to(g, bias_shape) if needs["bias"] else None


_LINEAR_JVP = (
    lambda F, t, weight: F.linear(t, weight),
    lambda F, t, x: F.linear(x, t),
    lambda F, t, y_shape: F.expand(t, y_shape),
)
"""By x and the weights the product, by the bias its tangent alone."""


structural(
    "linear", "x Wᵀ + b: a fully connected layer.", forward=_linear, vjp=_linear_vjp,
    tensors=["x", "weight", "bias"], torch="torch.nn.functional.linear",
    jvp=_LINEAR_JVP,
    numbers="holomorphic",
    formula=r"\bar{X} = \bar{Y} W, \quad \bar{W} = \bar{Y}^{\top} X, \quad \bar{b} ="
    r" \textstyle\sum \bar{Y}",
    also="nn.Linear",
    definition=r"Y = X W^{\top} + b",
    tangent=r"\dot{Y} = \dot{X} W^{\top} + X \dot{W}^{\top} + \dot{b}",
)  # fmt: skip


def parts(equation: str, count: int) -> tuple[list[str], str]:
    """The subscripts of the operands and of the result, implicit results written out.

    Example:
        >>> parts("ij,jk", 2)
        (['ij', 'jk'], 'ik')
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    operands = left.split(",")
    if len(operands) != count:
        raise ValueError(f"einsum {equation!r} is of {len(operands)} operands, {count} were given")
    if not arrow:
        letters = left.replace(",", "").replace("...", "")
        right = "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
        right = ("..." if "..." in left else "") + right
    return operands, right


def _einsum_vjp(F: Any, g: Any, equation: str, tensors: Any, needs: Any) -> list[Any]:
    operands, result = parts(equation, len(tensors))
    return [
        _einsum_one(F, g, operands, result, tensors, i) if needs["tensors"][i] else None
        for i in range(len(tensors))
    ]


def _einsum_one(F: Any, g: Any, operands: list[str], result: str, tensors: Any, i: int) -> Any:
    """The cotangent of one operand: einsum of the result's with the others."""
    wanted, x = operands[i], tensors[i]
    once = "".join(dict.fromkeys(wanted.replace("...", "")))
    rest = [operands[j] for j in range(len(tensors)) if j != i]
    known = {*result, *"".join(rest)}
    found = "".join(c for c in once if c in known)
    dots = "..." if "..." in wanted else ""
    others = [F.conjugated(tensors[j]) for j in range(len(tensors)) if j != i]
    part = F.einsum(f"{','.join([result, *rest])}->{dots}{found}", g, *others)
    lead = tuple(part.shape)[: part.ndim - len(found)]
    extents = dict(zip(reversed(wanted.replace("...", "")), reversed(x.shape), strict=False))
    if found != once:  # summed over alone: the same for every place
        shape = iter(tuple(part.shape)[len(lead) :])
        part = F.reshape(part, (*lead, *(next(shape) if c in found else 1 for c in once)))
        part = F.expand(part, (*lead, *(extents[c] for c in once)))
    body = wanted.replace("...", "")
    if len(once) != len(body):
        part = _on_diagonal(F, part, once, body, extents)
    return F.sum_to(part, tuple(x.shape)) if tuple(part.shape) != tuple(x.shape) else part


def _on_diagonal(F: Any, part: Any, once: str, body: str, extents: dict[str, int]) -> Any:
    """Repeated letters: zeros but on the diagonal."""
    names = iter(c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in body)
    eyes, letters, seen = [], [], set()
    for c in body:
        letters.append(next(names) if c in seen else c)
        if c in seen:
            eyes.append((c + letters[-1], extents[c]))
        seen.add(c)
    equation = ",".join([f"...{once}", *(pair for pair, _ in eyes)])
    return F.einsum(f"{equation}->...{''.join(letters)}", part, *(F.eye(n, part) for _, n in eyes))


structural(
    "einsum", "Products summed over subscripts, as an equation says.", tensors=[],
    forward=lambda xp, equation, tensors: _einsum(xp, equation, tensors), vjp=_einsum_vjp,
    sequence="tensors", variadic=True, torch="torch.einsum",
    jvp="each", formula=r"\bar{x}_k = \operatorname{einsum}(\bar{y}, \text{the other operands})",
    also="np.einsum jnp.einsum",
    definition=r"y_{\text{out}} = \textstyle\sum \prod_k x_{k, \text{in}_k}",
)  # fmt: skip


def _einsum(xp: Any, equation: str, tensors: Any) -> Any:
    return xp.array(xp.einsum(equation, *tensors, optimize=len(tensors) > 1), copy=None)


def _diagonal(xp: Any, x: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    return xp.diagonal(x, offset, dim1, dim2)


def _diagonal_vjp(F: Any, g: Any, x_shape: Any, offset: int, dim1: int, dim2: int) -> Any:
    return F.from_diagonal(g, x_shape, offset, dim1, dim2)


structural(
    "diagonal", "A diagonal of two dimensions, along a new last one.", forward=_diagonal,
    vjp=_diagonal_vjp, torch="torch.diagonal", jvp="linear",
    formula=r"\bar{X} = \operatorname{diag} \bar{y}",
    also="linalg.diagonal T.diagonal np.diagonal np.linalg.diagonal jnp.diagonal "
    "jnp.linalg.diagonal",
    definition="y_i = X_{i, i + k}",
)  # fmt: skip


def _from_diagonal(xp: Any, x: Any, shape: Any, offset: int, dim1: int, dim2: int) -> Any:
    found = xp.zeros(shape, x.dtype)
    moved = xp.moveaxis(found, (dim1, dim2), (-2, -1))  # a view of what is returned
    rows = xp.arange(x.shape[-1])
    moved[..., rows + max(-offset, 0), rows + max(offset, 0)] = x
    return found


structural(
    "from_diagonal", "Zeros but on a diagonal.", forward=_from_diagonal,
    vjp=lambda F, g, offset, dim1, dim2: F.diagonal(g, offset, dim1, dim2),
    jvp="linear", formula=r"\bar{x} = \text{the diagonal of } \bar{Y}",
    definition=r"Y_{i, i + k} = x_i, \quad 0 \text{ elsewhere}",
)  # fmt: skip


def _diag(F: Any, x: Any, diagonal: int = 0) -> Any:
    if x.ndim == 2:
        return F.diagonal(x, diagonal)
    n = x.shape[0] + abs(diagonal)
    return F.from_diagonal(x, (n, n), diagonal, 0, 1)


composite(
    "diag", "The diagonal of a matrix, or the matrix with that diagonal.", _diag,
    torch="torch.diag",
    formula=r"\bar{X} = \operatorname{diag} \bar{y}, \quad \text{or } \bar{x}_i = \bar{Y}_{i, i "
    r"+ k}",
    also="T.diag np.diag jnp.diag",
    definition=r"y_i = X_{i, i + k}, \quad \text{or } Y_{i, i + k} = x_i",
)  # fmt: skip


def _cross(F: Any, a: Any, b: Any, dim: int = -1) -> Any:
    """Two products of the vectors, each turned around by one place."""
    return F.roll(a * F.roll(b, -1, dim) - b * F.roll(a, -1, dim), -1, dim)


composite(
    "cross", "The cross product of vectors of three numbers.", _cross, torch="torch.linalg.cross",
    tensors=["a", "b"], formula=r"\bar{a} = b \times \bar{y}, \quad \bar{b} = \bar{y} \times a",
    also="torch.cross T.cross np.cross np.linalg.cross jnp.cross jnp.linalg.cross",
    definition=r"y = a \times b",
)  # fmt: skip


def _tensordot(F: Any, a: Any, b: Any, dims: Any = 2) -> Any:
    left, right = dims if not isinstance(dims, int) else (
        range(a.ndim - dims, a.ndim), range(dims)
    )  # fmt: skip
    left, right = [d % a.ndim for d in left], [d % b.ndim for d in right]
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    one = list(letters[: a.ndim])
    two = list(letters[a.ndim : a.ndim + b.ndim])
    for i, j in zip(left, right, strict=True):
        two[j] = one[i]
    kept = [c for i, c in enumerate(one) if i not in left]
    kept += [c for j, c in enumerate(two) if j not in right]
    return F.einsum(f"{''.join(one)},{''.join(two)}->{''.join(kept)}", a, b)


composite(
    "tensordot", "The sum of products over dimensions of two arrays.", _tensordot,
    torch="torch.tensordot", tensors=["a", "b"],
    formula=r"\bar{a}_{ik} = \textstyle\sum_j \bar{y}_{ij} b_{kj}, \quad \bar{b}_{kj} = \sum_i "
    r"a_{ik} \bar{y}_{ij}",
    also="np.tensordot np.linalg.tensordot jnp.tensordot jnp.linalg.tensordot",
    definition=r"y_{ij} = \textstyle\sum_k a_{ik} b_{kj}",
)  # fmt: skip


def _matrix_power(F: Any, x: Any, n: int) -> Any:
    """By squaring; a negative power is of the inverse."""
    if n < 0:
        return _matrix_power(F, F.inv(x), -n)
    if n == 0:
        return x * 0 + F.eye(x.shape[-1], x)
    half = _matrix_power(F, x, n // 2) if n > 1 else None
    square = x if half is None else F.matmul(half, half)
    return F.matmul(square, x) if n > 1 and n % 2 else square


composite(
    "matrix_power", "A whole power of a matrix.", _matrix_power,
    torch="torch.linalg.matrix_power",
    formula=r"\bar{A} = \textstyle\sum_{k=0}^{n-1} (A^{\top})^k \bar{Y} (A^{\top})^{n-1-k}",
    also="torch.matrix_power T.matrix_power np.linalg.matrix_power jnp.linalg.matrix_power",
    definition="Y = A^n",
)  # fmt: skip


def _multi_dot(F: Any, tensors: Any) -> Any:
    """From the left; matmul knows the shapes of the ends."""
    first, *rest = tensors
    for tensor in rest:
        first = F.matmul(first, tensor)
    return first


composite(
    "multi_dot", "The product of several matrices.", _multi_dot, torch="torch.linalg.multi_dot",
    tensors=[], sequence="tensors",
    formula=r"\bar{A}_k = (A_1 \cdots A_{k-1})^{\top} \bar{Y} (A_{k+1} \cdots A_n)^{\top}",
    also="np.linalg.multi_dot jnp.linalg.multi_dot",
    definition=r"Y = A_1 A_2 \cdots A_n",
)  # fmt: skip
