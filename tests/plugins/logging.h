/* What the log_*.c plugins share: each tells the host's log what it is called with, a line a call. */
#ifndef RAVINE_TESTS_LOGGING_H
#define RAVINE_TESTS_LOGGING_H

#include <ravine/abi.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static inline void say(const rv_host* host, const char* format, ...) {
  char line[512];
  va_list values;
  va_start(values, format);
  vsnprintf(line, sizeof line, format, values);
  va_end(values);
  host->log(host, RV_LOG_INFO, line);
}

static inline double get(rv_dtype dtype, const void* array, uint64_t i) {
  return dtype == RV_F32 ? (double)((const float*)array)[i] : ((const double*)array)[i];
}

static inline void put(rv_dtype dtype, void* array, uint64_t i, double value) {
  if (dtype == RV_F32) {
    ((float*)array)[i] = (float)value;
  } else {
    ((double*)array)[i] = value;
  }
}

static inline rv_status no_memory(const rv_host* host) {
  host->set_error(host, "out of memory");
  return RV_NO_MEMORY;
}

#endif
