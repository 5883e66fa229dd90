/* What every native kernel runs in: the loops of a ufunc over arrays, split over threads, and calls
   with plain numbers as a built-in function of Python. No header is needed: what is used of Python is
   its stable ABI, declared below. */

typedef __INTPTR_TYPE__ intp;
#define COLD __attribute__((cold))

typedef void function(void); /* the type of a function that does not matter here */

/* One function: filled in by Python. */
typedef struct kernel {
    intp inputs, outputs, chunk, threads, worth; /* worth: from so many elements on, threads pay */
    intp ahead;              /* whether arguments are asked for ahead of time */
    intp cache;              /* bytes beyond which results go around the cache; 0 if they never do */
    void (*block_d)(intp, const double *const *, double *const *);
    void (*block_f)(intp, const float *const *, float *const *);
    void (*wider_f)(const double *, double *);
    void (*wider_d)(const long double *, long double *);
    const char *computed;    /* per output: neither a constant nor an argument nor a truth */
    const intp *copied;      /* per output: the argument that it is, or -1 */
    intp arguments;          /* of the function: each a number, or an array of fixed shape */
    const intp *const *taken; /* per argument: null for a number, else rank and shape of an array */
    const intp *layout;      /* of the result: 0 a number, n > 0 a tuple of n, -n an array */
    void **shapes;           /* per array in the layout: its shape, a tuple */
    const intp *sizes;       /* per array in the layout: its elements */
    void *fallback, *empty, *number; /* the general call, numpy.empty, numpy.float64 */
} kernel;

/* What the calls of a thread have left to look into: NaN where arguments are finite, and invalid
   operations (0 * inf, inf - inf). Threads of ours hand theirs to the one that started them. */
enum { LOST = 1, INVALID_SEEN = 2 };
static __thread int doubts;

/* What has been left since this was asked last. */
int take_doubts(void)
{
    const int found = doubts;
    doubts = 0;
    return found;
}

#define LANES 8
#define LINE 64     /* bytes of a line of the cache */
#define APART 9     /* lines between what a chunk of two operands takes, so that they do not lie in step */
#define PIECE 16384 /* elements that are copied at once: it is worth it from some 10 kB on */
#define SAMPLE 64
#define SAMPLE_ABOVE 256

/* Floating-point flags: underflow, overflow, division by zero, invalid. */
extern int feclearexcept(int), fetestexcept(int);
#define INVALID 1
#if defined(__x86_64__)
#define FLAGS 0x1d
static inline void clear_flags(void)
{
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() & ~0x3fu);
}
static inline int raised(void) { return __builtin_ia32_stmxcsr() & FLAGS; }
#else
#if defined(__aarch64__)
#define FLAGS 0x0f
#else
#define FLAGS 0
#endif
static inline void clear_flags(void) { feclearexcept(FLAGS); }
static inline int raised(void) { return FLAGS ? fetestexcept(FLAGS) : INVALID; }
#endif
static inline void clear_all_flags(void) { feclearexcept(FLAGS); }

/* Writing around the cache. A line that is written whole need not be fetched before, and results that
   do not fit in the cache do not drive out what does. */
#define STREAMED 512 /* bytes of a result that are computed between two streams */
#if defined(__AVX512F__)
#define WIDTH 64
#define MOVE __builtin_ia32_movntdq512
#elif defined(__AVX__)
#define WIDTH 32
#define MOVE __builtin_ia32_movntdq256
#else
#define WIDTH 16
#define MOVE __builtin_ia32_movntdq
#endif
typedef long long word __attribute__((vector_size(WIDTH)));
typedef long long loose_word __attribute__((vector_size(WIDTH), aligned(1)));
#if !defined(__x86_64__)
#define CAN_STREAM 0
#define STREAM(to, from) (*(to) = (from))
#elif defined(__clang__)
#define CAN_STREAM 1
#define STREAM(to, from) __builtin_nontemporal_store(from, to)
#else
#define CAN_STREAM 1
#define STREAM(to, from) MOVE(to, from)
#endif

/* Whole lines around the cache, to where a line begins. */
static void stream(char *to, const char *from, intp lines)
{
    for (intp i = 0; i < lines * LINE; i += WIDTH)
        STREAM((word *)(to + i), (word)*(const loose_word *)(from + i));
}

/* What was streamed is in memory before anything that is written from now on. */
static void finish_streams(void)
{
#if CAN_STREAM
    __builtin_ia32_sfence();
#endif
}

/* Where a result is written: HERE by the loop itself, MOVED from scratch memory, COPIED by the C library,
   AROUND the cache from a few lines of ours, HANDED_ON around the cache from the argument that it is. */
enum way { HERE, MOVED, COPIED, AROUND, HANDED_ON };

/* Threads: one a part of the elements. They end with the call, so that nothing is left to a fork. */
typedef void span(char **, intp, const intp *, const kernel *, double *, intp);
typedef struct {
    span *run; char **args; intp n; const intp *steps; const kernel *k; double *sums; intp whole;
    int doubts;
} part;
typedef unsigned long thread;
typedef struct { unsigned long words[16]; } signals;
extern int pthread_create(thread *, const void *, void *(*)(void *), void *);
extern int pthread_join(thread, void **);
extern int pthread_sigmask(int, const signals *, signals *);
extern int sigfillset(signals *);
#define MOST_THREADS 64
#if defined(__APPLE__)
#define SET_SIGNALS 3
#else
#define SET_SIGNALS 2
#endif

static void *run_part(void *given)
{
    part *p = given;
    p->run(p->args, p->n, p->steps, p->k, p->sums, p->whole);
    p->doubts = take_doubts();
    return 0;
}

static void split(
    span *run, char **args, intp n, const intp *steps, const kernel *k, double *room, intp count)
{
    const intp operands = k->inputs + k->outputs, each = (n / count + 63) & ~(intp)63;
    char *moved[count * operands];
    part parts[count];
    thread ids[count];
    int started[count];
    signals all, before;
    sigfillset(&all);
    pthread_sigmask(SET_SIGNALS, &all, &before); /* Ctrl-C goes to the thread that called */
    for (intp t = 0; t < count; t++) {
        const intp start = t * each < n ? t * each : n, end = t + 1 < count ? start + each : n;
        for (intp j = 0; j < operands; j++)
            moved[t * operands + j] = args[j] ? args[j] + start * steps[j] : 0;
        double *const sums = room ? room + t * k->outputs * 2 * LANES : 0;
        const intp here = (end < n ? end : n) - start;
        parts[t] = (part){run, moved + t * operands, here, steps, k, sums, n, 0};
        started[t] = t > 0 && pthread_create(ids + t, 0, run_part, parts + t) == 0;
    }
    pthread_sigmask(SET_SIGNALS, &before, 0);
    for (intp t = 0; t < count; t++)
        if (!started[t]) run_part(parts + t);
    for (intp t = 0; t < count; t++)
        if (started[t]) pthread_join(ids[t], 0);
    for (intp t = 0; t < count; t++) doubts |= parts[t].doubts;
}

/* Runs a span over n elements, in parts on threads where that pays; how many parts it were. */
static intp share(
    span *run, char **args, intp n, const intp *steps, const kernel *k, double *room)
{
    intp count = n / (k->worth > 64 ? k->worth : 64) + 1;
    if (count > k->threads) count = k->threads;
    if (count > MOST_THREADS) count = MOST_THREADS;
    if (count > 1) split(run, args, n, steps, k, room, count);
    else run(args, n, steps, k, room, n);
    return count > 1 ? count : 1;
}

/* Sums: in lanes, so that whole vectors are added, each with what rounding lost. */
static inline void add_exactly(double *total, double *rest, double x)
{
    const double before = *total, after = before + x, taken = after - before;
    *rest += (before - (after - taken)) + (x - taken);
    *total = after;
}

/* The sum of one result over all lanes of all parts; infinities and NaN as plain addition has them. */
static double added_up(const double *room, intp j, intp parts, intp outputs)
{
    double total = 0, rest = 0;
    for (intp t = 0; t < parts; t++) {
        const double *const sums = room + (t * outputs + j) * 2 * LANES;
        for (int i = 0; i < LANES; i++) {
            add_exactly(&total, &rest, sums[i]);
            rest += sums[LANES + i];
        }
    }
    return __builtin_isfinite(total) ? total + rest : total;
}

#define REAL double
#define WIDER long double
#define NAME(x) x##_d
#define LEAST 1.4916681462400413e-154
#define MOST 1.3407807929942596e154
#define NORMAL 2.2250738585072014e-308
#define EPSILON 2.220446049250313e-16
#include "loops.h"
#undef REAL
#undef WIDER
#undef NAME
#undef LEAST
#undef MOST
#undef NORMAL
#undef EPSILON

#define REAL float
#define WIDER double
#define NAME(x) x##_f
#define LEAST 1.0842021724855044e-19f
#define MOST 1.8446742974197924e19f
#define NORMAL 1.1754943508222875e-38f
#define EPSILON 1.1920928955078125e-07f
#include "loops.h"

/* Calls with numbers: a built-in function of Python whose arguments come as a C array. */
typedef struct { void *hidden; } object;
typedef struct {
    void *data; object *owner; intp length, itemsize; int readonly, dimensions; char *format;
    intp *shape, *strides, *suboffsets; void *internal;
} buffer;
extern object PyFloat_Type, PyLong_Type, PyBool_Type;
extern int PyType_IsSubtype(object *, object *);
extern object *PyObject_Type(object *), *PyFloat_FromDouble(double), *PyTuple_New(intp);
extern object *PyObject_CallFunctionObjArgs(object *, ...), *PyObject_Call(object *, object *, object *);
extern object *PyDict_New(void), *PyTuple_GetItem(object *, intp), *PyErr_Occurred(void);
extern double PyFloat_AsDouble(object *);
extern int PyTuple_SetItem(object *, intp, object *), PyDict_SetItem(object *, object *, object *);
extern int PyObject_GetBuffer(object *, buffer *, int);
extern void PyBuffer_Release(buffer *), Py_DecRef(object *), Py_IncRef(object *), PyErr_Clear(void);
extern void *PyCapsule_GetPointer(object *, const char *);
extern intp PyTuple_Size(object *);
#define CONTIGUOUS_WITH_FORMAT (0x0020 | 0x0010 | 0x0008 | 0x0004)
#define WRITABLE 1

/* 1 for a float, an int or a bool, 2 for a kind of float such as numpy.float64, else 0. */
static int kind_of_number(object *o)
{
    object *type = PyObject_Type(o);
    Py_DecRef(type); /* the object keeps it */
    if (type == &PyFloat_Type || type == &PyLong_Type || type == &PyBool_Type) return 1;
    return PyType_IsSubtype(type, &PyFloat_Type) ? 2 : 0;
}

/* An array of float64 of the right shape, read through the buffer protocol; its elements, or -1. */
static intp read_array(object *o, double *to, const intp *wanted)
{
    buffer view;
    if (PyObject_GetBuffer(o, &view, CONTIGUOUS_WITH_FORMAT)) {
        PyErr_Clear();
        return -1;
    }
    int fits = view.dimensions == wanted[0] && view.format && view.format[0] == 'd'
        && !view.format[1];
    for (intp i = 0; fits && i < wanted[0]; i++) fits = view.shape[i] == wanted[i + 1];
    const intp count = view.length / (intp)sizeof(double);
    if (fits) __builtin_memcpy(to, view.data, view.length);
    PyBuffer_Release(&view);
    return fits ? count : -1;
}

/* The arguments as numbers: 1 when all are plain, 2 when some are arrays, 0 for anything else. */
static int read_arguments(const kernel *k, object *const *args, double *to)
{
    int kind = 1;
    for (intp j = 0; j < k->arguments; j++) {
        if (k->taken[j]) {
            const intp count = read_array(args[j], to, k->taken[j]);
            if (count < 0) return 0;
            to += count;
            kind = 2;
            continue;
        }
        const int what = kind_of_number(args[j]);
        if (!what) return 0;
        if (what == 2) kind = 2;
        *to++ = PyFloat_AsDouble(args[j]);
        if (to[-1] == -1.0 && PyErr_Occurred()) { /* an int beyond all floats */
            PyErr_Clear();
            return 0;
        }
    }
    return kind;
}

static object *write_array(const kernel *k, intp which, const double *from)
{
    object *array = PyObject_CallFunctionObjArgs(k->empty, k->shapes[which], (object *)0);
    buffer view;
    if (!array) return 0;
    if (PyObject_GetBuffer(array, &view, CONTIGUOUS_WITH_FORMAT | WRITABLE)) {
        Py_DecRef(array);
        return 0;
    }
    __builtin_memcpy(view.data, from, k->sizes[which] * sizeof(double));
    PyBuffer_Release(&view);
    return array;
}

static object *write_number(const kernel *k, double value, int kind)
{
    object *plain = PyFloat_FromDouble(value);
    if (kind == 1 || !plain) return plain;
    object *found = PyObject_CallFunctionObjArgs(k->number, plain, (object *)0);
    Py_DecRef(plain);
    return found;
}

/* The result in its layout; `code` and `from` move on as it is read. */
static object *write_result(const kernel *k, const intp **code, const double **from, int kind)
{
    const intp what = *(*code)++;
    if (what == 0) return write_number(k, *(*from)++, kind);
    if (what < 0) {
        const double *const start = *from;
        *from += k->sizes[-what - 1];
        return write_array(k, -what - 1, start);
    }
    object *whole = PyTuple_New(what);
    for (intp i = 0; whole && i < what; i++) {
        object *item = write_result(k, code, from, kind);
        if (!item || PyTuple_SetItem(whole, i, item)) {
            Py_DecRef(whole);
            return 0;
        }
    }
    return whole;
}

/* The general call, for everything but plain numbers. */
static COLD object *fall_back(
    const kernel *k, object *const *args, intp count, object *names)
{
    const intp named = names ? PyTuple_Size(names) : 0;
    object *given = PyTuple_New(count), *keywords = named ? PyDict_New() : 0, *found = 0;
    for (intp i = 0; given && i < count; i++) {
        Py_IncRef(args[i]);
        PyTuple_SetItem(given, i, args[i]);
    }
    for (intp i = 0; keywords && i < named; i++)
        PyDict_SetItem(keywords, PyTuple_GetItem(names, i), args[count + i]);
    if (given && (keywords || !named)) found = PyObject_Call(k->fallback, given, keywords);
    if (given) Py_DecRef(given);
    if (keywords) Py_DecRef(keywords);
    return found;
}

/* Whether a point of plain numbers could be computed, doubtful results in wide numbers. */
static int compute(const kernel *k, void (*point)(const double *, double *), double *in, double *out)
{
    const double *given[k->inputs + 1];
    double *found[k->outputs + 1];
    point(in, out);
    int sure = 1;
    for (intp j = 0; j < k->outputs; j++) {
        const double size = __builtin_fabs(out[j]);
        sure &= k->computed[j] == 0 || (size >= 1.5e-154 && size <= 1.3e154);
    }
    if (__builtin_expect(sure, 1)) return 1;
    for (intp j = 0; j < k->inputs; j++) given[j] = in + j;
    for (intp j = 0; j < k->outputs; j++) found[j] = out + j;
    if (!doubtful_d(k, given, found, 0)) return 1;
    if (k->wider_d) improve_d(k, given, found, 0);
    for (intp j = 0; j < k->outputs; j++)
        if (!__builtin_isfinite(out[j]) && (out[j] != out[j] || !k->wider_d)) return 0;
    return 1;
}

object *derivc_call(object *self, object *const *args, intp count, object *names)
{
    const kernel *const k = PyCapsule_GetPointer(self, "derivc.kernel");
    if (!k) return 0;
    double in[k->inputs + 1], out[k->outputs + 1];
    if (names || count != k->arguments) return fall_back(k, args, count, names);
    const int kind = read_arguments(k, args, in);
    if (!kind || !compute(k, k->wider_f, in, out)) return fall_back(k, args, count, names);
    const intp *code = k->layout;
    const double *from = out;
    return write_result(k, &code, &from, kind);
}
