/* A shared object that ends its process before anyone has asked it anything. */
#include <ravine/abi.h>

#include <stdlib.h>

__attribute__((constructor)) static void die(void) { abort(); }

const rv_plugin* ravine_plugin_v1(const rv_host* host) {
  (void)host;
  return NULL;
}
