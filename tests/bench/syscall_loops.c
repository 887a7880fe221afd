// syscall_loops KIND COUNT FILE: makes a system call COUNT times and prints "wall_ns N cpu_ns N"
// of that. KIND is getppid, the cheapest call; pread:BYTES of FILE, which is read once before, so
// that it is in the page cache; or open, an open(2) and close(2) of FILE.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void die(const char* what) {
  fprintf(stderr, "syscall_loops: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t time_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void call_getppid(long count) {
  for (long i = 0; i < count; ++i) syscall(SYS_getppid);
}

static void call_open(const char* path, long count) {
  for (long i = 0; i < count; ++i) {
    const int file = open(path, O_RDONLY);
    if (file < 0 || close(file) != 0) die(path);
  }
}

static void call_pread(int file, char* buffer, size_t bytes, long count) {
  for (long i = 0; i < count; ++i)
    if (pread(file, buffer, bytes, 0) != (ssize_t)bytes) die("pread");
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: syscall_loops getppid|open|pread:BYTES COUNT FILE\n");
    return 2;
  }
  const long count = atol(argv[2]);
  const size_t bytes = strncmp(argv[1], "pread:", 6) == 0 ? strtoul(argv[1] + 6, NULL, 10) : 0;
  const int file = open(argv[3], O_RDONLY);
  char* const buffer =
      mmap(NULL, bytes + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (file < 0 || buffer == MAP_FAILED) die(argv[3]);
  call_pread(file, buffer, bytes, 1);
  const uint64_t begin = time_ns(CLOCK_MONOTONIC);
  const uint64_t cpu_begin = time_ns(CLOCK_PROCESS_CPUTIME_ID);
  if (bytes > 0)
    call_pread(file, buffer, bytes, count);
  else if (strcmp(argv[1], "open") == 0)
    call_open(argv[3], count);
  else
    call_getppid(count);
  const uint64_t cpu = time_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin;
  printf("wall_ns %" PRIu64 " cpu_ns %" PRIu64 "\n", time_ns(CLOCK_MONOTONIC) - begin, cpu);
  return 0;
}
