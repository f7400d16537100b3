/* A wrapper in plain C, of contract 1.1: goes half of the way that the inner optimizer goes. Where it began
 * is scratch, which no later step reads. */
#include "plugin.h"

#include <stdlib.h>

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
  const rv_state_array began = {.struct_size = sizeof began,
                                .dtype = layout->dtype,
                                .name = "began",
                                .count = layout->size,
                                .flags = RV_STATE_SCRATCH};
  return sink->add(sink->context, &began);
}

static rv_status step(const void* self, const rv_step* s) {
  const rv_layout* layout = self;
  const int is_float = layout->dtype == RV_F32;
  float *const p32 = s->params, *const began32 = s->state[0];
  double *const p64 = s->params, *const began64 = s->state[0];
  if (!RV_HAS(rv_step, s, inner) || s->inner == NULL) return RV_FAILED;
  for (uint64_t i = 0; i < s->n; ++i) {
    if (is_float) {
      began32[i] = p32[i];
    } else {
      began64[i] = p64[i];
    }
  }
  const rv_status status = s->inner->step(s->inner->context, s->params, s->grads, s->loss);
  for (uint64_t i = 0; i < s->n; ++i) {
    if (is_float) {
      p32[i] = (began32[i] + p32[i]) / 2;
    } else {
      p64[i] = (began64[i] + p64[i]) / 2;
    }
  }
  return status;
}

static const rv_optimizer functions = {
    .struct_size = sizeof functions, .create = create, .destroy = destroy, .state = state, .step = step};

static const rv_component component = {.struct_size = sizeof component,
                                       .kind = RV_OPTIMIZER,
                                       .id = "c_halfway",
                                       .summary = "Half of each inner step",
                                       .reference = "",
                                       .doc = "p <- (p + inner(p)) / 2",
                                       .capabilities = RV_OPTIMIZER_WRAPS | RV_OPTIMIZER_IGNORES_TOTAL,
                                       .functions = &functions};

TEST_PLUGIN("c_halfway", &component)
