/* Schedules that log their calls: base + slope t, and what is observed. */
#include "logging.h"
#include "plugin.h"

#include <math.h>

enum { slope }; /* places in rv_config.values */

struct instance {
  const rv_host* host;
  double slope;
};

static rv_status create(const rv_host* host, const rv_config* config, void** self) {
  struct instance* made = malloc(sizeof *made);
  if (made == NULL) return no_memory(host);
  *made = (struct instance){host, config->values[slope]};
  *self = made;
  return RV_OK;
}

static void destroy(void* self) { free(self); }

static rv_status value(const void* self, double base, const rv_progress* progress, const void* const* state,
                       double* result) {
  const struct instance* own = self;
  (void)state;
  *result = base + own->slope * progress->t;
  say(own->host, "value t=%.9g of %.9g %s", progress->t, progress->total,
      progress->unit == RV_UNIT_EPOCH ? "epochs" : "steps");
  return RV_OK;
}

static rv_status observe(const void* self, void* const* state, double metric) {
  const struct instance* own = self;
  (void)state;
  say(own->host, "observe %.9g", metric);
  return RV_OK;
}

static const rv_param_info slope_info = {.struct_size = sizeof slope_info,
                                         .type = RV_REAL,
                                         .name = "slope",
                                         .doc = "growth per step or epoch",
                                         .minimum = -INFINITY,
                                         .maximum = INFINITY};
static const rv_param_info* const params[] = {&slope_info};

static const rv_scheduler functions = {.struct_size = sizeof functions,
                                       .create = create,
                                       .destroy = destroy,
                                       .value = value,
                                       .observe = observe};

static const rv_component component = {.struct_size = sizeof component,
                                       .kind = RV_SCHEDULER,
                                       .id = "log_scheduler",
                                       .summary = "A straight line that logs its calls",
                                       .reference = "",
                                       .doc = "",
                                       .capabilities = RV_SCHEDULER_OBSERVES,
                                       .param_count = 1,
                                       .params = params,
                                       .functions = &functions};

TEST_PLUGIN("log_scheduler", &component)
