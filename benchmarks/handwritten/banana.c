/* 100 (y - x^2)^2 + (1 - x)^2 */
#include "vector.h"
void kernel(long n, in x, in y, out f, out fx, out fy)
{
#pragma GCC ivdep
    for (long i = 0; i < n; i++) {
        const double a = y[i] - x[i] * x[i], b = 1 - x[i];
        f[i] = 100 * a * a + b * b;
        fx[i] = -400 * a * x[i] - 2 * b;
        fy[i] = 200 * a;
    }
}
