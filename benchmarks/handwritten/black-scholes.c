/* The price of a European call, and its sensitivities to K, S, T, r and sigma. */
#include "vector.h"
#define ROOT_2 1.4142135623730951
#define INVERSE_ROOT_2PI 0.3989422804014327
void kernel(long n, in K, in S, in T, in r, in sigma, out f, out fK, out fS, out fT, out fr, out fsigma)
{
#pragma GCC ivdep
    for (long i = 0; i < n; i++) {
        const double root = __builtin_sqrt(T[i]), spread = sigma[i] * root;
        const double d1 = (v_log(S[i] / K[i]) + (r[i] + 0.5 * sigma[i] * sigma[i]) * T[i]) / spread;
        const double d2 = d1 - spread, discount = v_exp(-r[i] * T[i]);
        const double N1 = 0.5 + 0.5 * v_erf(d1 / ROOT_2), N2 = 0.5 + 0.5 * v_erf(d2 / ROOT_2);
        const double vega = S[i] * INVERSE_ROOT_2PI * v_exp(-0.5 * d1 * d1);
        const double paid = discount * N2;
        f[i] = S[i] * N1 - K[i] * paid;
        fK[i] = -paid;
        fS[i] = N1;
        fT[i] = vega * sigma[i] / (2 * root) + r[i] * K[i] * paid;
        fr[i] = T[i] * K[i] * paid;
        fsigma[i] = vega * root;
    }
}
