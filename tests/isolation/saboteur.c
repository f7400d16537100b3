/* Gradient descent that at its 20th step, or while it says what state it needs, does what a plugin must not.
 * What it does is a hyperparameter, so that one object serves. None of it is exotic: ordinary mistakes, and
 * what any program of the user may try. */
#define _GNU_SOURCE
#include "../plugins/plugin.h"
#include "saboteur_kinds.h"

#include <dirent.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static const double rate = 1e-4;

/* Of what must not work, and would not be seen otherwise. */
static const rv_status it_worked = -77;

static volatile int* volatile nowhere = (volatile int*)8;

static size_t ignored; /* answers of calls whose failure is as good as their success */

/* ---- Processes ---- */

static rv_status leave_sixty_processes(const rv_step* s) {
  (void)s;
  for (int i = 0; i < 60; ++i) {
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, 0);
      setsid();
      sleep(60);
      _exit(0);
    }
  }
  return RV_OK;
}

static rv_status leave_a_process_and_abort(const rv_step* s) {
  (void)s;
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, 0);
    setsid();
    sleep(30);
    _exit(0);
  }
  abort();
}

static rv_status go_on_as_two(const rv_step* s) {
  (void)s;
  fork();
  return RV_OK;
}

static rv_status go_on_with_vfork(const rv_step* s) {
  (void)s;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  vfork();
#pragma GCC diagnostic pop
  return RV_OK;
}

static rv_status run_a_shell(const rv_step* s) {
  (void)s;
  ignored += (size_t)system("rm -f ./victim; touch ./intruder; sleep 30 &");
  return RV_OK;
}

/* Reads a short file of /proc/ID. */
static void read_about(pid_t id, const char* what, char text[512]) {
  char name[64];
  snprintf(name, sizeof name, "/proc/%d/%s", id, what);
  const int file = open(name, O_RDONLY | O_CLOEXEC);
  const ssize_t size = file < 0 ? 0 : read(file, text, 511);
  if (file >= 0) close(file);
  text[size < 0 ? 0 : size] = '\0';
}

/* The parent, if it is of the same program: nobody else's processes are harmed. 0 if not. */
static pid_t parent_of(pid_t id) {
  char text[512], ours[512], its[512];
  read_about(id, "stat", text);
  const char* const rest = strrchr(text, ')');
  int parent = 0;
  char state = 0;
  if (rest == NULL || sscanf(rest + 1, " %c %d", &state, &parent) != 2) return 0;
  read_about(getpid(), "comm", ours);
  read_about(parent, "comm", its);
  return strcmp(ours, its) == 0 ? parent : 0;
}

static rv_status signal_ancestors(int number) {
  for (pid_t id = parent_of(getpid()); id > 1; id = parent_of(id)) kill(id, number);
  return RV_OK;
}
static rv_status terminate_the_ancestors(const rv_step* s) { return (void)s, signal_ancestors(SIGTERM); }
static rv_status kill_the_ancestors(const rv_step* s) {
  (void)s;
  pid_t all[16];
  int count = 0;
  for (pid_t id = parent_of(getpid()); id > 1 && count < 16; id = parent_of(id)) all[count++] = id;
  while (count > 0) kill(all[--count], SIGKILL); /* the eldest first: it is the one that matters */
  return RV_OK;
}
static rv_status stop_the_ancestors(const rv_step* s) { return (void)s, signal_ancestors(SIGSTOP); }

/* All that descends from an ancestor. */
static rv_status kill_the_relatives(const rv_step* s) {
  (void)s;
  DIR* const all = opendir("/proc");
  for (const struct dirent* each; all != NULL && (each = readdir(all)) != NULL;) {
    const pid_t id = atoi(each->d_name);
    if (id <= 1 || id == getpid()) continue;
    for (pid_t ancestor = parent_of(getpid()); ancestor > 1; ancestor = parent_of(ancestor))
      if (parent_of(id) == ancestor && id != parent_of(getpid())) kill(id, SIGKILL);
  }
  if (all != NULL) closedir(all);
  return RV_OK;
}

static rv_status trace_the_ancestors(const rv_step* s) {
  (void)s;
  for (pid_t id = parent_of(getpid()); id > 1; id = parent_of(id)) {
    if (ptrace(PTRACE_ATTACH, id, NULL, NULL) != 0) continue;
    waitpid(id, NULL, 0);
    ptrace(PTRACE_DETACH, id, NULL, (void*)SIGSTOP);
  }
  return RV_OK;
}

static rv_status overwrite_the_ancestors(const rv_step* s) {
  (void)s;
  for (pid_t id = parent_of(getpid()); id > 1; id = parent_of(id)) {
    char name[64], line[512];
    snprintf(name, sizeof name, "/proc/%d/maps", id);
    FILE* const maps = fopen(name, "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
      unsigned long begin = 0, end = 0;
      if (strstr(line, "[heap]") == NULL || sscanf(line, "%lx-%lx", &begin, &end) != 2) continue;
      static char zeros[65536];
      struct iovec ours = {zeros, sizeof zeros}, theirs = {(void*)begin, sizeof zeros};
      process_vm_writev(id, &ours, 1, &theirs, 1, 0);
    }
    if (maps != NULL) fclose(maps);
  }
  return RV_OK;
}

/* ---- Files ---- */

/* Calls `harm` with every results file that an ancestor has open. */
static void with_results_files(void (*harm)(int file)) {
  for (pid_t id = parent_of(getpid()); id > 1; id = parent_of(id)) {
    char folder[64];
    snprintf(folder, sizeof folder, "/proc/%d/fd", id);
    DIR* const all = opendir(folder);
    for (const struct dirent* each; all != NULL && (each = readdir(all)) != NULL;) {
      char link[512], target[512];
      snprintf(link, sizeof link, "%s/%s", folder, each->d_name);
      const ssize_t size = readlink(link, target, sizeof target - 1);
      target[size < 0 ? 0 : size] = '\0';
      if (strstr(target, ".db") == NULL || strstr(target, "-shm") != NULL) continue;
      const int file = open(link, O_RDWR | O_CLOEXEC);
      if (file >= 0) harm(file), close(file);
    }
    if (all != NULL) closedir(all);
  }
}
static void empty(int file) { ignored += (size_t)ftruncate(file, 0); }
static void garble(int file) { ignored += (size_t)pwrite(file, "GARBAGEGARBAGE!!", 16, 0); }
static rv_status empty_the_results(const rv_step* s) { return (void)s, with_results_files(empty), RV_OK; }
static rv_status garble_the_results(const rv_step* s) { return (void)s, with_results_files(garble), RV_OK; }

/* With the names that the test gives them. */
static rv_status damage_files_by_name(const rv_step* s) {
  (void)s;
  for (int i = 0; i < 2; ++i) {
    const int file = open(i == 0 ? "out/results.db" : "victim", O_RDWR | O_CLOEXEC);
    if (file >= 0) garble(file), close(file);
  }
  chmod("victim", 0);
  ignored += (size_t)truncate("victim", 0);
  rename("victim", "moved");
  unlink("out/results.db");
  mkdir("intruder", 0700);
  return RV_OK;
}

static rv_status lock_the_results(const rv_step* s) {
  (void)s;
  const int file = open("out/results.db", O_RDONLY | O_CLOEXEC);
  struct flock all = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  if (file < 0 || fcntl(file, F_SETLK, &all) != 0) return RV_OK;
  sleep(1);
  return it_worked;
}

static rv_status close_descriptors(const rv_step* s) {
  (void)s;
  for (int i = 0; i < 1024; ++i) close(i);
  return RV_OK;
}

static rv_status open_descriptors(const rv_step* s) {
  (void)s;
  for (int i = 0; i < 30000 && open("/dev/null", O_RDONLY) >= 0; ++i) {
  }
  return RV_OK;
}

static rv_status print_without_end(const rv_step* s) {
  (void)s;
  for (int i = 0; i < 100000; ++i) {
    puts("0123456789012345678901234567890123456789012345678901234567890123456789\x1b[31m");
    fputs("e\n", stderr);
  }
  return RV_OK;
}

/* ---- What a process has once ---- */

static rv_status change_folder(const rv_step* s) { return (void)s, ignored += (size_t)chdir("/"), RV_OK; }
static rv_status change_mask(const rv_step* s) { return (void)s, umask(0777), RV_OK; }

static rv_status lower_limits(const rv_step* s) {
  (void)s;
  const struct rlimit none = {0, 0}, second = {1, 1};
  setrlimit(RLIMIT_NOFILE, &none);
  setrlimit(RLIMIT_FSIZE, &none);
  setrlimit(RLIMIT_NPROC, &none);
  setrlimit(RLIMIT_CPU, &second);
  return RV_OK;
}

static rv_status ignore_signals_and_crash(const rv_step* s) {
  (void)s;
  signal(SIGSEGV, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  *nowhere = 1;
  return RV_OK;
}

static rv_status block_signals(const rv_step* s) {
  (void)s;
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  raise(SIGUSR1);
  return RV_OK;
}

static rv_status set_an_alarm(const rv_step* s) { return (void)s, alarm(1), sleep(3), RV_OK; }

static void end_with_a_crash(void) { abort(); }
static rv_status leave_an_exit_handler(const rv_step* s) { return (void)s, atexit(end_with_a_crash), RV_OK; }

static rv_status change_locale_and_environment(const rv_step* s) {
  (void)s;
  setlocale(LC_ALL, "C.utf8");
  setenv("LC_ALL", "de_DE", 1);
  unsetenv("PATH");
  return RV_OK;
}

static rv_status change_floating_point(const rv_step* s) {
  (void)s;
  fesetround(FE_UPWARD);
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040); /* subnormal numbers count as 0 */
#endif
  return RV_OK;
}

static rv_status set_the_direction_flag(const rv_step* s) {
  (void)s;
#if defined(__x86_64__)
  __asm__ volatile("std");
#endif
  return RV_OK;
}

/* ---- Memory and threads ---- */

static rv_status count_beyond_the_trial(const rv_step* s) {
  static unsigned long steps; /* the usual mistake */
  ++steps;
  double* const params = s->params;
  const double* const grads = s->grads;
  for (uint64_t i = 0; i < s->n; ++i) params[i] -= rate / (1 + 1e-3 * (double)steps) * grads[i];
  return RV_OK;
}

/* Wherever the heap holds the learning rate of the other optimizers. */
static rv_status write_astray(const rv_step* s) {
  FILE* const maps = fopen("/proc/self/maps", "r");
  char line[512];
  unsigned long begin = 0, end = 0;
  while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
    if (strstr(line, "[heap]") != NULL && sscanf(line, "%lx-%lx", &begin, &end) == 2) break;
  if (maps != NULL) fclose(maps);
  for (unsigned long at = begin; at + sizeof(double) <= end; at += sizeof(double)) {
    double* const place = (double*)at;  // NOLINT
    if (*place == rate && place != s->values) *place = 1e-3;
  }
  return RV_OK;
}

static void with_shared_mappings(void (*change)(char* bytes, size_t size)) {
  FILE* const maps = fopen("/proc/self/maps", "r");
  char line[512];
  while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
    unsigned long begin = 0, end = 0;
    char rights[8];
    if (sscanf(line, "%lx-%lx %7s", &begin, &end, rights) == 3 && rights[1] == 'w' && rights[3] == 's')
      change((char*)begin, end - begin);  // NOLINT
  }
  if (maps != NULL) fclose(maps);
}
static void fill(char* bytes, size_t size) { memset(bytes, 0x7f, size); }
static rv_status fill_shared_mappings(const rv_step* s) {
  (void)s;
  with_shared_mappings(fill);
  return RV_OK;
}
/* To bytes that are not UTF-8. */
static void rename_losses(char* bytes, size_t size) {
  for (size_t i = 0; i + 4 <= size; ++i)
    if (memcmp(bytes + i, "loss", 4) == 0) memcpy(bytes + i, "\xff\xfe\x80\xff", 4);
}
static rv_status rename_metrics(const rv_step* s) {
  (void)s;
  with_shared_mappings(rename_losses);
  return RV_OK;
}

/* What is noted of an evaluation: steps, evaluations, epochs, two times, the number of metrics, and their
 * names with the lengths before them. */
static void lose_epochs(char* bytes, size_t size) {
  const uint64_t length = 3;
  const size_t to_epochs = 5 * sizeof length; /* length, number of metrics, two times, epochs */
  const double no_number = NAN;
  for (size_t i = to_epochs; i + 3 <= size; ++i)
    if (memcmp(bytes + i, "gap", 3) == 0 && memcmp(bytes + i - sizeof length, &length, sizeof length) == 0)
      memcpy(bytes + i - to_epochs, &no_number, sizeof no_number);
}
static rv_status lose_the_epochs_and_abort(const rv_step* s) {
  (void)s;
  with_shared_mappings(lose_epochs);
  abort(); /* so that nobody compares them with the text of the curve */
}

/* Here and there what is noted becomes a value that nobody expects. */
static uint64_t noise;
static void garble_words(char* bytes, size_t size) {
  static const uint64_t unexpected[] = {UINT64_C(0x7ff8000000000000),
                                        UINT64_C(0x7ff0000000000000),
                                        UINT64_C(0xbff0000000000000),
                                        UINT64_C(0xffffffffffffffff),
                                        UINT64_C(0x7fffffffffffffff),
                                        0,
                                        1,
                                        UINT64_C(0x80ff80ff80ff80ff)};
  for (size_t i = 0; i + sizeof noise <= size; ++i) {
    uint64_t word;
    memcpy(&word, bytes + i, sizeof word);
    noise = noise * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    if (word != 0 && noise >> 55 == 0) memcpy(bytes + i, &unexpected[noise >> 32 & 7], sizeof word);
  }
}
static rv_status garble_the_notes(const rv_step* s) {
  noise = s->seed;
  with_shared_mappings(garble_words);
  if (noise >> 63 == 0) abort();
  return RV_OK;
}

static rv_status take_much_memory(const rv_step* s) {
  (void)s;
  for (int i = 0; i < 3000; ++i) { /* not more: the test's machine is not the trial's victim */
    char* const block = malloc(1 << 20);
    if (block == NULL) break;
    memset(block, 1, 1 << 20);
  }
  return RV_NO_MEMORY;
}

static rv_status take_shared_memory(const rv_step* s) {
  (void)s;
  const size_t size = (size_t)64 << 20;
  for (int i = 0; i < 24; ++i) {
    void* const block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (block != MAP_FAILED) memset(block, 1, size);
  }
  sleep(1); /* its parent may have to look */
  return it_worked;
}

static rv_status raise_the_memory_limit(const rv_step* s) {
  (void)s;
  struct rlimit limit;
  getrlimit(RLIMIT_DATA, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_DATA, &limit);
  char* const block = malloc((size_t)1 << 30);
  if (block == NULL) return RV_OK;
  memset(block, 1, (size_t)1 << 30);
  usleep(300000);
  free(block);
  return it_worked;
}

static void* write_late(void* params) {
  usleep(2000);
  for (int i = 0; i < 2000000; ++i) ((volatile double*)params)[0] += 1e-9;
  return NULL;
}
static void* write_slowly(void* params) {
  for (int i = 0; i < 3000; ++i) {
    ((volatile double*)params)[0] += 1e-7;
    usleep(200);
  }
  return NULL;
}
static rv_status start(void* (*what)(void*), void* params) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, what, params) == 0) pthread_detach(thread);
  return RV_OK;
}
static rv_status leave_a_thread(const rv_step* s) { return start(write_late, s->params); }
static rv_status leave_a_slow_thread(const rv_step* s) { return start(write_slowly, s->params); }

/* ---- Answers ---- */

static rv_status answer_nan(const rv_step* s) { return ((double*)s->params)[0] = NAN, RV_OK; }
static rv_status answer_12345(const rv_step* s) { return (void)s, 12345; }
static rv_status answer_the_lowest(const rv_step* s) { return (void)s, INT32_MIN; }
static rv_status answer_unused(const rv_step* s) { return (void)s, RV_UNUSED; }
static rv_status sleep_for_ever(const rv_step* s) { return (void)s, sleep(1000000000), RV_OK; }
static rv_status jump_nowhere(const rv_step* s) {
  (void)s;
  static jmp_buf place; /* never set */
  longjmp(place, 1);
}
static rv_status leave(const rv_step* s) { (void)s, exit(0); }

/* ---- The connection to the parent ---- */

static void with_sockets(const void* first, size_t size, const void* rest, size_t rest_size, int times) {
  for (int i = 3; i < 256; ++i) {
    struct stat kind;
    if (fstat(i, &kind) != 0 || !S_ISSOCK(kind.st_mode)) continue;
    send(i, first, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    for (int k = 0; k < times; ++k)
      if (send(i, rest, rest_size, MSG_NOSIGNAL | (rest_size < 100 ? MSG_DONTWAIT : 0)) < 0) break;
  }
}
static rv_status forge_messages(const rv_step* s) {
  (void)s;
  const uint32_t message[4] = {1, 0, 0xffffffffU, 3};
  with_sockets(message, sizeof message, message, sizeof message, 100000);
  return RV_OK;
}
static rv_status announce_16_gigabytes(const rv_step* s) {
  (void)s;
  const struct {
    uint32_t kind, reserved;
    uint64_t size;
  } message = {3, 0, (UINT64_C(1) << 34) - 1};
  static char bytes[1 << 20];
  with_sockets(&message, sizeof message, bytes, sizeof bytes, 3000);
  return RV_OK;
}
static rv_status fill_with_noise(const rv_step* s) {
  static unsigned char bytes[4096];
  for (size_t i = 0; i < sizeof bytes; ++i) bytes[i] = (unsigned char)(s->seed >> i % 57);
  with_sockets(bytes, sizeof bytes, bytes, sizeof bytes, 50);
  return RV_OK;
}

/* ---- State ---- */

typedef rv_status (*adding)(const rv_state_sink* sink, rv_state_array array);
static rv_status add(const rv_state_sink* sink, rv_state_array array) {
  return sink->add(sink->context, &array);
}
static rv_status add_elements(const rv_state_sink* sink, uint64_t count) {
  return add(sink, (rv_state_array){
                       .struct_size = sizeof(rv_state_array), .dtype = RV_F64, .name = "m", .count = count});
}
static rv_status add_named(const rv_state_sink* sink, const char* name) {
  return add(sink, (rv_state_array){
                       .struct_size = sizeof(rv_state_array), .dtype = RV_F64, .name = name, .count = 1});
}
static rv_status state_of_1e18(const rv_state_sink* sink) {
  return add_elements(sink, UINT64_C(1000000000000000000));
}
static rv_status state_of_the_most(const rv_state_sink* sink) { return add_elements(sink, UINT64_MAX); }
static rv_status state_of_160_gb(const rv_state_sink* sink) {
  return add_elements(sink, UINT64_C(20000000000));
}
static rv_status state_of_none(const rv_state_sink* sink) { return add_elements(sink, 0); }
static rv_status state_with_escapes(const rv_state_sink* sink) {
  return add_named(sink, "%s%n{}{0}\x1b[31m<script>");
}
static rv_status state_without_utf8(const rv_state_sink* sink) { return add_named(sink, "\xff\xfe\x80"); }
static rv_status state_of_three_million(const rv_state_sink* sink) {
  for (int i = 0; i < 3000000; ++i) {
    char name[32];
    snprintf(name, sizeof name, "m%d", i);
    const rv_status answer = add_named(sink, name);
    if (answer != RV_OK) return answer;
  }
  return RV_OK;
}
static rv_status state_with_a_long_name(const rv_state_sink* sink) {
  const size_t size = 5000000;
  char* const name = malloc(size);
  if (name == NULL) return RV_NO_MEMORY;
  memset(name, 'a', size - 1);
  name[size - 1] = '\0';
  const rv_status answer = add_named(sink, name);
  free(name);
  return answer;
}

/* ---- The optimizer ---- */

/* At most one of the two is not NULL. */
static const struct kind {
  rv_status (*at_step)(const rv_step* step);
  rv_status (*instead_of_state)(const rv_state_sink* sink);
} kinds[] = {
#define STEP(name) {name, NULL},
#define STATE(name) {NULL, name},
    SABOTEUR_STEPS(STEP) SABOTEUR_STATES(STATE){NULL, NULL}};
static const char* const names[] = {
#define NAME(name) #name,
    SABOTEUR_STEPS(NAME) SABOTEUR_STATES(NAME) "none"};

static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config, void** self) {
  (void)host, (void)layout;
  *self = (void*)&kinds[(size_t)config->values[0]];  // NOLINT
  return RV_OK;
}
static void destroy(void* self) { (void)self; }
static rv_status state(const void* self, const rv_state_sink* sink) {
  const struct kind* const which = self;
  return which->instead_of_state != NULL ? which->instead_of_state(sink) : add_elements(sink, 1);
}
static rv_status step(const void* self, const rv_step* s) {
  const struct kind* const which = self;
  if (which->at_step == count_beyond_the_trial) return count_beyond_the_trial(s);
  double* const params = s->params;
  const double* const grads = s->grads;
  for (uint64_t i = 0; i < s->n; ++i) params[i] -= rate * grads[i];
  return s->step == 20 && which->at_step != NULL ? which->at_step(s) : RV_OK;
}

static const rv_optimizer functions = {
    .struct_size = sizeof functions, .create = create, .destroy = destroy, .state = state, .step = step};
static const rv_param_info kind = {.struct_size = sizeof kind,
                                   .type = RV_CHOICE,
                                   .name = "kind",
                                   .doc = "what it does",
                                   .choice_count = sizeof names / sizeof names[0],
                                   .choices = names};
static const rv_param_info* const params[] = {&kind};
static const rv_component component = {.struct_size = sizeof component,
                                       .kind = RV_OPTIMIZER,
                                       .id = "saboteur",
                                       .summary = "Gradient descent that does what a plugin must not",
                                       .reference = "",
                                       .doc = "",
                                       .param_count = 1,
                                       .params = params,
                                       .functions = &functions};

TEST_PLUGIN("saboteur", &component)
