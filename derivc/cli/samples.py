"""Example command lines, each with its purpose: for help, and for `derivc examples`."""

from __future__ import annotations

TOUR = [
    ('derivc "sigmoid(x)**2 + 3*x"', "the derivative"),
    ('derivc diff "exp(-x**2)" --order 3', "the third derivative"),
    ('derivc diff "x**2*sin(y)" --wrt x,y', "a mixed derivative"),
    ('derivc grad "u**3 + v**2 + 4*u*v"', "all partials"),
    ('derivc eval "x*sin(y)" --at x=2,y=pi/2', "numbers"),
    ('derivc compile "x**2*sin(y)" -o kernel.py', "a NumPy module"),
    ('derivc check "x**2" "2*x"', "is 2*x right?"),
    (r'derivc "\frac{1}{2} x^{2}" --latex', "LaTeX in and out"),
    ("echo 'x**3' | derivc -", "from a pipe"),
]

BY_COMMAND = {
    "diff": [
        ('derivc diff "x**3" --order 2', "d2/dx2"),
        ('derivc diff "x*y"', "by every variable"),
        ('derivc diff "x**2*y" --wrt x,y', "mixed: d2/dx dy"),
        ('derivc diff "x*y" --wrt x --wrt y', "d/dx and d/dy"),
    ],
    "grad": [('derivc grad "u**3 + v**2 + 4*u*v"', "d/du and d/dv")],
    "hessian": [('derivc hessian "x**2*y"', "a 2 by 2 matrix")],
    "jacobian": [('derivc jacobian "r*cos(t)" "r*sin(t)"', "a 2 by 2 matrix")],
    "eval": [
        ('derivc eval "x*sin(y)" --at x=2 --at y=pi/2', "value, d/dx, d/dy"),
        ('derivc eval "x*sin(y)" --at x=2,y=pi/2', "the same"),
    ],
    "compile": [
        ('derivc compile "x**2*sin(y)"', "print the module"),
        ('derivc compile "x**2*sin(y)" -o kernel.py', "write it"),
        ('derivc compile "x*y" "x + y"', "vector-valued"),
        ('derivc compile "x*sigmoid(1.702*x)" --backend torch -o gelu.py', "for PyTorch"),
        ('derivc compile "x*exp(-y)" --backend jax --name decay', "for JAX"),
    ],
    "check": [
        ('derivc check "x**2*sin(x)"', "the compiled gradient"),
        ('derivc check "x**2" "2*x"', "a claim: is it d/dx?"),
        ('derivc check "x**2*y" "2*x*y" --wrt x', "a claim on d/dx"),
    ],
    "ops": [
        ("derivc ops", "all functions"),
        ("derivc ops activation", "those about a word"),
        ("derivc ops show sigmoid", "one in full"),
    ],
    "cache": [("derivc cache info", "place and size"), ("derivc cache clear", "empty it")],
    "doctor": [("derivc doctor --json", "for a bug report")],
    "completion": [
        ('eval "$(derivc completion bash)"', "in ~/.bashrc"),
        ('eval "$(derivc completion zsh)"', "in ~/.zshrc"),
        ("derivc completion fish | source", "in config.fish"),
    ],
}
