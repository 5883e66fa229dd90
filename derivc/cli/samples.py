"""Example command lines, each with its purpose: for help, and for `derivc examples`."""

from __future__ import annotations

TOUR = [
    ('derivc "sigmoid(x)**2 + 3*x"', "the derivative"),
    ('derivc diff "exp(-x**2)" --order 3', "the third derivative"),
    ('derivc diff "x**2*sin(y)" --wrt x,y', "a mixed derivative"),
    ('derivc grad "u**3 + v**2 + 4*u*v"', "all partials"),
    ('derivc explain "x**2*sin(x)"', "step by step"),
    ('derivc eval "x*sin(y)" --at x=2,y=pi/2', "numbers"),
    ('derivc compile "x**2*sin(y)" -o kernel.py', "a NumPy module"),
    ('derivc check "x**2" "2*x"', "is 2*x right?"),
    ('derivc plot "sin(x)/x"', "a plot in the terminal"),
    ('derivc singularities "abs(x)/x"', "where it is not smooth"),
    (r'derivc "\frac{1}{2} x^{2}" --latex', "LaTeX in and out"),
    ("derivc diff losses.py:focal", "a function in a file (which is run)"),
    ("echo 'x**3' | derivc -", "from a pipe"),
]

BY_COMMAND = {
    "diff": [
        ('derivc diff "x**3" --order 2', "d2/dx2"),
        ('derivc diff "x*y"', "by every variable"),
        ('derivc diff "x**2*y" --wrt x,y', "mixed: d2/dx dy"),
        ('derivc diff "x*y" --wrt x --wrt y', "d/dx and d/dy"),
        ("derivc diff losses.py:focal", "of PyTorch, JAX, NumPy (runs the file)"),
        ("derivc diff losses.py:norm --shape x=3", "an array argument"),
    ],
    "explain": [
        ('derivc explain "x**2*sin(x)"', "every rule, in order"),
        ('derivc explain "sigmoid(x)**2" --at x=1', "with the numbers"),
        ('derivc explain "x*exp(-x)" --order 2', "the second derivative"),
        ('derivc explain "sin(x)/x" --html > steps.html', "a page to fold"),
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
    "singularities": [
        ('derivc singularities "abs(x)/x"', "where it is not smooth"),
        ('derivc singularities "max(x,y)/(x+y)" --wrt x', "along x only"),
    ],
    "explain-nan": [
        ('derivc explain-nan "log(x)/x" --at x=0', "why it is -inf"),
        ('derivc explain-nan "sqrt(x)" --at x=0 --of grad', "why its slope is inf"),
    ],
    "crosscheck": [
        ('derivc crosscheck "sigmoid(x)*y"', "with all that are here"),
        ('derivc crosscheck "abs(x)" --against torch,jax', "with two"),
        ('derivc crosscheck "log(x)" --domain x=0.1:2', "there"),
    ],
    "plot": [
        ('derivc plot "x**3 - x"', "in the terminal"),
        ('derivc plot "sin(x)/x" --orders 0,1,2 -o f.svg', "into a file"),
        ('derivc plot "x*exp(-x**2-y**2)" -o f.png', "contours and gradient"),
        ('derivc plot "a*sin(b*x)" --at a=2,b=3', "with numbers for a and b"),
        ('derivc plot "log(x)" --domain 0.1,100', "on an interval"),
    ],
    "audit": [
        ("derivc audit activations.py:MySwish", "one function"),
        ("derivc audit activations.py --json", "all of a file, for CI"),
        ('derivc audit ops.py:Scale --inputs "randn(4), 2.5"', "with arguments"),
        ("derivc audit ops.py:MySwish --html report.html", "a page"),
    ],
    "ops": [
        ("derivc ops", "all functions"),
        ("derivc ops activation", "those about a word"),
        ("derivc ops show sigmoid", "one in full"),
        ("derivc ops --coverage", "what is covered of PyTorch"),
    ],
    "op": [
        ("derivc op sigmoid", "its page"),
        ("derivc op torch.special.entr", "by PyTorch's name"),
        ("derivc op F.gelu --json", "for programs"),
    ],
    "docs": [
        ("derivc docs -o site --open", "the reference as a site"),
        ("derivc docs mymodule.py -o site", "pages of your functions"),
    ],
    "cache": [("derivc cache info", "place and size"), ("derivc cache clear", "empty it")],
    "doctor": [("derivc doctor --json", "for a bug report")],
    "completion": [
        ('eval "$(derivc completion bash)"', "in ~/.bashrc"),
        ('eval "$(derivc completion zsh)"', "in ~/.zshrc"),
        ("derivc completion fish | source", "in config.fish"),
    ],
}
