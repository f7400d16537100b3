/* Calls what nobody defines. */
#include <ravine/abi.h>

void defined_nowhere(void);

const rv_plugin* ravine_plugin_v1(const rv_host* host) {
  (void)host;
  defined_nowhere();
  return NULL;
}
