"""LaTeX in: everyday formulas, what SymPy prints for the ops, and errors that show the place."""

from __future__ import annotations

import pytest
import sympy as sp

from derivc.errors import LimitError, ParseError
from derivc.ops import registry
from derivc.symbolic.canonical import canonical
from derivc.symbolic.latex import parse_latex, read
from derivc.symbolic.parse import parse
from tests.symbolic.values import value


@pytest.mark.parametrize(
    ("latex", "python"),
    [
        (r"x^2 e^{-x}", "x**2*exp(-x)"),
        (r"2\pi x", "2*pi*x"),
        (r"\frac{1}{2} x^{2} + \ln y", "1/2*x**2 + log(y)"),
        (r"\frac12 x", "1/2*x"),
        (r"\dfrac{x+1}{y}", "(x+1)/y"),
        (r"\sqrt{x} + \sqrt[3]{y}", "sqrt(x) + y**(1/3)"),
        (r"\sin x + \sin(x) + \sin\left(x\right)", "sin(x) + sin(x) + sin(x)"),
        (r"\sin 2 \pi x^2", "sin(2*pi*x**2)"),
        (r"\sin x \cos y", "sin(x)*cos(y)"),
        (r"\sin^2 x", "sin(x)**2"),
        (r"\sin^{2}{\left(x \right)}", "sin(x)**2"),
        (r"\log_{2} x", "log(x, 2)"),
        (r"\ln \ln x", "log(log(x))"),
        (r"\operatorname{exp}(x)", "exp(x)"),
        (r"\mathrm{tanh}(x)", "tanh(x)"),
        (r"|x| + \left|y\right| + |x + |y||", "abs(x) + abs(y) + abs(x + abs(y))"),
        (r"x \cdot y \times z \div 2", "x*y*z/2"),
        (r"x_{1} + x_2 + \alpha_{ij}", "x_1 + x_2 + alpha_ij"),
        (r"\mathrm{loss} + \lambda", "loss + lamda"),
        (r"x \left(y + 1\right)", "x*(y+1)"),
        (r"\left(x\right) \left(y\right)", "x*y"),
        (r"$x^{y^{z}}$", "x**y**z"),
        (r"\max(x, y)", "max(x, y)"),
        (r"\exp(-\tfrac{1}{2} x^{2})", "exp(-1/2*x**2)"),
        (
            r"\begin{cases} x & \text{for}\: x > 0 \wedge y \leq 1 \\ -x & \text{else} \end{cases}",
            "where(x > 0 and y <= 1, x, -x)",
        ),
        (r"k_{\mathrm{B}} T_{\text{eff}}^4 V_{\max}", "k_B*T_eff**4*V_max"),
        (r"\hat{y} - \bar\mu_1 + \boldsymbol{\theta}", "y_hat - mu_bar_1 + theta"),
        (r"\ln|x| + \log\left|x + 1\right|", "log(abs(x)) + log(abs(x + 1))"),
        (r"\frac{d_1}{d_2} + \frac{d}{d + \alpha}", "d_1/d_2 + d/(d + alpha)"),
        (r"\sin 60^\circ + x^{\circ}", "sin(60*(pi/180)) + x*(pi/180)"),
        (
            r"\Phi\left(\frac{x}{2}\right) + J_0(x) + \operatorname{arsinh} x",
            "ndtr(x/2) + j0(x) + asinh(x)",
        ),
        (r"\[ x^2 \].", "x**2"),
        (
            r"\begin{cases} x^2, & \text{if } x<0, \\ x, & \text{otherwise.}\end{cases}",
            "where(x < 0, x**2, x)",
        ),
        (r"\begin{cases} x & x = 0 \\ 1 & \text{otherwise} \\ \end{cases}", "where(x == 0, x, 1)"),
    ],
)
def test_meaning(latex, python):
    assert parse_latex(latex) == parse(python)


@pytest.mark.parametrize(
    ("latex", "place", "said"),
    [
        (r"x + \foo{y}", 4, "not known"),
        (r"\frac{d}{dx} x^2", 0, "dc.diff"),
        (r"\int x", 0, "integrals"),
        (r"x^10", 2, "braces"),
        (r"\frac{x}", 8, "braces"),
        (r"\sin^{-1} x", 5, "arcsin"),
        (r"\sin", 4, "argument"),
        (r"{x", 2, "close it"),
        (r"x}", 1, "closes nothing"),
        (r"x ! ", 2, "unexpected"),
        (r"a / b c", 6, "unclear"),
        (r"x & y", 2, "cases"),
        (r"x_{+}", 3, "letters and digits"),
        (r"\hat{xy}", 5, "one letter"),
    ],
)
def test_errors_show_the_place(latex, place, said):
    with pytest.raises(ParseError) as caught:
        parse_latex(latex)
    assert caught.value.position == place
    assert said in str(caught.value)


def test_nesting_is_bounded():
    deep = r"\frac{x}{" * 100 + "x" + "}" * 100
    assert parse_latex(deep).free_symbols == {sp.Symbol("x", real=True)}
    with pytest.raises(LimitError):
        parse_latex("{" * 100_000)


def test_subscripts_follow_the_given_variables():
    assert str(parse_latex("x_{1}", variables=["x1"])) == "x1"
    assert str(parse_latex("x_{1}")) == "x_1"


def test_read_knows_both_notations():
    assert read(r"\frac{x}{2}") == read("x/2") == parse("x/2")
    assert read("x^2", relaxed=True) == parse("x**2")
    for text in ("x^{2}", "$x^2$", r"\(x^2\),", "$$ x^2 $$."):
        assert read(text) == parse("x**2")
    with pytest.raises(ParseError):
        read("$x")


def printable():
    """Ops of numbers that SymPy does not print as something else."""
    other = {
        "where": "cases, tested above",
        "bounded": "printed as its first argument",
        "frac_floor": "printed as frac",
        "sincu": "printed as sinc, which is NumPy's",
        **dict.fromkeys("jv yv iv kv lambertw fresnels fresnelc".split(), "one letter"),
        **dict.fromkeys("elliptic_k elliptic_e elliptic_f expint".split(), "one letter"),
        **dict.fromkeys("gegenbauer legendre chebyshevu chebyshevt".split(), "one letter"),
        **dict.fromkeys("laguerre assoc_laguerre".split(), "one letter"),
        "factorial": "printed with an exclamation mark",
    }
    ops = [op for op in registry.all_ops() if "boolean" not in op.tags]
    return [op for op in ops if op.name not in other]


@pytest.mark.parametrize("op", printable(), ids=lambda op: op.name)
def test_what_sympy_prints_of_an_op_is_read_back(op):
    places = sp.symbols(f"x y z u v w t:{op.arity}", real=True)[: op.arity]
    tree = op.build(*places)
    at = {place.name: 0.3 + 0.2 * index for index, place in enumerate(places)}
    for again in (parse_latex(sp.latex(tree)), parse(str(tree))):
        same = again == tree
        assert same or value(again, at) == pytest.approx(value(tree, at), nan_ok=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"\operatorname{Foo}(x)", "'Foo' is not a known function"),
        (r"\mathrm{sofplus}(x)", "did you mean 'softplus'"),
        ("f(x)", "'f' is not a known function"),
        ("g(x, y) + 1", "'g' is not a known function"),
        ("3.5e-3x", "unclear"),
        ("2e5", "unclear"),
    ],
)
def test_nothing_is_silently_read_as_a_product(text, told):
    with pytest.raises(ParseError) as caught:
        parse_latex(text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"\operatorname{ReLU}(x)", "relu(x)"),
        (r"\mathrm{GELU}(x)", "gelu(x)"),
        ("a(x+1)", "a*(x + 1)"),
        ("f(2x+1)", "f*(2*x + 1)"),
        ("2 e - 3", "2*e - 3"),
        ("2e^{-3}", "2*e**(-3)"),
    ],
)
def test_products_and_names_in_capitals(text, plain):
    assert canonical(parse_latex(text)) == canonical(parse(plain))


def test_a_letter_named_as_a_variable_is_one():
    assert canonical(parse_latex("f(x)", variables=["f", "x"])) == canonical(parse("f*x"))
