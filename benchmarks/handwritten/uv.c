/* u^3 + v^2 + 4uv */
#include "vector.h"
void kernel(long n, in u, in v, out f, out fu, out fv)
{
#pragma GCC ivdep
    for (long i = 0; i < n; i++) {
        const double a = u[i], b = v[i];
        f[i] = a * (a * a + 4 * b) + b * b;
        fu[i] = 3 * a * a + 4 * b;
        fv[i] = 2 * b + 4 * a;
    }
}
