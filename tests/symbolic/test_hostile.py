"""Hostile and malformed texts and names: each gets its answer, in time, and runs nothing."""

from __future__ import annotations

import time

import pytest
import sympy

import derivc as dc
from derivc.errors import BadNameError, DerivcError
from derivc.symbolic.names import check_name
from derivc.symbolic.parse import parse
from tests.shared_data import items


def outcome(action):
    """The kind of the error of an action, or "value"."""
    try:
        action()
    except DerivcError as error:
        str(error)
        return error.kind
    return "value"


def accepted(expect):
    kinds = set(expect["error_kinds"] or ())
    return {"value": {"value"}, "error": kinds, "either": kinds | {"value"}}[expect["outcome"]]


def text_of(item):
    """The text of an item; long ones are given as a product of literals."""
    if item["expr"] is not None:
        return item["expr"]
    return eval(item["build"], {"__builtins__": {}})


def test_every_hostile_text_and_name_gets_its_answer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = []
    for item in items("hostile_inputs"):
        if item["route"] not in ("string", "names"):
            continue
        start = time.perf_counter()
        if item["route"] == "string":
            text = text_of(item)
            found = outcome(lambda text=text, item=item: parse(text, variables=item["variables"]))
        else:
            found = outcome(lambda item=item: [check_name(n) for n in item["variables"]])
        late = time.perf_counter() - start > item["max_seconds"]
        if found not in accepted(item["expect"]) or late:
            wrong.append((item["id"], found, late))
    assert not wrong
    assert not list(tmp_path.iterdir())


def source_of(item):
    """What is given to the compiler: text, or a SymPy object."""
    if item["route"] == "sympy":
        return eval(item["expr"], {**vars(sympy)})
    return text_of(item) if item["route"] == "string" else "1"


def compiled(item):
    """The kind of the error, or "value" when value and gradient are those that are given."""
    kernel = dc.compile(source_of(item), inputs=item["variables"])
    if item["at"] is None or item["expect"]["value"] is None:
        return
    at = [item["at"][name] for name in kernel.inputs]
    assert kernel(*at) == pytest.approx(item["expect"]["value"], rel=1e-9)
    slopes = dict(zip(kernel.inputs, kernel.grad(*at), strict=True))
    given = item["expect"]["grad"] or {}
    for name, slope in given.items():
        assert slope is None or slopes[name] == pytest.approx(slope, rel=1e-7)


def test_every_hostile_input_is_compiled_right_or_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = []
    for item in items("hostile_inputs"):
        start = time.perf_counter()
        found = outcome(lambda item=item: compiled(item))
        late = time.perf_counter() - start > item["max_seconds"]
        kinds = accepted(item["expect"])
        if late or (found not in kinds and not (found != "value" and len(kinds) > 1)):
            wrong.append((item["id"], found, late))
    assert not wrong
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    """__import__('os') eval('1') ().__class__ x.__class__ x._print x..y f'{x}' b'x' {x} [x] x;y
    x:=y (x:=1) x->y x@y x<<2 x>>2 x|y x&&y !x ~x x? `x` $x #x x#y 1.2.3 0x 1j 1e 1__0 09
    x++ x-- *x **x x,y (x,y) (x,) sin() sin(x,) sin(x sin)x( x==y True None NaN(x) x(2)(3)
    (x)(y) 2(x) {}[] <x> x<>y x=y sin(x=x,x=x) sin(*x) max(x) sum([x]) pow(x,2,3) int(x)
    print(x) open(x) x.sin() np.load(x) np.linalg.inv(x) os.system(x) sin.x sin(x)(y)
    (sin)(x) x≥y x→y ∞ ⌊x⌋ x½ xⁿ ｘ𝐲 x\u200by \x00 \ufeffx
    """.split(),
)
def test_text_that_is_no_formula(text):
    with pytest.raises(DerivcError):
        parse(text, variables=["x", "y"])


@pytest.mark.parametrize(
    "text",
    ["import os", "x y", "2 3", "lambda: x", "yield x", "x if y else", "x not in y", "not x",
     "x or y", "x is y", "for x in y", "x; y", "x\ny", "x #", "'a' 'b'",
     "x\xa0+ y", "x\u2028+ y", "x\x0b+y"],
)  # fmt: skip
def test_program_text_is_no_formula(text):
    with pytest.raises(DerivcError):
        parse(text, variables=["x", "y"])


@pytest.mark.parametrize(
    "name", ["x", "theta_1", "α", "x1", "sin", "np", "print", "result", "match"]
)
def test_names_that_can_be_variables(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", " ", "x y", "x.y", "1x", "x-1", "lambda", "None", "True", "async", "__x__", "__", "_",
     "_1", "x\n", "x\u200b", "٣", "x'", "%s", "ｘ", "x" * 500, "ﬁ", 3],
)  # fmt: skip
def test_names_that_cannot(name):
    with pytest.raises(BadNameError):
        check_name(name)
