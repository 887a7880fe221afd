// caller tree COUNT: known system calls of a process, a thread, a forked child and two executed
// programs, as often each time it runs. Each of the five calls getppid(2) COUNT times; the forked
// child fails to read(2) 7 times; the executed ones write(2) 100 bytes 10 times.
// caller copies read|write|pread|pwrite FILE D COUNT: moves 64 KiB of FILE that often, between the
// beginning of FILE and a buffer at D mod 4096.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, BLOCK = 65536, FAILING_READS = 7, WRITES = 10, WRITE_BYTES = 100 };

static void die(const char* what) {
  perror(what);
  _exit(1);
}

static void call(long count) {
  for (long i = 0; i < count; ++i) syscall(SYS_getppid);
}

static void* call_in_thread(void* count) {
  call((long)(intptr_t)count);
  return NULL;
}

static void wait_for(pid_t child) {
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) die("a child");
}

static int leaf(long count) {
  static const char bytes[WRITE_BYTES];
  const int null = open("/dev/null", O_WRONLY);
  call(count);
  for (int i = 0; i < WRITES; ++i)
    if (write(null, bytes, WRITE_BYTES) != WRITE_BYTES) die("/dev/null");
  return 0;
}

static int tree(char* self, char* count_text) {
  const long count = atol(count_text);
  char* const leaf_arguments[] = {self, "leaf", count_text, NULL};
  char* const environment[] = {NULL};
  pthread_t thread;
  call(count);
  if (pthread_create(&thread, NULL, call_in_thread, (void*)(intptr_t)count) != 0) die("thread");
  pthread_join(thread, NULL);
  const pid_t forked = fork();
  if (forked == 0) {
    char byte;
    call(count);
    for (int i = 0; i < FAILING_READS; ++i)
      if (read(-1, &byte, 1) != -1 || errno != EBADF) die("read");
    execve(self, leaf_arguments, environment);
    _exit(1);
  }
  wait_for(forked);
  const pid_t shared = vfork();
  if (shared == 0) {
    execve("/no/such/program", leaf_arguments, environment);
    execve(self, leaf_arguments, environment);
    _exit(1);
  }
  wait_for(shared);
  return 0;
}

static int copies(const char* way, const char* path, long d, long count) {
  const int file = open(path, O_RDWR);
  char* const memory =
      mmap(NULL, BLOCK + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (file < 0 || memory == MAP_FAILED) die(path);
  char* const buffer = memory + d;
  for (long i = 0; i < count; ++i) {
    ssize_t moved = -1;
    if (way[0] != 'p' && lseek(file, 0, SEEK_SET) != 0) die("lseek");
    if (strcmp(way, "read") == 0) moved = read(file, buffer, BLOCK);
    if (strcmp(way, "write") == 0) moved = write(file, buffer, BLOCK);
    if (strcmp(way, "pread") == 0) moved = pread(file, buffer, BLOCK, 0);
    if (strcmp(way, "pwrite") == 0) moved = pwrite(file, buffer, BLOCK, 0);
    if (moved != BLOCK) die(way);
  }
  return 0;
}

int main(int argc, char** argv) {
  if (argc == 3 && strcmp(argv[1], "tree") == 0) return tree(argv[0], argv[2]);
  if (argc == 3 && strcmp(argv[1], "leaf") == 0) return leaf(atol(argv[2]));
  if (argc == 6 && strcmp(argv[1], "copies") == 0)
    return copies(argv[2], argv[3], atol(argv[4]), atol(argv[5]));
  fprintf(stderr, "usage: caller tree COUNT | copies WAY FILE D COUNT\n");
  return 2;
}
