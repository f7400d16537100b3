/* Linear regression of the labels that breaks the one promise that FAULT names: the loss is the mean of
 * (w x - label)^2 / 2, and the score of class k is -(w x - k)^2. */
#include "plugin.h"

#include <ravine/draft/metrics.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum fault {
  sizes,
  bounds,
  inputs_untouched,
  gradient,
  loss_alone,
  repeatability,
  any_parameters,
  growth,
  metrics
};
static const enum fault fault = FAULT;

struct instance {
  const rv_host* host;
  rv_dtype dtype;
  uint64_t features, classes, max_batch;
  double left_over; /* for the faults `repeatability` and `metrics` */
};

static rv_status create(const rv_host* host, const rv_data_spec* data, const rv_config* config,
                        rv_dtype dtype, void** self) {
  struct instance* made = calloc(1, sizeof *made);
  (void)config;
  if (made == NULL) return RV_NO_MEMORY;
  made->host = host;
  made->dtype = dtype;
  made->features = 1;
  for (uint64_t i = 0; i < data->rank; ++i) made->features *= data->shape[i];
  made->classes = data->classes;
  made->max_batch = data->max_batch;
  *self = made;
  return RV_OK;
}

static void destroy(void* self) {
  if (fault != growth) free(self);
}

static rv_status layout(const void* self, const rv_tensor_sink* sink) {
  const struct instance* own = self;
  const rv_tensor w = {.struct_size = sizeof w,
                       .role = RV_ROLE_WEIGHT,
                       .name = "w",
                       .rank = 1,
                       .shape = &own->features,
                       .fan_in = own->features,
                       .fan_out = 1};
  return sink->add(sink->context, &w);
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
  for (uint64_t i = 0; i < own->features; ++i) {
    put(own, params, i, (double)((seed * 31 + i * 17) % 101) / 1010);
  }
  return RV_OK;
}

static double output(const struct instance* own, const void* params, const rv_batch* batch, uint64_t row) {
  static const double table[4096] = {0};
  const double* volatile looked_up = table + 2048; /* sanitizers do not see through it */
  double sum = 0;
  for (uint64_t i = 0; i < own->features; ++i) {
    const double w = get(own, params, i);
    if (fault == any_parameters) sum += looked_up[whole(w)];
    sum += w * get(own, batch->inputs, row * own->features + i);
  }
  return sum;
}

static rv_status loss_gradient(void* self, const void* params, const rv_batch* batch, double* loss,
                               void* grads) {
  struct instance* own = self;
  const double share = 1 / (double)batch->size;
  if (fault == sizes && batch->size != own->max_batch) {
    own->host->set_error(own->host, "the batch is not full");
    return RV_FAILED;
  }
  *loss = fault == repeatability ? own->left_over : 0;
  for (uint64_t i = 0; grads != NULL && i < own->features; ++i) put(own, grads, i, 0);
  for (uint64_t row = 0; row < batch->size; ++row) {
    const double error = output(own, params, batch, row) - batch->labels[row];
    *loss += share * error * error / 2;
    for (uint64_t i = 0; grads != NULL && i < own->features; ++i) {
      const double x = get(own, batch->inputs, row * own->features + i);
      /* One wrong element of many: the last. */
      const double factor = fault == gradient && i + 1 == own->features ? -1 : 1;
      put(own, grads, i, get(own, grads, i) + factor * share * error * x);
    }
  }
  if (fault == repeatability && grads != NULL) put(own, grads, 0, get(own, grads, 0) + own->left_over);
  own->left_over += 1;
  if (fault == loss_alone && grads == NULL) *loss *= 1 + 1e-12;
  return RV_OK;
}

static rv_status predict(void* self, const void* params, const rv_batch* batch, void* scores) {
  const struct instance* own = self;
  for (uint64_t row = 0; row < batch->size; ++row) {
    const double y = output(own, params, batch, row);
    if (fault == inputs_untouched) put(own, (void*)batch->inputs, row * own->features, 0); /* NOLINT */
    for (uint64_t k = 0; k < own->classes; ++k) {
      put(own, scores, row * own->classes + k, -(y - (double)k) * (y - (double)k));
    }
  }
  if (fault == bounds) put(own, scores, batch->size * own->classes, 0);
  return RV_OK;
}

static rv_status measure(void* self, const void* params, const rv_batch* batch, const void* scores,
                         double* values) {
  struct instance* own = self;
  (void)params, (void)batch;
  values[0] = get(own, scores, 0);
  if (fault == metrics) values[0] += own->left_over += 1;
  return RV_OK;
}

static const char* const metric_names[] = {"first_score"};
static const rv_metrics described = {
    .struct_size = sizeof described, .count = 1, .names = metric_names, .measure = measure};

static const void* get_extension(const void* self, const char* name) {
  (void)self;
  return strcmp(name, RV_EXT_DRAFT_METRICS) == 0 ? &described : NULL;
}

static const rv_model functions = {.struct_size = sizeof functions,
                                   .create = create,
                                   .destroy = destroy,
                                   .layout = layout,
                                   .init = init,
                                   .loss_gradient = loss_gradient,
                                   .predict = predict,
                                   .get_extension = get_extension};

static const rv_component component = {.struct_size = sizeof component,
                                       .kind = RV_MODEL,
                                       .id = "broken",
                                       .summary = "Linear regression with a fault",
                                       .reference = "",
                                       .doc = "",
                                       .functions = &functions};

TEST_PLUGIN("broken", &component)
