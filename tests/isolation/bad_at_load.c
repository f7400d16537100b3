/* Plugins that do what a plugin must not while they are loaded, or in what they say of themselves:
 * -DKIND=NAME for each. Where the description is sound the plugin offers an optimizer "late". */
#define _GNU_SOURCE
#include "../plugins/plugin.h"

#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-function"  // of all faults one is used

static volatile int* volatile nowhere = (volatile int*)8;
static size_t ignored; /* answers of calls whose failure is as good as their success */

static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self) {
  (void)host, (void)layout, (void)config, (void)self;
  return RV_OK;
}
static void destroy(void* self) { (void)self; }
static rv_status state(const void* self, const rv_state_sink* sink) { return (void)self, (void)sink, RV_OK; }
static rv_status step(const void* self, const rv_step* s) { return (void)self, (void)s, RV_OK; }

static const rv_optimizer functions = {
    .struct_size = sizeof functions, .create = create, .destroy = destroy, .state = state, .step = step};
static rv_param_info lr = {.struct_size = sizeof lr,
                           .type = RV_REAL,
                           .name = "lr",
                           .doc = "learning rate",
                           .default_value = 0.1,
                           .maximum = INFINITY};
static const rv_param_info* params[] = {&lr};
static rv_component component = {.struct_size = sizeof component,
                                 .kind = RV_OPTIMIZER,
                                 .id = "late",
                                 .summary = "Does nothing, but late",
                                 .reference = "",
                                 .doc = "",
                                 .param_count = 1,
                                 .params = params,
                                 .functions = &functions};
static const rv_component* components[] = {&component};
static rv_plugin plugin = {.struct_size = sizeof plugin,
                           .magic = RV_MAGIC,
                           .abi_major = RV_ABI_MAJOR,
                           .abi_minor = RV_ABI_MINOR,
                           .name = "late",
                           .version = "1.0.0",
                           .author = "",
                           .license = "",
                           .component_count = 1,
                           .components = components};

static void* spin(void* unused) {
  for (volatile unsigned long i = 0;; ++i) (void)unused;
  return NULL;
}
static void crash(void) { abort(); }
static char* text_of(size_t size) {
  char* const text = malloc(size + 1);
  if (text == NULL) abort();
  memset(text, 'x', size);
  text[size] = '\0';
  return text;
}

/* The end of the process. */
static void calls_exit(void) { exit(0); }
static void calls_quit(void) { _exit(0); }
static void aborts(void) { abort(); }
static void faults(void) { *nowhere = 1; }
static void loops(void) { spin(NULL); }
static void sleeps(void) { sleep(1000000); }
static void kills_itself(void) { raise(SIGKILL); }
static void stops_itself(void) { raise(SIGSTOP); }
static void takes_3_gb(void) {
  for (int i = 0; i < 3000; ++i) {
    char* const block = malloc(1 << 20);
    if (block == NULL) break;
    memset(block, 1, 1 << 20);
  }
}
static size_t recurse(size_t depth) {
  volatile char local[4096];
  local[depth % sizeof local] = 1;
  if (depth == SIZE_MAX) return 0; /* the stack ends before, but compilers warn of recursion without an end */
  return recurse(depth + 1) + (size_t)local[0];
}
static void overflows_the_stack(void) { ignored += recurse(0); }

/* What a process has once. */
static void changes_mask(void) { umask(0777); }
static void changes_folder(void) { ignored += (size_t)chdir("/"); }
static void lowers_limits(void) {
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_NOFILE, &none);
  setrlimit(RLIMIT_FSIZE, &none);
}
static void leaves_an_exit_handler(void) { atexit(crash); }
static void sets_an_alarm(void) { alarm(1); }
static void closes_descriptors(void) {
  for (int i = 0; i < 1024; ++i) close(i);
}
static void ignores_signals(void) {
  for (int i = 1; i < 32; ++i) signal(i, SIG_IGN);
}
static void blocks_signals(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
}
static void changes_the_environment(void) {
  clearenv();
  setenv("RAVINE_DATA", "/nowhere", 1);
  setenv("HOME", "/nowhere", 1);
}
static void changes_locale(void) { setlocale(LC_ALL, "C.utf8"); }
static void changes_floating_point(void) { fesetround(FE_UPWARD), feenableexcept(FE_INEXACT); }
static void survives_its_parent(void) { prctl(PR_SET_PDEATHSIG, 0), setsid(); }
static void reads_input(void) {
  for (char byte; read(STDIN_FILENO, &byte, 1) == 1;) {
  }
}
static void prints(void) {
  for (int i = 0; i < 50000; ++i) puts("not,a,result\x1b[31m"), fputs("e\n", stderr);
}

/* Others. */
static void forks(void) {
  for (int i = 0; i < 8; ++i) {
    if (fork() != 0) continue;
    prctl(PR_SET_PDEATHSIG, 0);
    setsid();
    sleep(60);
    _exit(0);
  }
}
static void returns_twice(void) { fork(); }
static void starts_threads(void) {
  for (int i = 0; i < 4; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, spin, NULL) == 0) pthread_detach(thread);
  }
}
static void damages_files(void) {
  const int file = open("victim", O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (file >= 0) close(file);
  ignored += (size_t)creat("intruder", 0600);
  unlink("manifest.yaml");
}
static void signals_the_group(void) { kill(0, SIGTERM); }

/* The description. */
static void announces_a_billion_params(void) { component.param_count = 1000000000; }
static void announces_a_billion_components(void) { plugin.component_count = 1000000000; }
static void announces_params_that_are_not_there(void) { component.params = NULL; }
static void has_no_name(void) { plugin.name = NULL, component.id = NULL; }
static void has_a_text_without_end(void) {
  const size_t size = (size_t)sysconf(_SC_PAGESIZE);
  char* const page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) abort();
  memset(page, 'x', size);
  munmap(page + size, size);
  component.summary = page;
}
static void has_a_text_of_256_mb(void) { component.doc = text_of((size_t)256 << 20); }
static void has_a_name_of_1_mb(void) { component.id = text_of((size_t)1 << 20); }
static void has_escapes_in_its_summary(void) {
  component.summary = "\x1b]0;title\a\x1b[2J\xe2\x80\xae backwards";
}
static void has_20000_components(void) {
  const size_t count = 20000;
  const rv_component** const all = calloc(count, sizeof(rv_component*));
  rv_component* const each = calloc(count, sizeof(rv_component));
  char(*const names)[16] = calloc(count, 16);
  if (all == NULL || each == NULL || names == NULL) abort();
  for (size_t i = 0; i < count; ++i) {
    each[i] = component;
    snprintf(names[i], 16, "late%zu", i);
    each[i].id = names[i];
    all[i] = &each[i];
  }
  plugin.components = all;
  plugin.component_count = count;
}

const rv_plugin* ravine_plugin_v1(const rv_host* host) {
  (void)host;
  KIND();
  return &plugin;
}
