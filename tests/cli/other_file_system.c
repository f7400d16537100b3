// Preloaded into the program: the system calls answer as on another kind of file system.
// FLOCK_ERRNO: what flock() fails with. STATFS_TYPE: the type that statfs() tells. NO_SHARED_MEMORY: files
// can't be mapped as shared memory, which SQLite's WAL needs. GROUPS_ROOT: a folder whose proc and sys tell
// of control groups in place of the system's.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

int flock(int descriptor, int operation) {
  const char* fault = getenv("FLOCK_ERRNO");
  if (fault == NULL) {
    int (*real)(int, int) = (int (*)(int, int))dlsym(RTLD_NEXT, "flock");
    return real(descriptor, operation);
  }
  errno = atoi(fault);
  return -1;
}

static int told(int answer, long* type) {
  const char* wanted = getenv("STATFS_TYPE");
  if (answer == 0 && wanted != NULL) *type = strtol(wanted, NULL, 0);
  return answer;
}

int statfs(const char* file, struct statfs* answer) {
  int (*real)(const char*, struct statfs*) = (int (*)(const char*, struct statfs*))dlsym(RTLD_NEXT, "statfs");
  return told(real(file, answer), (long*)&answer->f_type);
}

int statfs64(const char* file, struct statfs64* answer) {
  int (*real)(const char*, struct statfs64*) =
      (int (*)(const char*, struct statfs64*))dlsym(RTLD_NEXT, "statfs64");
  return told(real(file, answer), (long*)&answer->f_type);
}

static int is_shared_memory_of_sqlite(int descriptor) {
  char link[64], name[4096];
  static const char start[] = "/proc/self/fd/";
  memcpy(link, start, sizeof start);
  char digits[16];
  int count = 0;
  for (int rest = descriptor; rest > 0 || count == 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
  char* end = link + sizeof start - 1;
  while (count > 0) *end++ = digits[--count];
  *end = '\0';
  const ssize_t size = readlink(link, name, sizeof name);
  return size > 4 && memcmp(name + size - 4, "-shm", 4) == 0;
}

void* mmap(void* at, size_t size, int protection, int flags, int descriptor, off_t offset) {
  static void* (*real)(void*, size_t, int, int, int, off_t);
  if (real == NULL) real = (void* (*)(void*, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap");
  if (getenv("NO_SHARED_MEMORY") != NULL && descriptor >= 0 && is_shared_memory_of_sqlite(descriptor)) {
    errno = ENODEV;
    return MAP_FAILED;
  }
  return real(at, size, protection, flags, descriptor, offset);
}

void* mmap64(void* at, size_t size, int protection, int flags, int descriptor, off_t offset) {
  return mmap(at, size, protection, flags, descriptor, offset);
}

static int tells_of_groups(const char* file) {
  return strcmp(file, "/proc/self/cgroup") == 0 || strcmp(file, "/proc/vmstat") == 0 ||
         strncmp(file, "/sys/fs/cgroup/", 15) == 0;
}

/* As std::ifstream opens files. */
FILE* fopen64(const char* file, const char* mode) {
  FILE* (*real)(const char*, const char*) =
      (FILE * (*)(const char*, const char*)) dlsym(RTLD_NEXT, "fopen64");
  const char* root = getenv("GROUPS_ROOT");
  char name[4096];
  if (root == NULL || !tells_of_groups(file)) return real(file, mode);
  snprintf(name, sizeof name, "%s%s", root, file);
  return real(name, mode);
}
