/* A plugin whose description is right but for one fault, chosen by a macro of the build (CMakeLists.txt). */
#include <ravine/abi.h>

#include <math.h>

#pragma GCC diagnostic ignored "-Wunused-const-variable"  // what a fault leaves out

#ifndef ENTRY
#define ENTRY ravine_plugin_v1
#endif
#ifndef MAGIC
#define MAGIC RV_MAGIC
#endif
#ifndef MAJOR
#define MAJOR RV_ABI_MAJOR
#endif
#ifndef PLUGIN_SIZE
#define PLUGIN_SIZE sizeof(rv_plugin)
#endif
#ifndef PLUGIN_NAME
#define PLUGIN_NAME "misdescribed"
#endif
#ifndef COMPONENTS
#define COMPONENTS \
  { &component }
#endif
#ifndef COMPONENT_SIZE
#define COMPONENT_SIZE sizeof(rv_component)
#endif
#ifndef KIND
#define KIND RV_OPTIMIZER
#endif
#ifndef ID
#define ID "misdescribed"
#endif
#ifndef SUMMARY
#define SUMMARY "Does nothing"
#endif
#ifndef CAPABILITIES
#define CAPABILITIES 0
#endif
#ifndef TABLE_SIZE
#define TABLE_SIZE sizeof(rv_optimizer)
#endif
#ifndef STEP
#define STEP step
#endif
#ifndef PARAMS
#define PARAMS \
  { &param }
#endif
#ifndef PARAM_SIZE
#define PARAM_SIZE sizeof(rv_param_info)
#endif
#ifndef PARAM_NAME
#define PARAM_NAME "lr"
#endif
#ifndef PARAM_TYPE
#define PARAM_TYPE RV_REAL
#endif
#ifndef DEFAULT
#define DEFAULT 0.5
#endif
#ifndef MINIMUM
#define MINIMUM 0
#endif
#ifndef SEARCH_LOW
#define SEARCH_LOW 0.1
#endif
#ifndef SEARCH_SCALE
#define SEARCH_SCALE RV_SCALE_LOG
#endif
#ifndef CHOICES
#define CHOICES 0
#endif

static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self) {
  (void)host, (void)layout, (void)config, (void)self;
  return RV_OK;
}

static void destroy(void* self) { (void)self; }

static rv_status state(const void* self, const rv_state_sink* sink) {
  (void)self, (void)sink;
  return RV_OK;
}

rv_status step(const void* self, const rv_step* s);
rv_status step(const void* self, const rv_step* s) {
  (void)self, (void)s;
  return RV_OK;
}

static const rv_param_info param = {.struct_size = PARAM_SIZE,
                                    .type = PARAM_TYPE,
                                    .name = PARAM_NAME,
                                    .doc = "of nothing",
                                    .default_value = DEFAULT,
                                    .minimum = MINIMUM,
                                    .maximum = 1,
                                    .search_low = SEARCH_LOW,
                                    .search_high = 0.9,
                                    .search_scale = SEARCH_SCALE,
                                    .choice_count = CHOICES};
static const rv_param_info* const params[] = PARAMS;

static const rv_optimizer functions = {
    .struct_size = TABLE_SIZE, .create = create, .destroy = destroy, .state = state, .step = STEP};

static const rv_component component = {.struct_size = COMPONENT_SIZE,
                                       .kind = KIND,
                                       .id = ID,
                                       .summary = SUMMARY,
                                       .reference = "",
                                       .doc = "",
                                       .capabilities = CAPABILITIES,
                                       .param_count = sizeof params / sizeof params[0],
                                       .params = params,
                                       .functions = &functions};
static const rv_component* const components[] = COMPONENTS;

static const rv_plugin plugin = {.struct_size = PLUGIN_SIZE,
                                 .magic = MAGIC,
                                 .abi_major = MAJOR,
                                 .abi_minor = 0,
                                 .name = PLUGIN_NAME,
                                 .version = "1.0.0",
                                 .author = "",
                                 .license = "",
                                 .component_count = sizeof components / sizeof components[0],
                                 .components = components};

RV_EXPORT const rv_plugin* ENTRY(const rv_host* host);
const rv_plugin* ENTRY(const rv_host* host) {
#ifdef DECLINES
  host->set_error(host, DECLINES);
  return NULL;
#else
  (void)host;
  return &plugin;
#endif
}
