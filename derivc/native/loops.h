/* The loops of a ufunc for one kind of number, included once for each:
   REAL the numbers, WIDER what doubtful elements are computed in, and NAME(x) the names. */

/* An element is doubtful when its result is infinite, NaN, zero, or so large or small that its square
   would be, while its arguments are finite: something may have overflowed or underflowed on the way. */
static int NAME(doubtful)(const kernel *k, const REAL *const *in, REAL *const *out, intp i)
{
    int sure = 1;
    for (intp j = 0; j < k->outputs; j++) {
        if (!k->computed[j]) continue;
        const REAL size = __builtin_fabs(out[j][i]);
        sure &= size >= LEAST && size <= MOST;
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
    if (step == sizeof(REAL)) __builtin_memcpy(to, from, n * sizeof(REAL));
    else for (intp i = 0; i < n; i++) to[i] = *(const REAL *)(from + i * step);
}

static void NAME(scatter)(char *to, const REAL *from, intp step, intp n)
{
    if (step == sizeof(REAL)) __builtin_memcpy(to, from, n * sizeof(REAL));
    else for (intp i = 0; i < n; i++) *(REAL *)(to + i * step) = from[i];
}

/* Whether the elements of an operand are worked on where they lie: they follow one another. */
static int NAME(in_place)(char **args, const intp *steps, intp j)
{
    return args[j] && steps[j] == sizeof(REAL);
}

/* Whether an argument lies where an output does; it is read again, so that the output must wait. */
static int NAME(is_read)(const kernel *k, char **args, intp j)
{
    for (intp i = 0; i < k->inputs; i++)
        if (args[i] == args[j]) return 1;
    return 0;
}

/* Which outputs are arguments that can be copied as they are, many chunks at a time: that is what the
   C library does fastest. Nothing may lie where an argument does, because they are read again. */
static int NAME(find_copies)(const kernel *k, char **args, const intp *steps, char *copies)
{
    int alone = 1, some = 0;
    for (intp j = 0; j < k->outputs; j++) alone &= !NAME(is_read)(k, args, k->inputs + j);
    for (intp j = 0; j < k->outputs; j++) {
        const intp from = k->copied[j], to = k->inputs + j;
        copies[j] = alone && from >= 0 && NAME(in_place)(args, steps, from)
            && NAME(in_place)(args, steps, to);
        some |= copies[j];
    }
    return some;
}

static void NAME(copy)(const kernel *k, char **args, intp start, intp n, const char *copies)
{
    const intp from = start * sizeof(REAL), size = n * sizeof(REAL);
    for (intp j = 0; j < k->outputs; j++)
        if (copies[j])
            __builtin_memcpy(args[k->inputs + j] + from, args[k->copied[j]] + from, size);
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
    const intp room = (size * sizeof(REAL) / LINE + APART) * LINE; /* of a chunk, out of step */
    char scratch[(inputs + outputs) * room + LINE], copies[outputs + 1];
    char *const first = scratch + (-(intp)scratch & (LINE - 1));
    REAL *out[outputs + 1];
    const REAL *in[inputs + 1];
    for (intp j = 0; j < inputs; j++) /* an argument that stays the same is spread out once */
        if (steps[j] == 0) NAME(gather)((REAL *)(first + j * room), args[j], 0, n < size ? n : size);
    const int some = NAME(find_copies)(k, args, steps, copies);
    clear_flags();
    for (intp start = 0, copied = 0; start < n; start += size) {
        const intp m = n - start < size ? n - start : size;
        if (some && start >= copied) {
            const intp piece = n - copied < PIECE ? n - copied : PIECE;
            NAME(copy)(k, args, copied, piece, copies);
            copied += piece;
        }
        for (intp j = 0; j < inputs + outputs; j++) {
            char *const place = args[j] + start * steps[j];
            REAL *const own = (REAL *)(first + j * room);
            REAL *const used = NAME(in_place)(args, steps, j) ? (REAL *)place : own;
            if (j < inputs && steps[j] && used == own) NAME(gather)(own, place, steps[j], m);
            if (j < inputs) in[j] = used;
            else if (copies[j - inputs]) out[j - inputs] = 0;
            else out[j - inputs] = NAME(is_read)(k, args, j) ? own : used;
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
            if (!found) continue;
            if (!args[j]) NAME(add_up)(found, m, sums + (j - inputs) * 2 * LANES);
            else if (found == (REAL *)(first + j * room))
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
