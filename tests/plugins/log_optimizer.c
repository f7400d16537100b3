/* Gradient descent that logs its calls. With `points` it wants the gradient 1 to the right of the parameters
 * and the evaluation 10 to the right. */
#include "logging.h"
#include "plugin.h"

#include <math.h>

enum { lr, mu, points, fails_at }; /* places in rv_step.values */

struct instance {
  const rv_host* host;
  rv_dtype dtype;
  uint64_t size;
  int points;
};

static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self) {
  struct instance* made = malloc(sizeof *made);
  if (made == NULL) return no_memory(host);
  *made = (struct instance){host, layout->dtype, layout->size, config->values[points] != 0};
  *self = made;
  return RV_OK;
}

static void destroy(void* self) { free(self); }

/* One element per parameter, and one double whatever their type. */
static rv_status state(const void* self, const rv_state_sink* sink) {
  const struct instance* own = self;
  const rv_state_array each = {
      .struct_size = sizeof each, .dtype = own->dtype, .name = "each", .count = own->size};
  const rv_state_array one = {.struct_size = sizeof one, .dtype = RV_F64, .name = "one", .count = 1};
  const rv_status status = sink->add(sink->context, &each);
  return status == RV_OK ? sink->add(sink->context, &one) : status;
}

static rv_status init_state(const void* self, const rv_step* s) {
  const struct instance* own = self;
  say(own->host, "init_state step=%d x=%.9g", (int)s->step, get(own->dtype, s->params, 0));
  return RV_OK;
}

static rv_status step(const void* self, const rv_step* s) {
  const struct instance* own = self;
  const double x = get(own->dtype, s->params, 0), g = get(own->dtype, s->grads, 0);
  if (s->step == (uint64_t)s->values[fails_at]) {
    own->host->set_error(own->host, "failed on purpose");
    return RV_FAILED;
  }
  say(own->host, "step=%d epoch=%d of %d/%d lr=%.9g mu=%.9g x=%.9g g=%.9g loss=%.9g", (int)s->step,
      (int)s->epoch, (int)s->total_steps, (int)s->total_epochs, s->values[lr], s->values[mu], x, g, s->loss);
  for (uint64_t i = 0; i < s->n; ++i) {
    put(own->dtype, s->params, i,
        get(own->dtype, s->params, i) - s->values[lr] * get(own->dtype, s->grads, i));
  }
  return RV_OK;
}

static rv_status point_at(const struct instance* own, const rv_step* s, const char* which, double distance,
                          void* point) {
  if (!own->points) return RV_UNUSED;
  say(own->host, "%s step=%d x=%.9g", which, (int)s->step, get(own->dtype, s->params, 0));
  for (uint64_t i = 0; i < s->n; ++i) put(own->dtype, point, i, get(own->dtype, s->params, i) + distance);
  return RV_OK;
}

static rv_status gradient_point(const void* self, const rv_step* s, void* point) {
  return point_at(self, s, "gradient_point", 1, point);
}

static rv_status evaluation_point(const void* self, const rv_step* s, void* point) {
  return point_at(self, s, "evaluation_point", 10, point);
}

static const rv_param_info lr_info = {.struct_size = sizeof lr_info,
                                      .type = RV_REAL,
                                      .name = "lr",
                                      .doc = "learning rate",
                                      .flags = RV_PARAM_SCHEDULABLE | RV_PARAM_OPEN_BELOW,
                                      .default_value = 0.5,
                                      .minimum = 0,
                                      .maximum = INFINITY};
static const rv_param_info mu_info = {.struct_size = sizeof mu_info,
                                      .type = RV_REAL,
                                      .name = "mu",
                                      .doc = "logged, and used for nothing",
                                      .flags = RV_PARAM_SCHEDULABLE,
                                      .default_value = 0.8,
                                      .minimum = 0,
                                      .maximum = 1};
static const rv_param_info points_info = {.struct_size = sizeof points_info,
                                          .type = RV_BOOLEAN,
                                          .name = "points",
                                          .doc = "own gradient and evaluation points",
                                          .maximum = 1};
static const rv_param_info fails_at_info = {.struct_size = sizeof fails_at_info,
                                            .type = RV_INTEGER,
                                            .name = "fails_at",
                                            .doc = "the step that fails; 0: none",
                                            .maximum = 1000};
static const rv_param_info* const params[] = {&lr_info, &mu_info, &points_info, &fails_at_info};

static const rv_optimizer functions = {.struct_size = sizeof functions,
                                       .create = create,
                                       .destroy = destroy,
                                       .state = state,
                                       .init_state = init_state,
                                       .step = step,
                                       .gradient_point = gradient_point,
                                       .evaluation_point = evaluation_point};

static const rv_component component = {.struct_size = sizeof component,
                                       .kind = RV_OPTIMIZER,
                                       .id = "log_optimizer",
                                       .summary = "Gradient descent that logs its calls",
                                       .reference = "",
                                       .doc = "",
                                       .param_count = sizeof params / sizeof params[0],
                                       .params = params,
                                       .functions = &functions};

TEST_PLUGIN("log_optimizer", &component)
