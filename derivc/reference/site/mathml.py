r"""TeX as MathML, which browsers set without scripts.

The converter is latex2mathml (the `docs` extra); what it lacks is prepared before and mended after:
names of functions upright and with their invisible "apply", `\mathrel`, spans of one letter.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any

from derivc.errors import MissingDependencyError
from derivc.reference.pages.page import Formula

_NAMED = re.compile(r"\\(?:operatorname|mathrm|mathit)\{((?:[^{}]|\{[^{}]*\})*)\}")
_CLOSE = re.compile(
    r"(\\operatorname\{[^{}]*\}|\\(?:det|exp|log|max|min))(?= ?(?:[A-Za-z]|\\[a-km-z]))"
)
_SIGN = re.compile(
    r'((?:form="prefix">[^<]*|<mo stretchy="false">(?:&#x00028;|\[)'
    r"|<mo>&#x0003D;|<mo>&#x0002C;)</mo>)"
    r"<mo>&#x02212;</mo>"
)  # a minus sign behind a bracket, a comma or an equals sign is no subtraction
_MARK = "@name@"  # before what stands for a name inside \text


def mathml(formula: Formula, block: bool = False) -> str:
    """A formula as a `<math>` element, its text as the description for those who cannot see it.

    Args:
        formula: what to set; with no TeX, its text is set as code.
        block: on a line of its own, in display style.

    Raises:
        MissingDependencyError: latex2mathml is not installed.

    Example:
        >>> mathml(Formula("x < 2", ""))
        '<code>x &lt; 2</code>'
    """
    if not formula.tex:
        return f"<code>{html.escape(formula.text)}</code>" if formula.text else ""
    found = _converted(formula.tex, block)
    label = html.escape(formula.text or formula.tex, quote=True)
    return found.replace("<math ", f'<math aria-label="{label}" ', 1)


@lru_cache(maxsize=8192)
def _converted(tex: str, block: bool) -> str:
    converter = _converter()
    found = str(converter.convert(_prepared(tex), display="block" if block else "inline"))
    return _mended(found)


def _converter() -> Any:
    try:
        from latex2mathml import converter
    except ImportError as problem:
        raise MissingDependencyError(
            "the site sets its formulas with latex2mathml: pip install 'derivc[docs]'"
        ) from problem
    return converter


def _prepared(tex: str) -> str:
    """The TeX without what the converter does not know, and with space behind bare functions."""
    tex = re.sub(r"\\mathrel\{([^{}]*)\}", r"\1", tex)
    tex = re.sub(r"\\(max|min)(?=\\left|\()", r"\\operatorname{\1}", tex)
    tex = _CLOSE.sub(r"\1\\,", tex)
    return _NAMED.sub(lambda m: rf"\text{{{_MARK}{_letters(m[1])}}}", tex)


def _letters(name: str) -> str:
    return name.replace(r"\_", "_").replace("{", "").replace("}", "").replace("\\", "")


def _mended(found: str) -> str:
    found = re.sub(rf"<mtext>{_MARK}(.*?)</mtext>", _name, found)
    found = found.replace("<mi>:</mi>", "<mo>:</mo>").replace("&#x02015;", "&#x000AF;")
    found = found.replace("<mo>&#x022A4;</mo>", '<mi mathvariant="normal">&#x022A4;</mi>')
    return _with_edges(_SIGN.sub(r'\1<mo form="prefix">&#x02212;</mo>', found))


def _name(found: re.Match[str]) -> str:
    return f'<mi mathvariant="normal">{found[1]}</mi>'


def _with_edges(found: str) -> str:
    """Spaces at the ends of text between symbols, which browsers would drop."""
    return re.sub(
        r"<mtext>( ?)(.*?)( ?)</mtext>",
        lambda m: f"<mtext>{m[1] and '&#xA0;'}{m[2]}{m[3] and '&#xA0;'}</mtext>", found,
    )  # fmt: skip
