/* A scheduler in plain C that follows a metric: halves the value whenever the metric is not better than ever.
 */
#include "plugin.h"

#include <math.h>

enum { seen, best, halvings }; /* places in the state: one double each */

static rv_status create(const rv_host* host, const rv_config* config, void** self) {
  (void)host, (void)config, (void)self; /* the handle stays NULL: there is nothing to keep */
  return RV_OK;
}

static void destroy(void* self) { (void)self; }

static rv_status state(const void* self, const rv_state_sink* sink) {
  static const char* const names[] = {"seen", "best", "halvings"};
  (void)self;
  for (int i = 0; i < 3; ++i) {
    const rv_state_array each = {.struct_size = sizeof each, .dtype = RV_F64, .name = names[i], .count = 1};
    const rv_status status = sink->add(sink->context, &each);
    if (status != RV_OK) return status;
  }
  return RV_OK;
}

static rv_status value(const void* self, double base, const rv_progress* progress, const void* const* memory,
                       double* result) {
  (void)self, (void)progress;
  *result = base * pow(0.5, *(const double*)memory[halvings]);
  return RV_OK;
}

static rv_status observe(const void* self, void* const* memory, double metric) {
  double* const lowest = memory[best];
  (void)self;
  if (*(double*)memory[seen] == 0 || metric < *lowest) {
    *lowest = metric;
  } else {
    *(double*)memory[halvings] += 1;
  }
  *(double*)memory[seen] += 1;
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
                                       .id = "c_halving",
                                       .summary = "Halved whenever the metric is not better than ever",
                                       .reference = "",
                                       .doc = "",
                                       .capabilities = RV_SCHEDULER_OBSERVES,
                                       .functions = &functions};

TEST_PLUGIN("c_halving", &component)
