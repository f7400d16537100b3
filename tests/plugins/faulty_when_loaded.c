/* A plugin that does something to the process that loads it, chosen by FAULT (CMakeLists.txt), and then
   describes an optimizer of the fault's name, if it gets there. */
#define _GNU_SOURCE
#include <ravine/abi.h>

#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-function"  // of all faults one is used
#pragma GCC diagnostic ignored "-Wunused-variable"

#define TEXT_OF(name) #name
#define NAME(name) TEXT_OF(name)

static volatile int* volatile nowhere = NULL;
static char* doc = NULL;
static uint64_t param_count = 1;
static uint64_t component_count = 1;

static void leave_late(void) { abort(); }
static void* wait_for_ever(void* nothing) {
  for (;;) pause();
  return nothing;
}
static void ignore(int number) { (void)number; }

/* What a fault does. */
static inline void crashes(void) { *nowhere = 1; }
static inline void aborts(void) { abort(); }
static inline void calls_exit(void) { exit(0); }
static inline void calls_quick_exit(void) { _exit(0); }
static inline void loops(void) {
  for (;;) *(volatile char*)&doc = *(volatile char*)&doc;
}
static inline void sleeps(void) { wait_for_ever(NULL); }
static inline void stops(void) { raise(SIGSTOP); }
static inline void closes_descriptors(void) {
  for (int each = 0; each < 1024; ++each) close(each);
}
static inline void prints_without_end(void) {
  for (;;) {
    puts("a line");
    fputs("another", stderr);
  }
}
static inline void takes_memory(void) {
  for (;;) *(volatile char*)malloc(1 << 24) = 1;  // all of it would take seconds where page faults are slow
}
static inline void says_too_much(void) {
  doc = malloc(1 << 20);
  memset(doc, 'a', (1 << 20) - 1);
  doc[(1 << 20) - 1] = 0;
  component_count = 8;
}
static inline void has_an_endless_doc(void) {
  doc = malloc(1 << 23);
  memset(doc, 'a', 1 << 23);
}
static inline void claims_many_parameters(void) { param_count = 1 << 20; }
static inline void changes_umask(void) { umask(0777); }
static inline void changes_folder(void) {
  if (chdir("/proc") != 0) abort();
}
static inline void lowers_limits(void) {
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_NOFILE, &none);
  setrlimit(RLIMIT_FSIZE, &none);
}
static inline void registers_atexit(void) { atexit(leave_late); }
static inline void sets_an_alarm(void) { alarm(1); }
static inline void handles_signals(void) {
  for (int each = 1; each < 32; ++each) signal(each, ignore);
}
static inline void starts_a_thread(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, wait_for_ever, NULL);
}
static inline void rounds_downward(void) { fesetround(FE_DOWNWARD); }
static inline void leaves_a_child(void) {
  if (fork() == 0) wait_for_ever(NULL);
}
static inline void changes_environment(void) {
  setenv("HOME", "/nowhere", 1);
  unsetenv("PATH");
}
/* No fault: tells in a file who has loaded it. */
static inline void tells_its_process(void) {
  const char* const name = getenv("RAVINE_TEST_LOADED_BY");
  FILE* const file = name == NULL ? NULL : fopen(name, "a");
  if (file == NULL) return;
  fprintf(file, "%ld\n", (long)getpid());
  fclose(file);
}

static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self) {
  (void)host, (void)layout, (void)config;
  *self = NULL;
  return RV_OK;
}
static void destroy(void* self) { (void)self; }
static rv_status state(const void* self, const rv_state_sink* sink) {
  (void)self, (void)sink;
  return RV_OK;
}
static rv_status step(const void* self, const rv_step* values) {
  (void)self, (void)values;
  return RV_OK;
}

static const rv_optimizer functions = {
    .struct_size = sizeof functions, .create = create, .destroy = destroy, .state = state, .step = step};
static const rv_param_info param = {.struct_size = sizeof param,
                                    .type = RV_REAL,
                                    .name = "lr",
                                    .doc = "length of a step",
                                    .flags = RV_PARAM_SCHEDULABLE,
                                    .default_value = 0.1,
                                    .minimum = 0,
                                    .maximum = 1000};
static const rv_param_info* const params[] = {&param};
static rv_component components[8];
static const rv_component* pointers[8];
static char ids[8][64];
static rv_plugin plugin = {.struct_size = sizeof plugin,
                           .magic = RV_MAGIC,
                           .abi_major = RV_ABI_MAJOR,
                           .abi_minor = RV_ABI_MINOR,
                           .name = NAME(FAULT),
                           .version = "1.0.0",
                           .author = "Ravine's tests",
                           .license = "BSD-3-Clause",
                           .components = pointers};

#ifdef IN_CONSTRUCTOR
__attribute__((constructor)) static void begin(void) { FAULT(); }
#endif

const rv_plugin* ravine_plugin_v1(const rv_host* host) {
  (void)host;
#ifndef IN_CONSTRUCTOR
  FAULT();
#endif
  for (uint64_t i = 0; i < component_count; ++i) {
    snprintf(ids[i], sizeof ids[i], i == 0 ? "%s" : "%s_%d", NAME(FAULT), (int)i);
    const rv_component made = {.struct_size = sizeof made,
                               .kind = RV_OPTIMIZER,
                               .id = ids[i],
                               .summary = "Stays where it is",
                               .reference = "",
                               .doc = doc == NULL ? "" : doc,
                               .param_count = param_count,
                               .params = params,
                               .functions = &functions};
    components[i] = made;
    pointers[i] = &components[i];
  }
  plugin.component_count = component_count;
  return &plugin;
}
