r"""TeX of matrix formulas as plain text, for the terminal: `\bar{A} = -A^{-\top}` as `Ā = -A⁻ᵀ`."""

from __future__ import annotations

import re
import unicodedata

_WORDS = {
    r"\top": "ᵀ", r"\sum": "Σ", r"\prod": "Π", r"\times": "×", r"\circ": "∘", r"\star": "⋆",
    r"\ge": "≥", r"\le": "≤", r"\ne": "≠", r"\infty": "∞", r"\dots": "…", r"\quad": "  ",
    r"\lambda": "λ", r"\sigma": "σ", r"\mu": "μ", r"\epsilon": "ε", r"\Phi": "Φ", r"\pi": "π",
    r"\langle": "⟨", r"\rangle": "⟩", r"\partial": "∂", r"\alpha": "α", r"\beta": "β",
    r"\odot": "⊙", r"\otimes": "⊗", r"\in": "∈", r"\cdot": "·", r"\delta": "δ", r"\gamma": "γ",
    r"\lVert": "‖", r"\rVert": "‖", r"\|": "‖", r"\neq": "≠", r"\leq": "≤", r"\geq": "≥",
    r"\#": "#", r"\{": "{", r"\}": "}", r"\,": " ", r"\;": " ", r"\:": " ", r"\!": "",
    r"\left": "", r"\right": "", r"\textstyle": "", r"\displaystyle": "", r"\to": "→",
    r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉", r"\mid": "|",
    r"\Pr": "Pr", r"\_": "_", r"\Omega": "Ω", r"\Theta": "Θ",
}  # fmt: skip
_ACCENTS = {"bar": "\u0304", "dot": "\u0307", "hat": "\u0302", "tilde": "\u0303"}
_RAISED = str.maketrans("0123456789+-n−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ⁻")


def plain(tex: str) -> str:
    r"""A formula as one line of text.

    Example:
        >>> plain(r"\bar{A} = -A^{-\top} \bar{Y} A^{-\top}")
        'Ā = -A⁻ᵀ Ȳ A⁻ᵀ'
        >>> plain(r"\bar{x} = \bar{y}\,\frac{2 (x - \mu)}{n - c}")
        'x̄ = ȳ (2 (x - μ))/(n - c)'
    """
    text = re.sub(r"\\[bB]igg?[lr]?(?![a-zA-Z])", "", tex)
    text = re.sub(r"\\begin\{[a-z]*matrix\}(.*?)\\end\{[a-z]*matrix\}", _matrix, text)
    for _ in range(6):  # from the inside out
        text = re.sub(r"\\(bar|dot|hat|tilde)\{([^{}\\])\}", _accented, text)
        text = re.sub(r"\\overline\{([^{}]*)\}", _overlined, text)
        text = re.sub(r"\\(?:operatorname|mathrm|text|mathrel|mathbf)\{([^{}]*)\}", r"\1", text)
        text = re.sub(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", _quotient, text)
        text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√(\1)", text)
        text = re.sub(r"\^\{([^{}]*)\}|\^([^{}\\\s])", _power, _words(text))
        text = re.sub(r"_\{([^{}]*)\}", _index, text)
    return re.sub(r"\s+", " ", re.sub(r"\\(?=[a-z])", "", text)).strip()


def _overlined(found: re.Match[str]) -> str:
    """A conjugate, or the cotangent of a name."""
    inside = found[1]
    return f"conj({inside})" if len(inside) <= 2 else f"{inside}_bar"


def _words(text: str) -> str:
    return re.sub(r"\\(?:[A-Za-z]+|[^A-Za-z\s])", lambda m: _WORDS.get(m[0], m[0]), text)


def _accented(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", found[2] + _ACCENTS[found[1]])


def _quotient(found: re.Match[str]) -> str:
    above, below = (p if len(p.strip()) == 1 else f"({p})" for p in found.groups())
    return f"{above}/{below}"


def _power(found: re.Match[str]) -> str:
    inside = found[1] if found[1] is not None else found[2]
    if re.fullmatch(r"[0-9+\-nᵀ−]+", inside):
        return inside.translate(_RAISED)
    return f"^({inside})" if len(inside) > 1 else f"^{inside}"


def _index(found: re.Match[str]) -> str:
    return f"_{found[1]}" if len(found[1]) == 1 else f"_[{found[1]}]"


def _matrix(found: re.Match[str]) -> str:
    rows = [", ".join(c.strip() for c in row.split("&")) for row in found[1].split(r"\\")]
    return f"[{'; '.join(rows)}]"
