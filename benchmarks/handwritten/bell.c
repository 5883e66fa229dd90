/* sin(x) exp(-x^2/2) + log(1 + x^2) */
#include "vector.h"
void kernel(long n, in x, out f, out fx)
{
#pragma GCC ivdep
    for (long i = 0; i < n; i++) {
        const double a = x[i], q = a * a, e = v_exp(-0.5 * q), s = v_sin(a), c = v_cos(a);
        f[i] = s * e + v_log1p(q);
        fx[i] = e * (c - a * s) + 2 * a / (1 + q);
    }
}
