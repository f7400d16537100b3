/* Every struct of the contract, where abidiff sees it: those that cross as void pointers too. */
#include <ravine/abi.h>

RV_EXPORT void ravine_surface(const rv_host*, const rv_plugin*, const rv_component*, const rv_param_info*,
                              const rv_integer_list*, const rv_config*, const rv_tensor*, const rv_layout*,
                              const rv_state_array*, const rv_state_sink*, const rv_tensor_sink*,
                              const rv_closure*, const rv_step*, const rv_optimizer*, const rv_progress*,
                              const rv_scheduler*, const rv_data_spec*, const rv_batch*, const rv_model*,
                              const rv_landscape*, rv_status, rv_dtype);
void ravine_surface(const rv_host* a, const rv_plugin* b, const rv_component* c, const rv_param_info* d,
                    const rv_integer_list* e, const rv_config* f, const rv_tensor* g, const rv_layout* h,
                    const rv_state_array* i, const rv_state_sink* j, const rv_tensor_sink* k,
                    const rv_closure* l, const rv_step* m, const rv_optimizer* n, const rv_progress* o,
                    const rv_scheduler* p, const rv_data_spec* q, const rv_batch* r, const rv_model* s,
                    const rv_landscape* t, rv_status u, rv_dtype v) {
  (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h, (void)i, (void)j, (void)k, (void)l;
  (void)m, (void)n, (void)o, (void)p, (void)q, (void)r, (void)s, (void)t, (void)u, (void)v;
}

const rv_plugin* ravine_plugin_v1(const rv_host* host) {
  (void)host;
  return 0;
}
