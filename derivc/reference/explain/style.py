"""How derivations look: one style sheet, for light and dark, for screens and paper."""

from __future__ import annotations

STYLE = """
.derivc-steps{font:15px/1.55 system-ui,sans-serif;max-width:60rem;color:inherit}
.derivc-steps h3{font-size:1.1rem;font-weight:600;margin:.4rem 0 .6rem}
.derivc-steps h4{font-size:1rem;font-weight:600;margin:1rem 0 .3rem}
.derivc-steps p{margin:.3rem 0}
.derivc-steps section+section{margin-top:2rem}
.derivc-steps details{border-left:2px solid color-mix(in srgb,currentColor 22%,transparent);
 margin:.45rem 0;padding-left:.75rem}
.derivc-steps details>div{padding:.1rem 0 .2rem .4rem}
.derivc-steps summary{cursor:pointer}
.derivc-steps summary:focus-visible{outline:2px solid currentColor;outline-offset:2px}
.derivc-steps .n{opacity:.65;font-variant-numeric:tabular-nums}
.derivc-steps .general{font-family:"STIX Two Math","Cambria Math",serif;font-style:italic;
 opacity:.85;margin-left:.5rem}
.derivc-steps .eq,.derivc-steps .again,.derivc-steps .let{overflow-x:auto;overflow-y:hidden;
 padding:.12rem 0}
.derivc-steps .eq,.derivc-steps .again{line-height:2}
.derivc-steps .note{opacity:.75;font-size:.92em}
.derivc-steps .numbers{font-size:.9em;font-variant-numeric:tabular-nums;
 background:color-mix(in srgb,currentColor 7%,transparent);border-radius:4px;
 padding:.1rem .5rem;margin:.2rem 0;width:fit-content}
.derivc-steps .answer{border:1px solid color-mix(in srgb,currentColor 35%,transparent);
 border-radius:6px;padding:.5rem .8rem;margin-top:.8rem;overflow-x:auto;overflow-y:hidden}
.derivc-steps math{font-size:1.08em}
.derivc-steps mtd{text-align:left;padding:.15em .45em}
.derivc-steps .cases{border-left:1.5px solid;border-radius:.5em 0 0 .5em;margin:0 .2em}
@media print{.derivc-steps details{break-inside:avoid}}
""".replace("\n", "")

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root{{color-scheme:light dark}}
body{{margin:1.5rem;background:Canvas;color:CanvasText}}
</style>
</head>
<body>
{body}
</body>
</html>"""
