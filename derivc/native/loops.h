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

/* The way of every result to where it belongs. Arguments that can be handed on as they are, are copied
   many elements at a time, which the C library does fastest, if no result lies where an argument does:
   those are read again. `whole` elements are computed in all. Returns how many elements come before
   the first border of lines of results that go around the cache, or -1 if none does. */
static intp NAME(find_ways)(
    const kernel *k, char **args, const intp *steps, intp whole, enum way *ways)
{
    const intp inputs = k->inputs, outputs = k->outputs;
    intp shift = -1, used = 0;
    int alone = 1;
    for (intp j = 0; j < inputs; j++) used += steps[j] ? whole * sizeof(REAL) : 0;
    for (intp j = 0; j < outputs; j++) alone &= !NAME(is_read)(k, args, inputs + j);
    for (intp j = 0; j < outputs; j++) {
        const intp from = k->copied[j], to = inputs + j, lies = (intp)args[to] & (LINE - 1);
        const int here = NAME(in_place)(args, steps, to);
        const int handed_on = from >= 0 && NAME(in_place)(args, steps, from);
        const intp more = 2 * whole * sizeof(REAL); /* fetched and put back */
        const int fits = !k->cache || used + more <= k->cache || (shift >= 0 && lies != shift);
        ways[j] = !here || NAME(is_read)(k, args, to) ? MOVED : HERE;
        if (!here || !alone) continue;
        if (handed_on) ways[j] = COPIED;
        if (fits || !CAN_STREAM || lies % sizeof(REAL)) used += more;
        else ways[j] = handed_on ? HANDED_ON : AROUND, shift = lies;
    }
    return shift < 0 ? -1 : (LINE - shift) % LINE / (intp)sizeof(REAL);
}

static void NAME(copy)(const kernel *k, char **args, intp start, intp n, const enum way *ways)
{
    const intp from = start * sizeof(REAL), size = n * sizeof(REAL);
    for (intp j = 0; j < k->outputs; j++)
        if (ways[j] == COPIED)
            __builtin_memcpy(args[k->inputs + j] + from, args[k->copied[j]] + from, size);
}

/* Asks for the part of an argument that comes next. Calls fill the queues of the processor, so
   that it does not get there by itself before they end. */
static void NAME(fetch)(const REAL *from)
{
    for (intp i = STREAMED; i < 2 * STREAMED; i += LINE)
        __builtin_prefetch((const char *)from + i, 0, 3);
}

/* A part of a chunk, every result straight to its place. */
static void NAME(direct)(
    const kernel *k, const REAL *const *in, REAL *const *out, const enum way *ways, intp start, intp n)
{
    const REAL *from[k->inputs + 1];
    REAL *to[k->outputs + 1];
    if (n <= 0) return;
    for (intp j = 0; j < k->inputs; j++) from[j] = in[j] + start;
    for (intp j = 0; j < k->outputs; j++) {
        to[j] = out[j] && ways[j] != HANDED_ON ? out[j] + start : 0;
        if (ways[j] == HANDED_ON)
            __builtin_memcpy(out[j] + start, from[k->copied[j]], n * sizeof(REAL));
    }
    k->NAME(block)(n, from, to);
}

/* A chunk of which some results go around the cache: a few lines at a time, so that computing the next
   does not wait until memory has taken them; `lead` elements come before the first whole line. What is
   left on either side goes straight to its place. Its elements are computed with those beside them that
   they are computed with elsewhere, some of them twice, so that results are the same to the last bit. */
static void NAME(streamed)(
    const kernel *k, const REAL *const *in, REAL *const *out, const enum way *ways, intp n,
    char *rooms, intp room, intp lead)
{
    const intp inputs = k->inputs, outputs = k->outputs, lines = STREAMED / (intp)sizeof(REAL);
    const intp each = LINE / (intp)sizeof(REAL), whole = n / each * each;
    const intp most = k->chunk < lines ? k->chunk : lines;
    const REAL *from[inputs + 1];
    REAL *to[outputs + 1];
    intp around = 0, plain = 0, streams[outputs + 1], others[outputs + 1], start = lead;
    for (intp j = 0; j < outputs; j++) {
        to[j] = ways[j] == AROUND ? (REAL *)(rooms + j * room) : 0;
        if (ways[j] == AROUND || ways[j] == HANDED_ON) streams[around++] = j;
        else if (out[j]) others[plain++] = j;
    }
    if (lead) NAME(direct)(k, in, out, ways, 0, whole ? each : 0);
    for (intp m; start + each <= whole; start += m) {
        m = whole - start < most ? (whole - start) / each * each : most;
        for (intp j = 0; j < inputs; j++) from[j] = in[j] + start;
        for (intp j = 0; k->ahead && j < inputs; j++) NAME(fetch)(from[j]);
        for (intp j = 0; j < plain; j++) to[others[j]] = out[others[j]] + start;
        k->NAME(block)(m, from, to);
        for (intp j = 0; j < around; j++) {
            const intp which = streams[j];
            const REAL *const source = to[which] ? to[which] : from[k->copied[which]];
            stream((char *)(out[which] + start), (const char *)source, m / each);
        }
    }
    if (start < whole) NAME(direct)(k, in, out, ways, whole - each, each);
    NAME(direct)(k, in, out, ways, whole, n - whole);
}

/* Adds elements up in lanes, each with the sum of what rounding lost (Knuth's exact sum of two). */
static void NAME(add_up)(const REAL *from, intp n, double *sums)
{
    double *const restrict total = sums, *const restrict rest = sums + LANES;
    for (intp i = 0; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++) add_exactly(total + j, rest + j, from[i + j]);
    for (intp i = n & ~(intp)(LANES - 1); i < n; i++) add_exactly(total, rest, from[i]);
}

/* Whether all is read and written where it lies: nothing takes room in scratch memory. */
static int NAME(all_in_place)(const kernel *k, const intp *steps, const enum way *ways)
{
    int found = 1;
    for (intp j = 0; j < k->inputs; j++) found &= steps[j] == sizeof(REAL);
    for (intp j = 0; j < k->outputs; j++) found &= ways[j] != MOVED;
    return found;
}

/* n of `whole` elements, a chunk at a time that stays in the cache. A result without a place is added
   up. */
static void NAME(span)(
    char **args, intp n, const intp *steps, const kernel *k, double *sums, intp whole)
{
    const intp inputs = k->inputs, outputs = k->outputs;
    const intp room = (k->chunk * sizeof(REAL) / LINE + APART) * LINE; /* of a chunk, out of step */
    char scratch[(inputs + outputs) * room + LINE];
    char *const first = scratch + (-(intp)scratch & (LINE - 1));
    enum way ways[outputs + 1];
    REAL *out[outputs + 1];
    const REAL *in[inputs + 1];
    const intp lead = NAME(find_ways)(k, args, steps, whole, ways);
    /* where lines do not begin with chunks, each end of a chunk costs: the fewer the better */
    const intp size = lead > 0 && NAME(all_in_place)(k, steps, ways) ? PIECE : k->chunk;
    for (intp j = 0; j < inputs; j++) { /* an argument that stays the same is spread out once */
        in[j] = (REAL *)(first + j * room);
        if (steps[j] == 0) NAME(gather)((REAL *)in[j], args[j], 0, n < size ? n : size);
    }
    clear_flags();
    for (intp start = 0, copied = 0, m; start < n; start += m) {
        m = n - start < size ? n - start : size;
        if (start >= copied) {
            const intp piece = n - copied < PIECE ? n - copied : PIECE;
            NAME(copy)(k, args, copied, piece, ways);
            copied += piece;
        }
        for (intp j = 0; j < inputs; j++) {
            char *const place = args[j] + start * steps[j];
            if (steps[j] == sizeof(REAL)) in[j] = (REAL *)place;
            else if (steps[j]) NAME(gather)((REAL *)in[j], place, steps[j], m);
        }
        for (intp j = 0; j < outputs; j++) {
            REAL *const own = (REAL *)(first + (inputs + j) * room);
            out[j] = ways[j] == MOVED ? own : (REAL *)args[inputs + j] + start;
            if (ways[j] == COPIED) out[j] = 0;
        }
        if (lead < 0) k->NAME(block)(m, in, out);
        else NAME(streamed)(k, in, out, ways, m, first + inputs * room, room, lead);
        const int flags = raised();
        if (flags) {
            if (flags & INVALID) doubts |= INVALID_SEEN;
            NAME(repair)(k, in, out, m);
            clear_flags();
        }
        for (intp j = 0; j < outputs; j++) {
            const intp step = steps[inputs + j];
            char *const place = args[inputs + j];
            if (!place) NAME(add_up)(out[j], m, sums + j * 2 * LANES);
            else if (ways[j] == MOVED) NAME(scatter)(place + start * step, out[j], step, m);
        }
    }
    if (lead >= 0) finish_streams();
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
