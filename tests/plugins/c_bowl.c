/* A landscape in plain C: f(x) = (x[0]^2 + kappa x[1]^2 + kappa^2 x[2]^2 + ...) / 2 in n dimensions. */
#include "plugin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n, kappa }; /* places in rv_config.values */

struct instance {
  rv_landscape described;
  rv_dtype dtype;
  double kappa;
  double* facts; /* lower, upper, start, minimum: n each */
};

static rv_status create(const rv_host* host, const rv_data_spec* data, const rv_config* config,
                        rv_dtype dtype, void** self) {
  const uint64_t dimension = (uint64_t)config->values[n];
  struct instance* made = NULL;
  if (data != NULL) {
    host->set_error(host, "c_bowl takes no data");
    return RV_BAD_CONFIG;
  }
  made = calloc(1, sizeof *made);
  if (made != NULL) made->facts = calloc(4 * dimension, sizeof *made->facts);
  if (made == NULL || made->facts == NULL) {
    free(made);
    host->set_error(host, "out of memory");
    return RV_NO_MEMORY;
  }
  for (uint64_t i = 0; i < dimension; ++i) {
    made->facts[i] = -2;
    made->facts[dimension + i] = 2;
    made->facts[2 * dimension + i] = 1;
  }
  made->dtype = dtype;
  made->kappa = config->values[kappa];
  made->described = (rv_landscape){.struct_size = sizeof made->described,
                                   .dimension = dimension,
                                   .lower = made->facts,
                                   .upper = made->facts + dimension,
                                   .start = made->facts + 2 * dimension,
                                   .minima_count = 1,
                                   .minima = made->facts + 3 * dimension,
                                   .minimum = 0};
  *self = made;
  return RV_OK;
}

static void destroy(void* self) {
  free(((struct instance*)self)->facts);
  free(self);
}

static rv_status layout(const void* self, const rv_tensor_sink* sink) {
  const struct instance* own = self;
  const rv_tensor x = {.struct_size = sizeof x,
                       .role = RV_ROLE_COORDINATE,
                       .name = "x",
                       .rank = 1,
                       .shape = &own->described.dimension};
  return sink->add(sink->context, &x);
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

static rv_status init(const void* self, uint64_t seed, void* params) {
  const struct instance* own = self;
  (void)seed;
  for (uint64_t i = 0; i < own->described.dimension; ++i) put(own, params, i, own->described.start[i]);
  return RV_OK;
}

static rv_status loss_gradient(void* self, const void* params, const rv_batch* batch, double* loss,
                               void* grads) {
  const struct instance* own = self;
  double weight = 1;
  (void)batch;
  *loss = 0;
  for (uint64_t i = 0; i < own->described.dimension; ++i) {
    const double x = get(own, params, i);
    *loss += weight * x * x / 2;
    if (grads != NULL) put(own, grads, i, weight * x);
    weight *= own->kappa;
  }
  return RV_OK;
}

static const void* get_extension(const void* self, const char* name) {
  return strcmp(name, RV_EXT_LANDSCAPE) == 0 ? &((const struct instance*)self)->described : NULL;
}

static const rv_param_info n_info = {.struct_size = sizeof n_info,
                                     .type = RV_INTEGER,
                                     .name = "n",
                                     .doc = "dimensions",
                                     .default_value = 2,
                                     .minimum = 1,
                                     .maximum = 1000};
static const rv_param_info kappa_info = {.struct_size = sizeof kappa_info,
                                         .type = RV_REAL,
                                         .name = "kappa",
                                         .doc = "curvature of each axis relative to the one before",
                                         .flags = RV_PARAM_OPEN_BELOW,
                                         .default_value = 10,
                                         .minimum = 0,
                                         .maximum = INFINITY};
static const rv_param_info* const params_info[] = {&n_info, &kappa_info};

static const rv_model functions = {.struct_size = sizeof functions,
                                   .create = create,
                                   .destroy = destroy,
                                   .layout = layout,
                                   .init = init,
                                   .loss_gradient = loss_gradient,
                                   .get_extension = get_extension};

static const rv_component component = {.struct_size = sizeof component,
                                       .kind = RV_MODEL,
                                       .id = "c_bowl",
                                       .summary = "A bowl whose curvature grows from axis to axis",
                                       .reference = "",
                                       .doc = "",
                                       .capabilities = RV_MODEL_LANDSCAPE,
                                       .param_count = sizeof params_info / sizeof params_info[0],
                                       .params = params_info,
                                       .functions = &functions};

TEST_PLUGIN("c_bowl", &component)
