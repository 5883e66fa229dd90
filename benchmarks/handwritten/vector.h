/* glibc's functions over whole vectors, without -ffast-math. GCC merges sin and cos of one argument
   into a call that has no vector form; names of our own keep it from that. */
#define VECTOR __attribute__((const, nothrow, simd("notinbranch")))
double v_sin(double) __asm__("sin") VECTOR;
double v_cos(double) __asm__("cos") VECTOR;
double v_exp(double) __asm__("exp") VECTOR;
double v_log(double) __asm__("log") VECTOR;
double v_log1p(double) __asm__("log1p") VECTOR;
double v_erf(double) __asm__("erf") VECTOR;
typedef const double *restrict in;
typedef double *restrict out;
