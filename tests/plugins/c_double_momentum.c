/* Momentum whose state is double whatever the parameters are: m <- beta m + g, p <- p - lr m. Elementwise all
 * the same: the contract asks for state arrays of the layout's size, not of its type. */
#include "plugin.h"

#include <stdlib.h>

enum { lr, beta }; /* places in rv_step.values */

static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self) {
  rv_layout* made = malloc(sizeof *made);
  (void)host, (void)config;
  if (made == NULL) return RV_NO_MEMORY;
  *made = *layout;
  *self = made;
  return RV_OK;
}

static void destroy(void* self) { free(self); }

static rv_status state(const void* self, const rv_state_sink* sink) {
  const rv_layout* layout = self;
  const rv_state_array m = {.struct_size = sizeof m, .dtype = RV_F64, .name = "m", .count = layout->size};
  return sink->add(sink->context, &m);
}

static rv_status step(const void* self, const rv_step* s) {
  const rv_layout* layout = self;
  const int is_float = layout->dtype == RV_F32;
  double* m = s->state[0];
  for (uint64_t i = 0; i < s->n; ++i) {
    const double g = is_float ? (double)((const float*)s->grads)[i] : ((const double*)s->grads)[i];
    m[i] = s->values[beta] * m[i] + g;
    if (is_float) {
      ((float*)s->params)[i] -= (float)(s->values[lr] * m[i]);
    } else {
      ((double*)s->params)[i] -= s->values[lr] * m[i];
    }
  }
  return RV_OK;
}

static const rv_param_info lr_info = {.struct_size = sizeof lr_info,
                                      .type = RV_REAL,
                                      .name = "lr",
                                      .doc = "learning rate",
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

static const rv_component component = {.struct_size = sizeof component,
                                       .kind = RV_OPTIMIZER,
                                       .id = "c_double_momentum",
                                       .summary = "Momentum with state in double precision",
                                       .reference = "",
                                       .doc = "m <- beta m + g,  p <- p - lr m",
                                       .capabilities = RV_OPTIMIZER_ELEMENTWISE,
                                       .param_count = sizeof params / sizeof params[0],
                                       .params = params,
                                       .functions = &functions};

TEST_PLUGIN("c_double_momentum", &component)
