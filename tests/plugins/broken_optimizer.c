/* Gradient descent with momentum that breaks the one promise that FAULT names. */
#include "plugin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum fault {
  documentation,
  within_ranges,
  no_reason,
  growth,
  instances,
  older_host,
  newer_host,
  sizes,
  bounds,
  gradients_untouched,
  any_gradient,
  repeatability,
  state_size,
  state_stride,
  split_invariance,
  state_round_trip,
  descent,
  signs,
  zeros,
  total,
  endless,
  cached, /* breaks none */
  none
};
static const enum fault fault = FAULT;
enum { is_elementwise = FAULT == split_invariance || FAULT == state_size || FAULT == state_stride };

enum { lr, beta }; /* places in rv_step.values */

/* What later releases might append to rv_step. */
struct later_step {
  rv_step step;
  double scale;
};

struct instance {
  const rv_host* host;
  rv_dtype dtype;
  uint64_t size;
  double kept; /* an average of the gradients, for state_round_trip */
};

static double shared; /* for the fault `instances` */
enum { most_cached = 600 };
static void* volatile cache[most_cached]; /* for `cached`: filled by the first instances, and no further */
static int in_cache;

static rv_status fail(const struct instance* own, const char* reason) {
  own->host->set_error(own->host, reason);
  return RV_FAILED;
}

static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self) {
  struct instance* made = calloc(1, sizeof *made);
  if (made == NULL) return RV_NO_MEMORY;
  made->host = host;
  made->dtype = layout->dtype;
  made->size = layout->size;
  if (fault == within_ranges && config->values[beta] == 0) abort();
  if (fault == no_reason && config->values[beta] == 0) {
    free(made);
    return RV_BAD_CONFIG;
  }
  if (fault == cached && in_cache < most_cached) cache[in_cache++] = malloc(100);
  *self = made;
  return RV_OK;
}

static void destroy(void* self) {
  if (fault != growth) free(self);
}

static rv_status state(const void* self, const rv_state_sink* sink) {
  const struct instance* own = self;
  const rv_state_array m = {.struct_size = sizeof m,
                            .dtype = fault == state_stride ? RV_F64 : own->dtype,
                            .name = "m",
                            .count = fault == state_size ? own->size - 1 : own->size};
  return sink->add(sink->context, &m);
}

static double get(const struct instance* own, const void* array, uint64_t i) {
  return own->dtype == RV_F32 ? (double)((const float*)array)[i] : ((const double*)array)[i];
}

static void put(const struct instance* own, void* array, uint64_t i, double value) {
  if (own->dtype == RV_F32) {
    ((float*)array)[i] = (float)value;
  } else {
    ((double*)array)[i] = value;
  }
}

/* By how much the gradient counts at this element. */
static double factor(struct instance* own, const rv_step* s, double g) {
  static const double table[4096] = {0};
  const double* volatile looked_up = table + 2048; /* sanitizers do not see through it */
  switch (fault) {
    case instances:
      shared = 0.5 * shared + g;
      return 1 + shared;
    case repeatability:
      return 1 + (double)rand() / RAND_MAX;
    case split_invariance:
      return 1 + 1.0 / (double)s->n;
    case state_round_trip:
      own->kept = 0.9 * own->kept + g;
      return 1 + own->kept;
    case any_gradient:
      return 1 + looked_up[whole(g * 16)];
    case descent:
      return -1;
    case total:
      return 1 - (double)s->step / (double)(s->total_steps + s->total_epochs + 1);
    default:
      return 1;
  }
}

static rv_status step(const void* self, const rv_step* s) {
  struct instance* own = (struct instance*)self; /* NOLINT: some faults write to it */
  double scale = 1;
  if (fault == older_host) scale += 1e-300 * ((const struct later_step*)s)->scale;
  if (fault == newer_host && s->struct_size != sizeof *s)
    return fail(own, "rv_step has another size than mine");
  if (fault == sizes && s->n % 4 != 0) return fail(own, "the size is no multiple of 4");
  while (fault == endless) continue;
  for (uint64_t i = 0; i < s->n; ++i) {
    const double g = get(own, s->grads, i);
    const double m = s->values[beta] * get(own, s->state[0], i) + factor(own, s, g) * g;
    put(own, s->state[0], i, m);
    if (fault == signs)
      scale = m == 0 ? 1 : 1 / sqrt(m); /* of an average of gradients, not of their squares */
    if (fault == zeros) scale = 1 / sqrt(m * m);
    put(own, s->params, i, get(own, s->params, i) - scale * s->values[lr] * m);
    if (fault == gradients_untouched) put(own, (void*)s->grads, i, 0); /* NOLINT */
  }
  if (fault == bounds) put(own, s->params, s->n, 0);
  return RV_OK;
}

static const rv_param_info lr_info = {.struct_size = sizeof lr_info,
                                      .type = RV_REAL,
                                      .name = "lr",
                                      .doc = FAULT == documentation ? "" : "learning rate",
                                      .flags = RV_PARAM_SCHEDULABLE,
                                      .default_value = 0.01,
                                      .minimum = 0,
                                      .maximum = 10};
static const rv_param_info beta_info = {.struct_size = sizeof beta_info,
                                        .type = RV_REAL,
                                        .name = "beta",
                                        .doc = "decay of m",
                                        .flags = RV_PARAM_SCHEDULABLE | RV_PARAM_OPEN_ABOVE,
                                        .default_value = 0.9,
                                        .minimum = 0,
                                        .maximum = 1};
static const rv_param_info* const params[] = {&lr_info, &beta_info};

static const rv_optimizer functions = {
    .struct_size = sizeof functions, .create = create, .destroy = destroy, .state = state, .step = step};

static const rv_component component = {
    .struct_size = sizeof component,
    .kind = RV_OPTIMIZER,
    .id = "broken",
    .summary = "Momentum with a fault",
    .reference = "",
    .doc = "",
    .capabilities = RV_OPTIMIZER_IGNORES_TOTAL | (is_elementwise ? RV_OPTIMIZER_ELEMENTWISE : 0),
    .param_count = sizeof params / sizeof params[0],
    .params = params,
    .functions = &functions};

TEST_PLUGIN("broken", &component)
