/* The loops of a ufunc for one kind of number, included once for each:
   REAL the numbers, WIDER what doubtful elements are computed in, and NAME(x) the names. */

/* An element is doubtful when its result is infinite, NaN, zero, or so large or small that its square
   would be, while its arguments are finite: something may have overflowed or underflowed on the way. */
static int NAME(doubtful)(const kernel *k, const REAL *const *in, REAL *const *out, intp i)
{
    int sure = 1;
    for (intp j = 0; j < k->outputs; j++) {
        const REAL size = __builtin_fabs(out[j][i]);
        sure &= k->computed[j] == 0 || (size >= LEAST && size <= MOST);
    }
    for (intp j = 0; !sure && j < k->inputs; j++) sure = !__builtin_isfinite(in[j][i]);
    return !sure;
}

/* Computes one element in wider numbers; returns whether a result came out otherwise by more than a
   few roundings, or is no longer zero, and was taken over. */
static int NAME(improve)(const kernel *k, const REAL *const *in, REAL *const *out, intp i)
{
    WIDER given[k->inputs + 1], found[k->outputs + 1];
    int better = 0;
    for (intp j = 0; j < k->inputs; j++) given[j] = in[j][i];
    k->NAME(wider)(given, found);
    for (intp j = 0; j < k->outputs; j++) {
        if (!k->computed[j]) continue;
        const REAL before = out[j][i], after = (REAL)found[j];
        const REAL least = before == 0 ? 0 : NORMAL, part = 64 * EPSILON * __builtin_fabs(after);
        const int close = __builtin_fabs(after - before) <= (part > least ? part : least);
        if (after == after && after != before && !close) out[j][i] = after, better = 1;
        if (out[j][i] != out[j][i]) doubts |= LOST;
    }
    return better;
}

/* Whether any element may be doubtful, arguments aside. */
static int NAME(any_doubtful)(const kernel *k, REAL *const *out, intp n)
{
    int found = 0;
    for (intp j = 0; j < k->outputs; j++) {
        const REAL *const result = out[j];
        for (intp i = 0; k->computed[j] && i < n; i++) {
            const REAL size = __builtin_fabs(result[i]);
            found |= !((size >= LEAST) & (size <= MOST));
        }
    }
    return found;
}

/* Looks into the doubtful elements; of many into a sample first, which shows whether it helps. */
static COLD void NAME(repair)(const kernel *k, const REAL *const *in, REAL *const *out, intp n)
{
    intp count = 0, better = 0;
    if (!NAME(any_doubtful)(k, out, n)) return;
    if (!k->NAME(wider)) {
        for (intp i = 0; i < n; i++)
            if (NAME(doubtful)(k, in, out, i)) doubts |= LOST;
        return;
    }
    for (intp i = 0; i < n; i++) count += NAME(doubtful)(k, in, out, i);
    const intp step = count > SAMPLE_ABOVE ? count / SAMPLE : 1;
    for (intp i = 0, seen = 0; i < n; i++)
        if (NAME(doubtful)(k, in, out, i) && seen++ % step == 0)
            better += NAME(improve)(k, in, out, i);
    for (intp i = 0; step > 1 && better && i < n; i++)
        if (NAME(doubtful)(k, in, out, i)) NAME(improve)(k, in, out, i);
    clear_all_flags(); /* those of wide numbers, too */
}

static void NAME(gather)(REAL *to, const char *from, intp step, intp n)
{
    for (intp i = 0; i < n; i++) to[i] = *(const REAL *)(from + i * step);
}

static void NAME(scatter)(char *to, const REAL *from, intp step, intp n)
{
    for (intp i = 0; i < n; i++) *(REAL *)(to + i * step) = from[i];
}

/* Where outputs are written: straight into the caller's array, or beside it where elements do not
   follow one another or an argument lies in the same place, because arguments are read again. */
static int NAME(direct)(const kernel *k, char **args, const intp *steps, intp j)
{
    if (!args[j] || steps[j] != sizeof(REAL)) return 0;
    for (intp i = 0; i < k->inputs; i++)
        if (args[i] == args[j]) return 0;
    return 1;
}

/* Adds elements up in lanes, each with the sum of what rounding lost (Knuth's exact sum of two). */
static void NAME(add_up)(const REAL *from, intp n, double *sums)
{
    double *const restrict total = sums, *const restrict rest = sums + LANES;
    for (intp i = 0; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++) add_exactly(total + j, rest + j, from[i + j]);
    for (intp i = n & ~(intp)(LANES - 1); i < n; i++) add_exactly(total, rest, from[i]);
}

/* n elements, a chunk at a time that stays in the cache. A result without a place is added up. */
static void NAME(span)(char **args, intp n, const intp *steps, const kernel *k, double *sums)
{
    const intp inputs = k->inputs, outputs = k->outputs, size = k->chunk;
    REAL scratch[(inputs + outputs) * size], *out[outputs + 1];
    const REAL *in[inputs + 1];
    for (intp j = 0; j < inputs; j++) /* an argument that stays the same is spread out once */
        if (steps[j] == 0) NAME(gather)(scratch + j * size, args[j], 0, n < size ? n : size);
    clear_flags();
    for (intp start = 0; start < n; start += size) {
        const intp m = n - start < size ? n - start : size;
        for (intp j = 0; j < inputs + outputs; j++) {
            char *const place = args[j] + start * steps[j];
            REAL *const own = scratch + j * size;
            if (j >= inputs) out[j - inputs] = NAME(direct)(k, args, steps, j) ? (REAL *)place : own;
            else if (steps[j] == sizeof(REAL)) in[j] = (const REAL *)place;
            else in[j] = own;
            if (j < inputs && steps[j] && in[j] == own) NAME(gather)(own, place, steps[j], m);
        }
        k->NAME(block)(m, in, out);
        const int flags = raised();
        if (flags) {
            if (flags & INVALID) doubts |= INVALID_SEEN;
            NAME(repair)(k, in, out, m);
            clear_flags();
        }
        for (intp j = inputs; j < inputs + outputs; j++) {
            const REAL *const found = out[j - inputs];
            if (!args[j]) NAME(add_up)(found, m, sums + (j - inputs) * 2 * LANES);
            else if (found == scratch + j * size)
                NAME(scatter)(args[j] + start * steps[j], found, steps[j], m);
        }
    }
}

/* What NumPy calls. */
void NAME(loop)(char **args, const intp *dimensions, const intp *steps, void *data)
{
    share(NAME(span), args, dimensions[0], steps, data, 0);
}

/* The same, with the sums of the results that have no place; room for them comes from the caller. */
void NAME(total)(
    char **args, const intp *dimensions, const intp *steps, void *data, double *room, double *sums)
{
    const kernel *const k = data;
    const intp parts = share(NAME(span), args, dimensions[0], steps, data, room);
    for (intp j = 0; j < k->outputs; j++) sums[j] = added_up(room, j, parts, k->outputs);
}
