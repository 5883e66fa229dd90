"""Derivations for people: how a derivative is found, as text, LaTeX, HTML and JSON."""

from __future__ import annotations

from derivc.reference.explain.explanation import Explanation as Explanation
from derivc.reference.explain.explanation import explain as explain
from derivc.reference.explain.explanation import explain_definition as explain_definition
