/* Optimizers that are described well and then fail, each in its own way. */
#include "plugin.h"

static const rv_host* the_host;

static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self) {
  (void)layout, (void)config, (void)self;
  the_host = host;
  return RV_OK;
}

static void destroy(void* self) { (void)self; }

static rv_status no_state(const void* self, const rv_state_sink* sink) {
  (void)self, (void)sink;
  return RV_OK;
}

static rv_status step(const void* self, const rv_step* s) {
  (void)self, (void)s;
  return RV_OK;
}

static rv_status refusing_create(const rv_host* host, const rv_layout* layout, const rv_config* config,
                                 void** self) {
  (void)layout, (void)config, (void)self;
  host->set_error(host, "matrices only");
  return RV_BAD_CONFIG;
}

static rv_status failing_step(const void* self, const rv_step* s) {
  (void)self, (void)s;
  the_host->set_error(the_host, "the curvature is negative");
  return RV_FAILED;
}

static rv_status silent_step(const void* self, const rv_step* s) {
  (void)self, (void)s;
  return RV_FAILED;
}

static rv_status foreign_step(const void* self, const rv_step* s) {
  (void)self, (void)s;
  return 42;
}

static rv_status hungry_step(const void* self, const rv_step* s) {
  (void)self, (void)s;
  return RV_NO_MEMORY;
}

static rv_status add(const rv_state_sink* sink, uint32_t size, rv_dtype dtype, const char* name,
                     uint64_t count) {
  const rv_state_array array = {.struct_size = size, .dtype = dtype, .name = name, .count = count};
  return sink->add(sink->context, &array);
}

static rv_status twice(const void* self, const rv_state_sink* sink) {
  rv_status status = add(sink, sizeof(rv_state_array), RV_F64, "m", 1);
  (void)self;
  if (status == RV_OK) status = add(sink, sizeof(rv_state_array), RV_F64, "m", 1);
  return status;
}

static rv_status nameless(const void* self, const rv_state_sink* sink) {
  (void)self;
  return add(sink, sizeof(rv_state_array), RV_F64, NULL, 1);
}

static rv_status typeless(const void* self, const rv_state_sink* sink) {
  (void)self;
  return add(sink, sizeof(rv_state_array), 7, "m", 1);
}

static rv_status too_small(const void* self, const rv_state_sink* sink) {
  (void)self;
  return add(sink, 8, RV_F64, "m", 1);
}

static rv_status too_large(const void* self, const rv_state_sink* sink) {
  (void)self;
  return add(sink, sizeof(rv_state_array), RV_F64, "m", UINT64_MAX);
}

static rv_status null_entry(const void* self, const rv_state_sink* sink) {
  (void)self;
  return sink->add(sink->context, NULL);
}

static rv_status one_element(const void* self, const rv_state_sink* sink) {
  (void)self;
  return add(sink, sizeof(rv_state_array), RV_F64, "m", 1);
}

#define OPTIMIZER(name, create_function, state_function, step_function, bits)        \
  static const rv_optimizer name##_functions = {.struct_size = sizeof(rv_optimizer), \
                                                .create = create_function,           \
                                                .destroy = destroy,                  \
                                                .state = state_function,             \
                                                .step = step_function};              \
  static const rv_component name = {.struct_size = sizeof(rv_component),             \
                                    .kind = RV_OPTIMIZER,                            \
                                    .id = #name,                                     \
                                    .summary = "Fails",                              \
                                    .reference = "",                                 \
                                    .doc = "",                                       \
                                    .capabilities = bits,                            \
                                    .functions = &name##_functions};

OPTIMIZER(create_refuses, refusing_create, no_state, step, 0)
OPTIMIZER(step_fails, create, no_state, failing_step, 0)
OPTIMIZER(step_fails_silently, create, no_state, silent_step, 0)
OPTIMIZER(step_answers_42, create, no_state, foreign_step, 0)
OPTIMIZER(step_runs_out_of_memory, create, no_state, hungry_step, 0)
OPTIMIZER(state_named_twice, create, twice, step, 0)
OPTIMIZER(state_without_name, create, nameless, step, 0)
OPTIMIZER(state_without_type, create, typeless, step, 0)
OPTIMIZER(state_struct_too_small, create, too_small, step, 0)
OPTIMIZER(state_too_large, create, too_large, step, 0)
OPTIMIZER(state_null, create, null_entry, step, 0)
OPTIMIZER(state_not_elementwise, create, one_element, step, RV_OPTIMIZER_ELEMENTWISE)

TEST_PLUGIN("misbehaving", &create_refuses, &step_fails, &step_fails_silently, &step_answers_42,
            &step_runs_out_of_memory, &state_named_twice, &state_without_name, &state_without_type,
            &state_struct_too_small, &state_too_large, &state_null, &state_not_elementwise)
