// spawn_loops METHOD COUNT PROGRAM: starts PROGRAM so often and prints each time in nanoseconds, a
// line each. The methods are vfork (with execve and wait4: the least that Linux takes), posix_spawn
// and fork. For tests/bench/spawn-cost.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void become(char** arguments, char** environment, int null) {
  for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
  execve(arguments[0], arguments, environment);
  _exit(127);
}

int main(int argc, char** argv, char** environment) {
  if (argc != 4) return 2;
  const int count = atoi(argv[2]);
  char* arguments[] = {argv[3], NULL};
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd < 3; ++fd) posix_spawn_file_actions_adddup2(&actions, null, fd);
  long long* times = calloc((size_t)count, sizeof *times);
  for (int i = 0; i < count; ++i) {
    pid_t pid = -1;
    const long long begin = now_ns();
    if (strcmp(argv[1], "vfork") == 0) {
      pid = vfork();
      if (pid == 0) become(arguments, environment, null);
    } else if (strcmp(argv[1], "fork") == 0) {
      pid = fork();
      if (pid == 0) become(arguments, environment, null);
    } else if (posix_spawn(&pid, arguments[0], &actions, NULL, arguments, environment) != 0) {
      return 3;
    }
    int status = 0;
    struct rusage used;
    if (wait4(pid, &status, 0, &used) != pid || status != 0) return 4;
    times[i] = now_ns() - begin;
  }
  for (int i = 0; i < count; ++i) printf("%lld\n", times[i]);
  return 0;
}
