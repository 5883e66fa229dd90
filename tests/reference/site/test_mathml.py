"""TeX comes out as MathML that browsers can set: well-formed, names whole, nothing lost."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from derivc.ops import structure
from derivc.reference.names import pages
from derivc.reference.pages.page import Formula
from derivc.reference.site.mathml import mathml

pytest.importorskip("latex2mathml", reason="the docs extra is not installed")
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


def tags(formula):
    """The element, and its text by kind of element."""
    root = ET.fromstring(re.sub(r"&(?!#|amp|lt|gt|quot)", "&amp;", mathml(formula)))
    return root, [(e.tag.removeprefix(NAMESPACE), e.text or "") for e in root.iter()]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [(r"\operatorname{log\_ndtr}\left(x\right)", ("mi", "log_ndtr")),
     (r"\sigma\left(x\right)", ("mi", "σ")), (r"\mathrm{hi}", ("mi", "hi")),
     (r"\max\left(0, x\right)", ("mi", "max")), (r"A^{-\top}", ("mi", "⊤")),
     (r"\operatorname{sech}^{2}{\left(x \right)}", ("mi", "sech")),
     (r"\begin{cases} 0 & \text{if } x < 0 \\ 1 & \text{otherwise} \end{cases}",
      ("mtext", "otherwise")), (r"\mathrel{+}=", ("mo", "+"))],
)  # fmt: skip
def test_parts(tex, expected):
    assert expected in tags(Formula("", tex))[1]


def test_a_power_of_a_function_has_two_children():
    root, _ = tags(Formula("", r"\operatorname{sech}^{2}{\left(x \right)}"))
    (power,) = root.iter(f"{NAMESPACE}msup")
    assert len(power) == 2


def test_branches_are_rows():
    root, found = tags(
        Formula("", r"\begin{cases} a & \text{if } b \\ c & \text{otherwise} \end{cases}")
    )
    assert len(list(root.iter(f"{NAMESPACE}mtr"))) == 2
    assert ("mtext", "if\xa0") in found


@pytest.mark.parametrize("op", [o for o in pages() if isinstance(o, structure.StructuralOp)],
                         ids=lambda op: op.name)  # fmt: skip
def test_formulas_of_structural_ops(op):
    for tex in (op.formula, getattr(op, "definition", ""), getattr(op, "tangent", "")):
        if "\\" in tex:
            _, found = tags(Formula("", tex))
            assert not [text for _, text in found if "\\" in text or "@" in text], tex


def test_what_is_no_mathematics_is_escaped():
    assert "<b>" not in mathml(Formula("<b>", "x"))
    assert "<b>" not in mathml(Formula("<b>", ""))
