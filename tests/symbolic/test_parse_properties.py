"""Properties of the parser over random formulas and random garbage."""

from __future__ import annotations

import math

from hypothesis import example, given, settings
from hypothesis import strategies as st

from derivc.cli.notation import as_written, text_of
from derivc.errors import DerivcError
from derivc.symbolic.latex import parse_latex, read
from derivc.symbolic.limits import Limits
from derivc.symbolic.names import check_name
from derivc.symbolic.parse import parse, parse_condition
from tests.symbolic.values import value

ATOMS = st.sampled_from(["x", "y", "2", "3", "0.5", "1.25", "pi", "x_1"])
VALUES = {"x": 0.7, "y": 1.3, "x_1": 2.1}
WORDS = r"""
    x y e pi 1 2. .5 1e3 0x 9 + - * / // % ** ^ ( ) , = == < <= & | ~ and or not if else sin exp
    where Piecewise max np.sin x.y _ __a ' " [ ] { } : ; @ ! # \ \frac \sin \left( \right) _1 ² √ π
    ≤ True lambda 9**9 \begin{cases} \end{cases} \\ $ """
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "\t"])


def grow(inner):
    binary = st.tuples(inner, st.sampled_from(["+", "-", "*", "/", " - "]), inner).map("".join)
    return st.one_of(
        binary,
        inner.map(lambda t: f"-{t}"),
        inner.map(lambda t: f"({t})"),
        inner.map(lambda t: f"({t})**2"),
        st.tuples(st.sampled_from(["sin", "exp", "cos"]), inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} if {p[1]} > 1 else {p[0]})"),
    )


FORMULAS = st.recursive(ATOMS, grow, max_leaves=12)


def same(a, b):
    return abs(a - b) <= 1e-9 * max(1, abs(a)) or not math.isfinite(abs(a))


def python(text):
    """The value of a formula by Python itself, or None where it has none."""
    names = VALUES | {"sin": math.sin, "cos": math.cos, "exp": math.exp, "pi": math.pi}
    try:
        return eval(text, {"__builtins__": {}}, names)
    except (ArithmeticError, ValueError):
        return None


@given(FORMULAS)
@settings(max_examples=150, deadline=None)
def test_a_formula_means_what_python_means(text):
    want = python(text)
    if want is None or abs(want) > 1e12:
        return
    assert same(value(parse(text), VALUES), want)


@given(FORMULAS)
@example("---2/(x if 2 > 1 else x)")
@settings(max_examples=300, deadline=None)
def test_a_printed_tree_is_read_as_the_same_value(text):
    want = python(text)
    if want is None or not 1e-6 < abs(want) < 1e6:
        return
    for printed in (text_of(parse(text)), as_written(parse(text), text)):
        assert same(value(parse(printed), VALUES), want), printed


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
@settings(max_examples=400, deadline=None)
def test_garbage_raises_nothing_but_our_errors(text):
    for reader in (parse, parse_condition, parse_latex, read):
        try:
            reader(text)
        except DerivcError as error:
            str(error)
    try:
        parse(text, Limits(depth=5, length=20), variables=["x"], relaxed=True)
    except DerivcError as error:
        str(error)


@given(st.text(max_size=10))
@settings(max_examples=200, deadline=None)
def test_an_accepted_name_is_an_argument_name(name):
    try:
        check_name(name)
    except DerivcError:
        return
    scope = {}
    exec(f"def f({name}): return {name}", scope)
    assert scope["f"](**{name: 3}) == 3
