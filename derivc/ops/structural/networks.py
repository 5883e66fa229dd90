r"""Parts of networks: rows looked up in a table, attention, and one step of a recurrent network."""

from __future__ import annotations

from math import sqrt
from typing import Any

from derivc.errors import InputTypeError
from derivc.ops.structural.linear import transposed
from derivc.ops.structure import composite


def _embedding(
    F: Any,
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    _refuse("embedding", max_norm=max_norm, scale_grad_by_freq=scale_grad_by_freq)
    del norm_type, sparse
    index = F.constant(F.lift(input))
    found = F.getitem(weight, index)
    if padding_idx is None:
        return found
    fixed = index == padding_idx % weight.shape[0]
    return F.where(F.constant(fixed)[..., None], F.constant(found), found)


def _refuse(name: str, **given: Any) -> None:
    wanted = [key for key, value in given.items() if value]
    if wanted:
        raise InputTypeError(f"{name}: {', '.join(wanted)} changes the table; it is not supported")


composite(
    "embedding", "The rows of a table that are asked for; the padding's row has no derivative.",
    _embedding, torch="torch.nn.functional.embedding", tensors=["weight"],
    definition=r"y_k = W_{i_k}", formula=r"\bar{W}_j = \textstyle\sum_{k : i_k = j} \bar{y}_k",
    also="torch.embedding nn.Embedding aten.embedding",
)  # fmt: skip


def _bag(
    F: Any,
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
) -> Any:
    _refuse("embedding_bag", max_norm=max_norm, scale_grad_by_freq=scale_grad_by_freq)
    del norm_type, sparse
    index = F.constant(F.lift(input))
    rows = F.getitem(weight, index)
    if per_sample_weights is not None:
        rows = rows * F.unsqueeze(per_sample_weights, -1)
    bags = list(_bags(F, rows, offsets)) if index.ndim == 1 else None
    if bags is None:
        return _summary(F, rows, 1, mode)
    return F.stack([_summary(F, bag, 0, mode) for bag in bags], 0)


def _bags(F: Any, rows: Any, offsets: Any) -> Any:
    starts = F.constant(F.lift(offsets)).tolist()
    for start, end in zip(starts, [*starts[1:], rows.shape[0]], strict=True):
        yield F.narrow(rows, 0, start, end - start)


def _summary(F: Any, rows: Any, dim: int, mode: str) -> Any:
    if mode not in ("mean", "sum", "max"):
        raise InputTypeError(f"embedding_bag: mode is one of mean, sum, max; got {mode!r}")
    if not rows.shape[dim]:
        return F.sum(rows, dim)
    if mode == "max":
        return F.max_along(rows, dim)[0]
    return F.sum(rows, dim) if mode == "sum" else F.mean(rows, dim)


composite(
    "embedding_bag", "The means (or sums, or maxima) of the rows of a table that are asked for.",
    _bag, torch="torch.nn.functional.embedding_bag", tensors=["weight", "per_sample_weights"],
    definition=r"y_b = \textstyle\sum_{k \in b} s_k W_{i_k}", formula=r"\bar{W}_j ="
    r" \textstyle\sum_{k : i_k = j} s_k \bar{y}_{b(k)}, \quad \bar{s}_k = W_{i_k} \cdot"
    r" \bar{y}_{b(k)}",
    also="nn.EmbeddingBag aten._embedding_bag",
)  # fmt: skip


def _attention(
    F: Any,
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Any:
    if dropout_p:
        raise InputTypeError("scaled_dot_product_attention: dropout is random, and not supported")
    factor = 1 / sqrt(query.shape[-1]) if scale is None else scale
    scores = F.matmul(query, transposed(F, key)) * factor
    if is_causal:
        holds = F.tril(F.constant(F.ones_like(scores))) > 0
        scores = F.where(F.constant(holds), scores, -float("inf"))
    if attn_mask is not None:
        given = F.constant(F.lift(attn_mask))
        whole = given.dtype.kind == "b"
        scores = F.where(given, scores, -float("inf")) if whole else scores + attn_mask
    return F.matmul(F.softmax(scores, -1), value)


composite(
    "scaled_dot_product_attention", "The means of values, weighted by softmax of the products of"
    " queries and keys.",
    _attention, torch="torch.nn.functional.scaled_dot_product_attention",
    tensors=["query", "key", "value"],
    definition=r"Y = P V, \quad P = \operatorname{softmax}(S), \quad S = Q K^{\top} / \sqrt{d}",
    formula=r"\bar{V} = P^{\top} \bar{Y}, \quad \bar{S} = P \circ \bigl(\bar{Y} V^{\top} -"
    r" \textstyle\sum P \circ \bar{Y} V^{\top}\bigr), \quad \bar{Q} = \bar{S} K / \sqrt{d}, \quad"
    r" \bar{K} = \bar{S}^{\top} Q / \sqrt{d}",
    also="nn.MultiheadAttention F.multi_head_attention_forward"
    " aten._scaled_dot_product_fused_attention_overrideable",
)  # fmt: skip


def _gates(F: Any, x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> tuple[Any, Any]:
    return F.linear(x, w_ih, b_ih), F.linear(h, w_hh, b_hh)


def _simple(activation: str) -> Any:
    def define(
        F: Any, x: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
    ) -> Any:
        left, right = _gates(F, x, hx, w_ih, w_hh, b_ih, b_hh)
        return getattr(F, activation)(left + right)

    return define


_WEIGHTS = ["x", "hx", "w_ih", "w_hh", "b_ih", "b_hh"]
for _name in ("tanh", "relu"):
    composite(
        f"rnn_{_name}_cell", f"One step of a recurrent network with {_name}.", _simple(_name),
        torch=f"torch.rnn_{_name}_cell", tensors=_WEIGHTS,
        definition=rf"h' = \{'tanh' if _name == 'tanh' else 'operatorname{relu}'}"
        r"(W x + b + U h + c)",
        formula=r"\bar{a} = \bar{h}' \circ f'(a), \quad \bar{x} = W^{\top} \bar{a}, \quad \bar{h} ="
        r" U^{\top} \bar{a}, \quad \bar{W} = \bar{a} x^{\top}, \quad \bar{U} = \bar{a} h^{\top}",
        also="nn.RNNCell nn.RNN" if _name == "tanh" else "",
    )  # fmt: skip


def _lstm(
    F: Any, x: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
) -> tuple[Any, Any]:
    h, c = hx
    left, right = _gates(F, x, h, w_ih, w_hh, b_ih, b_hh)
    i, f, g, o = F.chunk(left + right, 4, -1)
    new = F.sigmoid(f) * c + F.sigmoid(i) * F.tanh(g)
    return F.sigmoid(o) * F.tanh(new), new


composite(
    "lstm_cell", "One step of a network with long short-term memory.", _lstm,
    torch="torch.lstm_cell", tensors=["x", "w_ih", "w_hh", "b_ih", "b_hh"], sequence="hx",
    definition=r"c' = \sigma(f) c + \sigma(i) \tanh g, \quad h' = \sigma(o) \tanh c', \quad"
    r" (i, f, g, o) = W x + b + U h + d",
    formula=r"\bar{c}' \mathrel{+}= \bar{h}' \sigma(o) (1 - \tanh^2 c'), \quad \bar{o} = \bar{h}'"
    r" \tanh c' \, \sigma'(o), \quad \bar{f} = \bar{c}' c\, \sigma'(f), \quad \bar{i} = \bar{c}'"
    r" \tanh g\, \sigma'(i), \quad \bar{g} = \bar{c}' \sigma(i) (1 - \tanh^2 g), \quad \bar{c} ="
    r" \bar{c}' \sigma(f)",
    also="nn.LSTMCell nn.LSTM aten._thnn_fused_lstm_cell",
)  # fmt: skip


def _gru(F: Any, x: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    left, right = (F.chunk(t, 3, -1) for t in _gates(F, x, hx, w_ih, w_hh, b_ih, b_hh))
    r, z = (F.sigmoid(a + b) for a, b in zip(left[:2], right[:2], strict=True))
    n = F.tanh(left[2] + r * right[2])
    return n + z * (hx - n)


composite(
    "gru_cell", "One step of a network with gated recurrent units.", _gru,
    torch="torch.gru_cell", tensors=_WEIGHTS,
    definition=r"h' = (1 - z) n + z h, \quad n = \tanh(a_n + r\, b_n), \quad r, z ="
    r" \sigma(a_{r,z} + b_{r,z}), \quad a = W x + b, \; b = U h + c",
    formula=r"\bar{z} = \bar{h}' (h - n), \quad \bar{n} = \bar{h}' (1 - z), \quad \bar{a}_n ="
    r" \bar{n} (1 - n^2), \quad \bar{r} = \bar{a}_n b_n, \quad \bar{h} = \bar{h}' z + U^{\top}"
    r" \bar{b}",
    also="nn.GRUCell nn.GRU aten._thnn_fused_gru_cell",
)  # fmt: skip
