/* Models that log their calls, and misbehave when told to: the landscape log_bowl, f(x) = |x|^2 / 2 in two
 * dimensions, and the model log_rows of data, whose one parameter w has the mean of (w - label)^2 / 2 as its
 * loss. Their sleep in loss_gradient and in predict makes what the trial's clock counts measurable. */
#include "logging.h"
#include "plugin.h"

#include <math.h>
#include <string.h>
#include <threads.h>
#include <time.h>

enum { fault, at, gradient_ms, predict_ms }; /* places in rv_config.values */
enum { nothing, infinite_loss, nan_gradient, fails };

struct instance {
  const rv_host* host;
  rv_dtype dtype;
  int fault, at, gradient_ms, predict_ms;
  int calls; /* with a gradient */
  uint64_t size;
  uint64_t classes;
};

static rv_status create(const rv_host* host, const rv_data_spec* data, const rv_config* config,
                        rv_dtype dtype, void** self) {
  const double* with = config->values;
  struct instance* made = malloc(sizeof *made);
  if (made == NULL) return no_memory(host);
  *made = (struct instance){.host = host,
                            .dtype = dtype,
                            .fault = (int)with[fault],
                            .at = (int)with[at],
                            .gradient_ms = (int)with[gradient_ms],
                            .predict_ms = (int)with[predict_ms],
                            .size = data == NULL ? 2 : 1,
                            .classes = data == NULL ? 0 : data->classes};
  *self = made;
  return RV_OK;
}

static void destroy(void* self) { free(self); }

static rv_status layout(const void* self, const rv_tensor_sink* sink) {
  const struct instance* own = self;
  const rv_tensor x = {
      .struct_size = sizeof x, .role = RV_ROLE_COORDINATE, .name = "x", .rank = 1, .shape = &own->size};
  return sink->add(sink->context, &x);
}

static rv_status init_bowl(const void* self, uint64_t seed, void* params) {
  const struct instance* own = self;
  (void)seed;
  put(own->dtype, params, 0, 1);
  put(own->dtype, params, 1, 0);
  return RV_OK;
}

/* The start tells the seed. */
static rv_status init_rows(const void* self, uint64_t seed, void* params) {
  const struct instance* own = self;
  put(own->dtype, params, 0, (double)(seed % 1000) / 1000);
  say(own->host, "init w=%.9g", get(own->dtype, params, 0));
  return RV_OK;
}

static void nap(int milliseconds) {
  const struct timespec length = {.tv_sec = 0, .tv_nsec = milliseconds * 1000000L};
  if (milliseconds > 0) thrd_sleep(&length, NULL);
}

/* Spoils loss and gradient when it is time to. */
static rv_status misbehave(struct instance* own, double* loss, void* grads) {
  if (grads == NULL || ++own->calls != own->at) return RV_OK;
  if (own->fault == infinite_loss) *loss = INFINITY;
  if (own->fault == nan_gradient) put(own->dtype, grads, 0, NAN);
  if (own->fault != fails) return RV_OK;
  own->host->set_error(own->host, "the model failed on purpose");
  return RV_FAILED;
}

static rv_status bowl(void* self, const void* params, const rv_batch* batch, double* loss, void* grads) {
  struct instance* own = self;
  const double x = get(own->dtype, params, 0), y = get(own->dtype, params, 1);
  (void)batch;
  say(own->host, "loss%s x=%.9g", grads == NULL ? "" : " and gradient", x);
  if (grads != NULL) {
    nap(own->gradient_ms);
    put(own->dtype, grads, 0, x);
    put(own->dtype, grads, 1, y);
  }
  *loss = (x * x + y * y) / 2;
  return misbehave(own, loss, grads);
}

static void say_batch(const struct instance* own, const char* call, const rv_batch* batch) {
  char labels[400] = "";
  for (uint64_t i = 0; i < batch->size && strlen(labels) + 16 < sizeof labels; ++i) {
    snprintf(labels + strlen(labels), 16, "%s%d", i == 0 ? "" : ",", (int)batch->labels[i]);
  }
  say(own->host, "%s %s rows=%s seed=%llx", call, batch->mode == RV_MODE_TRAIN ? "train" : "evaluate", labels,
      (unsigned long long)batch->seed);
}

static rv_status rows(void* self, const void* params, const rv_batch* batch, double* loss, void* grads) {
  struct instance* own = self;
  const double w = get(own->dtype, params, 0);
  double sum = 0, slope = 0;
  say_batch(own, grads == NULL ? "loss" : "loss and gradient", batch);
  for (uint64_t i = 0; i < batch->size; ++i) {
    const double residual = w - batch->labels[i];
    sum += residual * residual / 2;
    slope += residual;
  }
  *loss = sum / (double)batch->size;
  if (grads != NULL) {
    nap(own->gradient_ms);
    put(own->dtype, grads, 0, slope / (double)batch->size);
  }
  return misbehave(own, loss, grads);
}

/* Every example is of the class nearest to w. */
static rv_status predict(void* self, const void* params, const rv_batch* batch, void* scores) {
  struct instance* own = self;
  const double w = get(own->dtype, params, 0);
  nap(own->predict_ms);
  for (uint64_t i = 0; i < batch->size * own->classes; ++i) {
    put(own->dtype, scores, i, -fabs(w - (double)(i % own->classes)));
  }
  return RV_OK;
}

static const void* landscape(const void* self, const char* name) {
  static const double lower[] = {-1, -1}, upper[] = {1, 1}, start[] = {1, 0}, minimum[] = {0, 0};
  static const rv_landscape described = {.struct_size = sizeof described,
                                         .dimension = 2,
                                         .lower = lower,
                                         .upper = upper,
                                         .start = start,
                                         .minima_count = 1,
                                         .minima = minimum};
  (void)self;
  return strcmp(name, RV_EXT_LANDSCAPE) == 0 ? &described : NULL;
}

static const char* const faults[] = {"none", "infinite_loss", "nan_gradient", "fails"};
static const rv_param_info fault_info = {.struct_size = sizeof fault_info,
                                         .type = RV_CHOICE,
                                         .name = "fault",
                                         .doc = "what goes wrong",
                                         .maximum = 3,
                                         .choice_count = 4,
                                         .choices = faults};
static const rv_param_info at_info = {.struct_size = sizeof at_info,
                                      .type = RV_INTEGER,
                                      .name = "at",
                                      .doc = "in which call with a gradient it goes wrong",
                                      .default_value = 1,
                                      .minimum = 1,
                                      .maximum = 1000};
static const rv_param_info gradient_ms_info = {.struct_size = sizeof gradient_ms_info,
                                               .type = RV_INTEGER,
                                               .name = "gradient_ms",
                                               .doc = "sleep with each gradient, milliseconds",
                                               .maximum = 1000};
static const rv_param_info predict_ms_info = {.struct_size = sizeof predict_ms_info,
                                              .type = RV_INTEGER,
                                              .name = "predict_ms",
                                              .doc = "sleep with each prediction, milliseconds",
                                              .maximum = 1000};
static const rv_param_info* const params[] = {&fault_info, &at_info, &gradient_ms_info, &predict_ms_info};

static const rv_model bowl_functions = {.struct_size = sizeof bowl_functions,
                                        .create = create,
                                        .destroy = destroy,
                                        .layout = layout,
                                        .init = init_bowl,
                                        .loss_gradient = bowl,
                                        .get_extension = landscape};
static const rv_model rows_functions = {.struct_size = sizeof rows_functions,
                                        .create = create,
                                        .destroy = destroy,
                                        .layout = layout,
                                        .init = init_rows,
                                        .loss_gradient = rows,
                                        .predict = predict};

static const rv_component log_bowl = {.struct_size = sizeof log_bowl,
                                      .kind = RV_MODEL,
                                      .id = "log_bowl",
                                      .summary = "A round bowl that logs its calls",
                                      .reference = "",
                                      .doc = "",
                                      .capabilities = RV_MODEL_LANDSCAPE,
                                      .param_count = sizeof params / sizeof params[0],
                                      .params = params,
                                      .functions = &bowl_functions};
static const rv_component log_rows = {.struct_size = sizeof log_rows,
                                      .kind = RV_MODEL,
                                      .id = "log_rows",
                                      .summary = "The mean of the labels, with a log of the batches",
                                      .reference = "",
                                      .doc = "",
                                      .param_count = sizeof params / sizeof params[0],
                                      .params = params,
                                      .functions = &rows_functions};

TEST_PLUGIN("log_model", &log_bowl, &log_rows)
