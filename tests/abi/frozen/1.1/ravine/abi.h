/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The binary contract between Ravine (the host) and its plugins, release 1.1.
 *
 * A plugin is a shared object that exports one symbol, ravine_plugin_v1, and holds any number of
 * components: optimizers, schedulers, models. It may be written in any language that speaks C.
 * C++ authors should include the SDK (<ravine/optimizer.hpp> …) instead of this header.
 *
 * Life of a plugin
 *   1. The host opens the file and calls ravine_plugin_v1 once. Files are never unloaded.
 *   2. For each trial: create, then (optimizer) state and init_state, (model) layout and init;
 *      then the calls of the training loop; then destroy. Many instances may live at once.
 *
 * Rules that hold for everything below
 *   - Layout. A *growable* struct starts with its struct_size, filled in by whoever makes it, and is
 *     always passed by pointer. Later releases append fields and never move one: check
 *     RV_HAS(type, pointer, field) before reading a field newer than 1.0. A *frozen* struct never changes.
 *     Padding is explicit and zero.
 *   - Ownership. Whoever makes an object frees it. A pointer passed to a call is valid during that
 *     call, unless its comment says otherwise. Strings are UTF-8, zero-terminated, never NULL
 *     unless marked "or NULL".
 *   - Errors. A function that can fail returns an rv_status. Before any answer but RV_OK and
 *     RV_UNUSED call host->set_error with a sentence for the user. No exception, longjmp or Rust
 *     panic may leave a function.
 *   - Threads. The host never uses one instance from two threads at once, except that slices of one
 *     elementwise step may run side by side. Different instances may run side by side. A plugin
 *     starts no threads, changes neither the rounding mode nor other floating-point control bits, and
 *     draws random numbers only from the seeds that it is given.
 *   - Numbers. Arrays hold float (RV_F32) or double (RV_F64), as the layout says. Scalars are double:
 *     integers are exact up to 2^53, booleans 0 or 1, a choice is the index into its list.
 */
#ifndef RAVINE_ABI_H
#define RAVINE_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RV_MAGIC UINT32_C(0x4E495652) /* "RVIN" as bytes in memory on a little-endian machine */
#define RV_ABI_MAJOR UINT32_C(1)      /* another major is another contract and another entry symbol */
#define RV_ABI_MINOR UINT32_C(1)      /* grows when fields or extensions are appended */
#define RV_ENTRY_SYMBOL "ravine_plugin_v1"

/* Whether the growable struct at `pointer` is long enough to hold `field`. */
#define RV_HAS(type, pointer, field) \
  ((pointer)->struct_size >= offsetof(type, field) + sizeof((pointer)->field))

/* Answers of functions. Anything else counts as RV_FAILED. */
typedef int32_t rv_status;
#define RV_OK INT32_C(0)
#define RV_UNUSED INT32_C(1)      /* this instance does not use the optional function */
#define RV_FAILED INT32_C(-1)     /* the trial ends as failed */
#define RV_BAD_CONFIG INT32_C(-2) /* the hyperparameters, layout or data do not fit this component */
#define RV_NO_MEMORY INT32_C(-3)  /* the trial ends as out of memory */

/* Element types of arrays. */
typedef uint32_t rv_dtype;
#define RV_F32 UINT32_C(1)
#define RV_F64 UINT32_C(2)

/* ---- What the host offers -------------------------------------------------------------------- */

#define RV_LOG_DEBUG UINT32_C(0)
#define RV_LOG_INFO UINT32_C(1)
#define RV_LOG_WARNING UINT32_C(2)

/* Growable; made by the host; valid as long as the process lives. */
typedef struct rv_host rv_host;
struct rv_host {
  uint32_t struct_size; /* bytes */
  uint32_t abi_major;   /* the host's contract */
  uint32_t abi_minor;
  uint32_t reserved; /* 0 */
  /* Writes a line to the host's log. `level` is an RV_LOG_ value; the text is copied. Any thread. */
  void (*log)(const rv_host* host, uint32_t level, const char* message);
  /* Says why the call in progress on this thread will not answer RV_OK; the text is copied. */
  void (*set_error)(const rv_host* host, const char* message);
  /* An optional host service by name and revision ("ravine.something/1"), or NULL. */
  const void* (*get_extension)(const rv_host* host, const char* name);
};

/* ---- Hyperparameters ------------------------------------------------------------------------- */

#define RV_REAL UINT32_C(1)
#define RV_INTEGER UINT32_C(2)
#define RV_BOOLEAN UINT32_C(3)
#define RV_CHOICE UINT32_C(4)
#define RV_INTEGER_LIST UINT32_C(5)
#define RV_FILE UINT32_C(6) /* since 1.1, of models only: a file that the user names and the host reads */

#define RV_SCALE_NONE UINT32_C(0)          /* no search range is declared */
#define RV_SCALE_LINEAR UINT32_C(1)        /* even in x */
#define RV_SCALE_LOG UINT32_C(2)           /* even in log x: learning rates */
#define RV_SCALE_LOG_ONE_MINUS UINT32_C(3) /* even in log (1 - x): decay rates near 1 */

#define RV_PARAM_SCHEDULABLE UINT64_C(1) /* may change from step to step; else fixed at create */
#define RV_PARAM_OPEN_BELOW UINT64_C(2)  /* `minimum` itself is not allowed */
#define RV_PARAM_OPEN_ABOVE UINT64_C(4)  /* `maximum` itself is not allowed */

/* Declares one hyperparameter. The host checks manifests, prints help, builds search spaces and draws
 * sliders from this alone, and never passes a value outside the range. Growable; made by the plugin;
 * valid as long as the process lives. */
typedef struct rv_param_info {
  uint32_t struct_size;
  uint32_t type;        /* RV_REAL … RV_FILE */
  const char* name;     /* unique within the component: letters, digits, _ */
  const char* doc;      /* one line, with the unit if there is one */
  uint64_t flags;       /* RV_PARAM_… */
  double default_value; /* real, integer, boolean, choice; 0 for a list */
  double minimum;       /* real, integer, each element of a list; may be -INFINITY */
  double maximum;       /* likewise; may be INFINITY */
  double search_low;    /* the range worth searching, within the valid one */
  double search_high;
  uint32_t search_scale;       /* RV_SCALE_… */
  uint32_t choice_count;       /* choice: how many names; else 0 */
  const char* const* choices;  /* choice: the names; else NULL */
  uint64_t default_list_count; /* list: elements of its default; else 0 */
  const int64_t* default_list; /* list: its default, or NULL if it is empty */
} rv_param_info;

/* A list of integers, such as the sizes of hidden layers. Frozen. */
typedef struct rv_integer_list {
  uint64_t count;
  const int64_t* values; /* NULL if count is 0 */
} rv_integer_list;

/* A file that the user has named. Its SHA-256 is part of what a trial is. Frozen, since 1.1. */
typedef struct rv_file {
  uint64_t size;     /* bytes; 0 if none is named, as where the host checks the plugin */
  const void* bytes; /* the content, valid during create only; NULL if none is named */
  const char* path;  /* as the user wrote it, for messages; "" if none is named */
} rv_file;

/* The values that an instance is created with: one entry per declared hyperparameter, in declared
 * order, every one given and within its range. Growable; made by the host. */
typedef struct rv_config {
  uint32_t struct_size;
  uint32_t reserved;            /* 0 */
  uint64_t count;               /* entries of both arrays: the component's param_count */
  const double* values;         /* scalars; the count of elements or bytes in the place of a list or file */
  const rv_integer_list* lists; /* lists; count 0 in a scalar's place */
  const rv_file* files;         /* since 1.1: files; size 0 in the place of anything else */
} rv_config;

/* ---- Parameters and state -------------------------------------------------------------------- */

#define RV_ROLE_OTHER UINT32_C(0)
#define RV_ROLE_WEIGHT UINT32_C(1)     /* matrix or kernel of a linear map */
#define RV_ROLE_BIAS UINT32_C(2)       /* added to a layer's output */
#define RV_ROLE_NORM UINT32_C(3)       /* scale or shift of a normalisation */
#define RV_ROLE_COORDINATE UINT32_C(4) /* the point of a landscape */
#define RV_ROLE_EMBEDDING UINT32_C(5)  /* since 1.1: a row for each entry of a list, or a learned vector */

/* One named tensor inside the flat parameter vector, row-major. Growable. */
typedef struct rv_tensor {
  uint32_t struct_size;
  uint32_t role;         /* RV_ROLE_… */
  const char* name;      /* unique within the layout, such as "hidden0.weight" */
  uint64_t offset;       /* first element; filled in by the host */
  uint64_t size;         /* elements, the product of shape; filled in by the host */
  uint64_t rank;         /* length of shape, 1 at least */
  const uint64_t* shape; /* each extent at least 1 */
  uint64_t fan_in;       /* inputs of one output unit; 0 where it means nothing */
  uint64_t fan_out;      /* outputs fed by one input; 0 where it means nothing */
} rv_tensor;

/* The parameter vector: all tensors in order, without gaps. Parameters and gradients are one
 * contiguous vector each, aligned to 64 bytes where the host makes them, but not where an optimizer
 * passes its own through rv_closure or rv_inner. Growable; made by the host from the model's answer; valid
 * until the instance that it was given to is destroyed. */
typedef struct rv_layout {
  uint32_t struct_size;
  rv_dtype dtype;        /* of parameters and gradients */
  uint64_t size;         /* elements in all */
  uint64_t tensor_count; /* 1 at least */
  const rv_tensor* const* tensors;
} rv_layout;

/* Flag of a state array, since 1.1: what a call leaves in it is never read by a later call. The host neither
 * saves it nor counts it as state. A host of 1.0 treats it as any other. */
#define RV_STATE_SCRATCH UINT64_C(1)

/* One array of state. The host allocates it (aligned to 64 bytes), zeroes it, saves and restores it
 * with a checkpoint, and counts its bytes. Growable. */
typedef struct rv_state_array {
  uint32_t struct_size;
  rv_dtype dtype;
  const char* name; /* unique within the component, such as "m" */
  uint64_t count;   /* elements */
  uint64_t flags;   /* since 1.1: RV_STATE_… */
} rv_state_array;

/* How a plugin answers with a list: one call of `add` per entry; entry and strings are copied.
 * A plugin returns at once what `add` answered if that is not RV_OK. Frozen; made by the host. */
typedef struct rv_state_sink {
  void* context;
  rv_status (*add)(void* context, const rv_state_array* array);
} rv_state_sink;

typedef struct rv_tensor_sink {
  void* context;
  rv_status (*add)(void* context, const rv_tensor* tensor);
} rv_tensor_sink;

/* ---- Optimizers ------------------------------------------------------------------------------ */

/* Capability: the update of element i reads and writes only element i of params, grads and of every
 * state array, and all state arrays have the layout's size. The host may then split a step into
 * slices, in any order or side by side. */
#define RV_OPTIMIZER_ELEMENTWISE UINT64_C(1)
/* Capability: rv_step.closure is there. */
#define RV_OPTIMIZER_CLOSURE UINT64_C(2)
/* Capability, since 1.1: a wrapper, which works around another optimizer: rv_step.inner is there. A plugin
 * whose entry finds a host with abi_minor below 1 answers NULL. */
#define RV_OPTIMIZER_WRAPS UINT64_C(4)
/* Capability, since 1.1: a wrapper if the user names an inner optimizer; else rv_step.inner is NULL, and the
 * rule works by itself, as it does on a host of 1.0. */
#define RV_OPTIMIZER_MAY_WRAP UINT64_C(8)
/* Capability, since 1.1, beside RV_OPTIMIZER_CLOSURE: the step's own loss and gradient are not used, so that
 * the host spends no evaluation on them: rv_step.grads may be NULL and rv_step.loss NaN. Each step evaluates
 * something. A host of 1.0, and a wrapper around the optimizer, give them anyway. */
#define RV_OPTIMIZER_NO_GRADIENT UINT64_C(16)
/* Capability, since 1.1: neither total_steps nor total_epochs of rv_step is read, so that a trial with a
 * longer budget may go on from where a shorter one ended. A host of 1.0 does not ask. */
#define RV_OPTIMIZER_IGNORES_TOTAL UINT64_C(32)

/* Evaluates the loss of the step's own batch anywhere. Each call counts against the trial's budget. `point`
 * and `grads` need no alignment beyond that of one element, and do not overlap. Gradients are clipped as the
 * step's own are. Non-finite answers are answers: the caller decides. Growable; made by the host. */
typedef struct rv_closure {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* context;     /* first argument of evaluate */
  /* `point`: layout.size elements. `loss`: written. `grads`: layout.size elements, overwritten, or
   * NULL if the gradient is not wanted. On failure the error is already set: return the status. */
  rv_status (*evaluate)(void* context, const void* point, double* loss, void* grads);
} rv_closure;

/* The optimizer that a wrapper works around: an instance of its own with its own hyperparameters, schedules
 * and state, which the host keeps; it may be a wrapper too. Its rv_step.step counts its own steps, and what
 * it knows of epochs and totals are the trial's. It is set up before the wrapper's init_state. All arrays
 * have layout.size elements, need no alignment beyond that of one, and do not overlap. Where a wrapper has no
 * gradient_point or evaluation_point, or answers RV_UNUSED, the inner optimizer's point is used. On failure
 * the error is already set: return the status. Since 1.1. Growable; made by the host. */
typedef struct rv_inner {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* context;     /* first argument of the functions */
  /* Takes one step of the inner optimizer: updates `params`, which need not be the trial's, by `grads`;
   * `loss` is the mean loss where they were taken. Only within step. */
  rv_status (*step)(void* context, void* params, const void* grads, double loss);
  /* Write to `point` where the inner optimizer, at `params`, wants the gradient of its next step to be taken,
   * and where it is to be evaluated after its last step: a copy of `params` if it does not care. In any call
   * that has rv_step.inner. */
  rv_status (*gradient_point)(void* context, const void* params, void* point);
  rv_status (*evaluation_point)(void* context, const void* params, void* point);
} rv_inner;

/* One step, or one slice of it. Growable; made by the host. Arrays are of the layout's dtype unless
 * state said otherwise. */
typedef struct rv_step {
  uint32_t struct_size;
  uint32_t reserved;         /* 0 */
  uint64_t step;             /* 1 for the first */
  uint64_t epoch;            /* full passes over the data before this step; 0 without data */
  uint64_t total_steps;      /* planned; 0 if unknown */
  uint64_t total_epochs;     /* planned; 0 if unknown or without data */
  uint64_t offset;           /* first element of this slice; 0 for a whole step */
  uint64_t n;                /* elements of this slice */
  void* params;              /* n elements, updated in place */
  const void* grads;         /* n elements at gradient_point, clipped; NULL in init_state, *_point, and
                              * where RV_OPTIMIZER_NO_GRADIENT lets the host leave it out */
  void* const* state;        /* the arrays in the order that state added them (element `offset` on) */
  const double* values;      /* current hyperparameters, indexed like rv_config.values */
  double loss;               /* mean loss at gradient_point; NaN where grads is NULL */
  uint64_t seed;             /* differs from step to step, the same for all slices of one step */
  const rv_closure* closure; /* NULL without RV_OPTIMIZER_CLOSURE */
  const rv_inner* inner;     /* since 1.1: NULL unless the optimizer wraps another */
} rv_step;

/* An optimizer's functions. Growable; made by the plugin; valid as long as the process lives. */
typedef struct rv_optimizer {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* Makes an instance; `*self` is its handle and may stay NULL if there is nothing to keep. */
  rv_status (*create)(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self);
  /* Frees it. Never called with an instance whose create failed. */
  void (*destroy)(void* self);
  /* Adds the arrays of state that the instance needs, in a fixed order. Called once, after create. */
  rv_status (*state)(const void* self, const rv_state_sink* sink);
  /* Or NULL. Gives the zeroed state its first values; step->params is the starting point and
   * step->step is 0. Not called when a checkpoint is restored. */
  rv_status (*init_state)(const void* self, const rv_step* step);
  /* Updates step->params and step->state. Must not change `self` or step->grads: whatever has to be
   * remembered from step to step is state. */
  rv_status (*step)(const void* self, const rv_step* step);
  /* Or NULL. Writes to `point` (step->n elements) where loss and gradient of this step are to be
   * taken, instead of at the parameters. RV_UNUSED: at the parameters, or where a wrapper's inner
   * optimizer wants it, for the whole trial. The point does not overlap the parameters. */
  rv_status (*gradient_point)(const void* self, const rv_step* step, void* point);
  /* Or NULL. Writes to `point` where the trial is to be evaluated after this step, instead of at the
   * parameters (averaged iterates). RV_UNUSED and overlap: as for gradient_point. */
  rv_status (*evaluation_point)(const void* self, const rv_step* step, void* point);
  /* Or NULL. An optional ability of this instance by name and revision, or NULL. */
  const void* (*get_extension)(const void* self, const char* name);
} rv_optimizer;

/* ---- Schedulers ------------------------------------------------------------------------------ */

/* Capability: observe is told a metric at each evaluation. Such a schedule cannot be drawn without training.
 */
#define RV_SCHEDULER_OBSERVES UINT64_C(1)
/* Capability, since 1.1: value needs a total that is finite. Such a schedule is refused where it has no
 * length. */
#define RV_SCHEDULER_NEEDS_LENGTH UINT64_C(2)

#define RV_UNIT_STEP UINT32_C(1)
#define RV_UNIT_EPOCH UINT32_C(2)

/* Where a schedule stands. Growable; made by the host. */
typedef struct rv_progress {
  uint32_t struct_size;
  uint32_t unit; /* RV_UNIT_STEP or RV_UNIT_EPOCH, as the manifest chose */
  double t;      /* units since this schedule began: 0 for its first step or epoch */
  double total;  /* units that this schedule lasts; INFINITY if it has no planned end */
} rv_progress;

/* A scheduler's functions. `state` is what the state function asked for, zeroed at the start and owned
 * by the host; it may only change in observe. Growable; valid as long as the process lives. */
typedef struct rv_scheduler {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  rv_status (*create)(const rv_host* host, const rv_config* config, void** self);
  void (*destroy)(void* self);
  /* Or NULL for a scheduler without state: a pure function of base, t and total. */
  rv_status (*state)(const void* self, const rv_state_sink* sink);
  /* Writes the hyperparameter's value at `progress`; `base` is its value in the manifest. */
  rv_status (*value)(const void* self, double base, const rv_progress* progress, const void* const* state,
                     double* value);
  /* Or NULL. Told `metric` (lower is better) at each evaluation. */
  rv_status (*observe)(const void* self, void* const* state, double metric);
  /* Or NULL, as for optimizers. */
  const void* (*get_extension)(const void* self, const char* name);
} rv_scheduler;

/* ---- Models ---------------------------------------------------------------------------------- */

/* Capability: a synthetic landscape: no data; offers the extension RV_EXT_LANDSCAPE. */
#define RV_MODEL_LANDSCAPE UINT64_C(1)
/* Capability, since 1.1: rv_data_spec.labels may be more than 1. A model without it gets data with one label
 * of an example alone. */
#define RV_MODEL_SEVERAL_LABELS UINT64_C(2)

/* What the data look like. Growable; made by the host; valid during create. */
typedef struct rv_data_spec {
  uint32_t struct_size;
  uint32_t reserved;     /* 0 */
  uint64_t rank;         /* of one example: 2 for grey images */
  const uint64_t* shape; /* of one example, row-major: {28, 28} */
  uint64_t classes;      /* labels are 0 … classes - 1 */
  uint64_t max_batch;    /* no batch is longer: size workspaces by it */
  uint64_t labels;       /* since 1.1: of one example; 1, or as many as a sequence has positions */
} rv_data_spec;

#define RV_MODE_TRAIN UINT32_C(1)    /* noise layers such as dropout are active */
#define RV_MODE_EVALUATE UINT32_C(2) /* they are not */

/* A batch of examples. Growable; made by the host. */
typedef struct rv_batch {
  uint32_t struct_size;
  uint32_t mode;         /* RV_MODE_TRAIN or RV_MODE_EVALUATE */
  uint64_t size;         /* examples, 1 … max_batch */
  const void* inputs;    /* size x (product of shape), row-major, of the model's dtype, 64-byte aligned */
  const int32_t* labels; /* size x labels of one example, row-major */
  uint64_t seed;         /* of noise layers; the same batch at the same step has the same seed */
} rv_batch;

/* A model's functions. Growable; made by the plugin; valid as long as the process lives. */
typedef struct rv_model {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* `data` is NULL for a landscape. `dtype`: of parameters, gradients, inputs, predictions. */
  rv_status (*create)(const rv_host* host, const rv_data_spec* data, const rv_config* config, rv_dtype dtype,
                      void** self);
  void (*destroy)(void* self);
  /* Adds the tensors of the parameter vector in order; the host packs them without gaps. */
  rv_status (*layout)(const void* self, const rv_tensor_sink* sink);
  /* Writes the starting parameters: for landscapes the default start, whatever the seed. */
  rv_status (*init)(const void* self, uint64_t seed, void* params);
  /* Writes the mean loss over the batch (natural logarithm for cross-entropy) and, unless `grads` is
   * NULL, its gradient. `batch` is NULL for a landscape. May use workspaces of `self`. */
  rv_status (*loss_gradient)(void* self, const void* params, const rv_batch* batch, double* loss,
                             void* grads);
  /* Writes class scores, batch->size x labels of one example x classes, row-major: the highest is the
   * predicted class. NULL for a landscape. */
  rv_status (*predict)(void* self, const void* params, const rv_batch* batch, void* scores);
  /* Or NULL. An optional ability of this instance by name and revision, or NULL. */
  const void* (*get_extension)(const void* self, const char* name);
} rv_model;

/* Name of the extension of models that describes a landscape; the answer is an rv_landscape. */
#define RV_EXT_LANDSCAPE "ravine.landscape/1"

#define RV_LANDSCAPE_UNBOUNDED_BELOW UINT32_C(1) /* the loss has no lower bound (saddles) */

/* What is known of a landscape. Growable; made and owned by the model's instance; valid until it is
 * destroyed. */
typedef struct rv_landscape {
  uint32_t struct_size;
  uint32_t flags;        /* RV_LANDSCAPE_… */
  uint64_t dimension;    /* of the point */
  const double* lower;   /* dimension: the box that is usually searched and drawn */
  const double* upper;   /* dimension */
  const double* start;   /* dimension: the customary starting point */
  uint64_t minima_count; /* known global minima; may be 0 */
  const double* minima;  /* minima_count x dimension, or NULL */
  double minimum;        /* the loss there; NaN if there is none */
  const double* noise;   /* since 1.1: dimension, or NULL for none: standard deviations of normal noise, which
                          * the   host adds to each gradient, and not to losses */
} rv_landscape;

/* ---- Plugins --------------------------------------------------------------------------------- */

#define RV_OPTIMIZER UINT32_C(1)
#define RV_SCHEDULER UINT32_C(2)
#define RV_MODEL UINT32_C(3)

/* One algorithm. Growable; made by the plugin; valid as long as the process lives. */
typedef struct rv_component {
  uint32_t struct_size;
  uint32_t kind;         /* RV_OPTIMIZER, RV_SCHEDULER or RV_MODEL */
  const char* id;        /* the name in manifests: lower-case letters, digits, _ */
  const char* summary;   /* one line */
  const char* reference; /* the paper, or "" */
  const char* doc;       /* formula, remarks, differences from other libraries; may span lines, or "" */
  uint64_t capabilities; /* RV_OPTIMIZER_…, RV_SCHEDULER_… or RV_MODEL_… bits; unknown bits are ignored */
  uint64_t param_count;
  const rv_param_info* const* params; /* or NULL if param_count is 0 */
  const void* functions;              /* rv_optimizer, rv_scheduler or rv_model, by kind */
} rv_component;

/* What a shared object holds. The first four fields keep their place in every major release.
 * Growable; made by the plugin; valid as long as the process lives. */
typedef struct rv_plugin {
  uint32_t struct_size;
  uint32_t magic;     /* RV_MAGIC */
  uint32_t abi_major; /* RV_ABI_MAJOR of the header that it was compiled with */
  uint32_t abi_minor; /* RV_ABI_MINOR likewise */
  const char* name;
  const char* version; /* such as "1.2.0" */
  const char* author;  /* or "" */
  const char* license; /* SPDX identifier, or "" */
  uint64_t component_count;
  const rv_component* const* components;
} rv_plugin;

/* The one symbol that a plugin exports. Answers NULL, after host->set_error, if it cannot work here. */
typedef const rv_plugin* (*rv_entry)(const rv_host* host);

#if defined(__GNUC__)
#define RV_EXPORT __attribute__((visibility("default")))
#else
#define RV_EXPORT
#endif

RV_EXPORT const rv_plugin* ravine_plugin_v1(const rv_host* host);

#ifdef __cplusplus
}
#endif

#endif
