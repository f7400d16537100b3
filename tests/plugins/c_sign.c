/* An optimizer in plain C: m <- beta m + (1 - beta) g, p <- p - lr sign(m). */
#include <ravine/abi.h>

#include <math.h>
#include <stdlib.h>

enum { lr, beta }; /* places in rv_step.values */

/* What an instance keeps: `state` and `step` are told neither. */
struct instance {
  rv_dtype dtype;
  uint64_t size;
};

static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self) {
  struct instance* made = malloc(sizeof *made);
  (void)config;
  if (made == NULL) {
    host->set_error(host, "out of memory");
    return RV_NO_MEMORY;
  }
  made->dtype = layout->dtype;
  made->size = layout->size;
  *self = made;
  return RV_OK;
}

static void destroy(void* self) { free(self); }

static rv_status state(const void* self, const rv_state_sink* sink) {
  const struct instance* own = self;
  const rv_state_array m = {.struct_size = sizeof m, .dtype = own->dtype, .name = "m", .count = own->size};
  return sink->add(sink->context, &m);
}

static double sign(double x) { return (x > 0) - (x < 0); }

static void step_f32(const rv_step* s) {
  float* p = s->params;
  const float* g = s->grads;
  float* m = s->state[0];
  const float decay = (float)s->values[beta], gain = (float)(1 - s->values[beta]);
  for (uint64_t i = 0; i < s->n; ++i) {
    m[i] = decay * m[i] + gain * g[i];
    p[i] -= (float)(s->values[lr] * sign(m[i]));
  }
}

static void step_f64(const rv_step* s) {
  double* p = s->params;
  const double* g = s->grads;
  double* m = s->state[0];
  for (uint64_t i = 0; i < s->n; ++i) {
    m[i] = s->values[beta] * m[i] + (1 - s->values[beta]) * g[i];
    p[i] -= s->values[lr] * sign(m[i]);
  }
}

static rv_status step(const void* self, const rv_step* s) {
  const struct instance* own = self;
  if (own->dtype == RV_F32) {
    step_f32(s);
  } else {
    step_f64(s);
  }
  return RV_OK;
}

static const rv_param_info lr_info = {.struct_size = sizeof lr_info,
                                      .type = RV_REAL,
                                      .name = "lr",
                                      .doc = "length of a move of each coordinate",
                                      .flags = RV_PARAM_SCHEDULABLE,
                                      .default_value = 0.01,
                                      .minimum = 0,
                                      .maximum = INFINITY,
                                      .search_low = 1e-4,
                                      .search_high = 1,
                                      .search_scale = RV_SCALE_LOG};
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
                                       .id = "c_sign",
                                       .summary = "Moves of one length along the averaged gradient's signs",
                                       .reference = "Bernstein et al. 2018, arXiv:1802.04434",
                                       .doc = "m <- beta m + (1 - beta) g,  p <- p - lr sign(m)",
                                       .capabilities = RV_OPTIMIZER_ELEMENTWISE,
                                       .param_count = sizeof params / sizeof params[0],
                                       .params = params,
                                       .functions = &functions};
static const rv_component* const components[] = {&component};

static const rv_plugin plugin = {.struct_size = sizeof plugin,
                                 .magic = RV_MAGIC,
                                 .abi_major = RV_ABI_MAJOR,
                                 .abi_minor = RV_ABI_MINOR,
                                 .name = "c_sign",
                                 .version = "1.2.3",
                                 .author = "Ravine's tests",
                                 .license = "BSD-3-Clause",
                                 .component_count = 1,
                                 .components = components};

const rv_plugin* ravine_plugin_v1(const rv_host* host) {
  (void)host;
  return &plugin;
}
