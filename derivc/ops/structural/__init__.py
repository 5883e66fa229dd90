"""The structural ops, by kind: importing this package declares them."""

from derivc.ops.structural import complexes as complexes
from derivc.ops.structural import convolution as convolution
from derivc.ops.structural import cumulative as cumulative
from derivc.ops.structural import elimination as elimination
from derivc.ops.structural import exponentials as exponentials
from derivc.ops.structural import factorizations as factorizations
from derivc.ops.structural import indexing as indexing
from derivc.ops.structural import least_squares as least_squares
from derivc.ops.structural import linear as linear
from derivc.ops.structural import losses as losses
from derivc.ops.structural import normalization as normalization
from derivc.ops.structural import reductions as reductions
from derivc.ops.structural import selection as selection
from derivc.ops.structural import shapes as shapes
from derivc.ops.structural import spectral as spectral
