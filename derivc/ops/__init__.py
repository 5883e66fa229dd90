"""What exists: one declaration per op, from which everything else derives."""

from derivc.ops import activation as activation
from derivc.ops import arithmetic as arithmetic
from derivc.ops import bessel as bessel
from derivc.ops import exponential as exponential
from derivc.ops import gammas as gammas
from derivc.ops import hyperbolic as hyperbolic
from derivc.ops import integrals as integrals
from derivc.ops import loss as loss
from derivc.ops import magnitude as magnitude
from derivc.ops import normal as normal
from derivc.ops import piecewise as piecewise
from derivc.ops import polynomials as polynomials
from derivc.ops import rounding as rounding
from derivc.ops import sigmoids as sigmoids
from derivc.ops import sinc as sinc
from derivc.ops import stopping as stopping
from derivc.ops import sums as sums
from derivc.ops import trigonometric as trigonometric
from derivc.ops.declaration import Kink as Kink
from derivc.ops.declaration import Names as Names
from derivc.ops.declaration import Op as Op
from derivc.ops.declaration import Spelling as Spelling
from derivc.ops.declare import declare as declare
