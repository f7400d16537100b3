/* A schedule that falls with the metric's best, and breaks the one promise that FAULT names. */
#include "plugin.h"

#include <math.h>
#include <stdlib.h>

enum fault { whole_course, call_order, state_in_observe, state_round_trip, any_metric, newer_host };
static const enum fault fault = FAULT;

struct instance {
  double asked;
  double best;
};

static rv_status create(const rv_host* host, const rv_config* config, void** self) {
  struct instance* made = malloc(sizeof *made);
  (void)host, (void)config;
  if (made == NULL) return RV_NO_MEMORY;
  made->asked = 0;
  made->best = 1;
  *self = made;
  return RV_OK;
}

static void destroy(void* self) { free(self); }

static rv_status state(const void* self, const rv_state_sink* sink) {
  const rv_state_array best = {.struct_size = sizeof best, .dtype = RV_F64, .name = "fall", .count = 1};
  (void)self;
  return sink->add(sink->context, &best);
}

static rv_status value(const void* self, double base, const rv_progress* progress, const void* const* memory,
                       double* result) {
  struct instance* own = (struct instance*)self; /* NOLINT: some faults write to it */
  double* fall = (double*)memory[0];             /* NOLINT */
  if (fault == newer_host && progress->struct_size != sizeof *progress) return RV_FAILED;
  *result = base / (1 + *fall);
  if (fault == whole_course) *result *= 1 - progress->t / progress->total; /* 0 / 0 without an end */
  if (fault == whole_course && isinf(progress->total)) *result = NAN;
  if (fault == call_order) *result /= ++own->asked;
  if (fault == state_in_observe) *fall += 1;
  if (fault == state_round_trip) *result *= own->best;
  return RV_OK;
}

static rv_status observe(const void* self, void* const* memory, double metric) {
  static const double table[16] = {0};
  const double* volatile looked_up = table;      /* sanitizers do not see through it */
  struct instance* own = (struct instance*)self; /* NOLINT */
  own->best = fmin(own->best, metric);
  *(double*)memory[0] += fault == any_metric ? 1 + looked_up[whole(metric)] : 1;
  return RV_OK;
}

static const rv_scheduler functions = {.struct_size = sizeof functions,
                                       .create = create,
                                       .destroy = destroy,
                                       .state = state,
                                       .value = value,
                                       .observe = observe};

static const rv_component component = {.struct_size = sizeof component,
                                       .kind = RV_SCHEDULER,
                                       .id = "broken",
                                       .summary = "A schedule with a fault",
                                       .reference = "",
                                       .doc = "",
                                       .capabilities = RV_SCHEDULER_OBSERVES,
                                       .functions = &functions};

TEST_PLUGIN("broken", &component)
