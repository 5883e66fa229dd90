/* sigmoid(x)^2 + 3x; no overflow: exp(-x) may be infinite, 1/(1 + inf) is 0, and so is the slope */
#include "vector.h"
void kernel(long n, in x, out f, out fx)
{
#pragma GCC ivdep
    for (long i = 0; i < n; i++) {
        const double e = v_exp(-__builtin_fabs(x[i])), r = 1 / (1 + e), small = e * r;
        const double s = x[i] < 0 ? small : r, t = x[i] < 0 ? r : small;
        f[i] = s * s + 3 * x[i];
        fx[i] = 2 * s * s * t + 3;
    }
}
