// Preloaded into the program and its tasks: files in the folder $SHARED lie on a poor shared file system.
// SHARED_LOCKS=none: flock() fails there. SHARED_DELAY: milliseconds that fsync() and rename() take.
// SHARED_UNSEEN: seconds that pass before a name ending in .db is seen, as by a client of NFS that has looked
// for it before. CLOCK_AHEAD: seconds by which the clock is wrong.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long number(const char* variable) {
  const char* text = getenv(variable);
  return text == NULL ? 0 : atol(text);
}

static int is_shared(const char* name) {
  const char* folder = getenv("SHARED");
  return folder != NULL && strncmp(name, folder, strlen(folder)) == 0;
}

static int is_shared_file(int descriptor) {
  char link[64], name[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = readlink(link, name, sizeof name - 1);
  if (size < 0) return 0;
  name[size] = '\0';
  return is_shared(name);
}

static void wait_for_it(void) {
  const long milliseconds = number("SHARED_DELAY");
  const struct timespec delay = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&delay, NULL);
}

int flock(int descriptor, int operation) {
  if (getenv("SHARED_LOCKS") != NULL && is_shared_file(descriptor)) {
    errno = ENOLCK;
    return -1;
  }
  return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(descriptor, operation);
}

int fsync(int descriptor) {
  if (is_shared_file(descriptor)) wait_for_it();
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(descriptor);
}

int rename(const char* from, const char* to) {
  if (is_shared(to)) wait_for_it();
  return ((int (*)(const char*, const char*))dlsym(RTLD_NEXT, "rename"))(from, to);
}

static int real_clock(clockid_t which, struct timespec* now) {
  static int (*real)(clockid_t, struct timespec*);
  if (real == NULL) real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  return real(which, now);
}

int stat(const char* name, struct stat* found) {
  const int answer = ((int (*)(const char*, struct stat*))dlsym(RTLD_NEXT, "stat"))(name, found);
  const size_t length = strlen(name);
  if (answer != 0 || !is_shared(name) || length < 3 || strcmp(name + length - 3, ".db") != 0) return answer;
  struct timespec now;
  real_clock(CLOCK_REALTIME, &now);
  if (now.tv_sec - found->st_ctim.tv_sec >= number("SHARED_UNSEEN")) return answer;
  errno = ENOENT;
  return -1;
}

int clock_gettime(clockid_t which, struct timespec* now) {
  const int answer = real_clock(which, now);
  if (which == CLOCK_REALTIME) now->tv_sec += number("CLOCK_AHEAD");
  return answer;
}

time_t time(time_t* now) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (now != NULL) *now = exact.tv_sec;
  return exact.tv_sec;
}

int gettimeofday(struct timeval* now, void* zone) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  (void)zone;
  return 0;
}
