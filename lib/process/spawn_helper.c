// The spawn helper: starts programs and times them for run-probe, so that what it measures is the
// program and not run-probe.
//
// On Linux a child's ru_maxrss starts at its parent's resident size (exec folds the old memory's
// high-water mark into signal->maxrss, fs/exec.c), and fork's cost grows with it. So this is a
// static program of half a megabyte that does vfork, execve, wait4 and reads the clock, and nothing
// else. The perf events that run-probe opens on it are inherited by every program it starts.
//
// It ends when its socket does. When run-probe is killed it kills what runs, with its process
// group; when it is killed itself, the kernel kills the program that it runs (PR_SET_PDEATHSIG).
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "process/ignored_signals.h"
#include "process/spawn_protocol.h"

enum { socket_descriptor = 3 };

// Whom signals are passed on to: a process, or the group it leads as -pid; 0: nobody.
static volatile sig_atomic_t running;
static volatile sig_atomic_t undisturbed;
static volatile sig_atomic_t timed_out;
static pid_t parent;  // run-probe

static void pass_on(int number) {
  const int saved = errno;
  if (running != 0) {
    if (number == SIGALRM) timed_out = 1;
    // run-probe sends SIGUSR1 when a program does not end by itself, the kernel when run-probe is
    // gone.
    const int is_end = number == SIGALRM || number == SIGUSR1;
    if (is_end || !undisturbed) {
      const int passed = is_end ? SIGKILL : number;
      // A program may have left the group that it led.
      if (kill(running, passed) != 0 && running < 0) kill(-running, passed);
    }
  }
  errno = saved;
}

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

struct job {
  struct bytepath_spawn_request request;
  int descriptors[bytepath_spawn_max_descriptors];
  int descriptor_count;
  char* bytes;  // the groups and strings, as received
  size_t capacity;
  const char* path;
  char** arguments;
  char** environment;
};

// What the child of vfork failed at: it shares our memory.
static volatile int failed_step;
static volatile int failed_errno;

static int read_fully(void* to, size_t size) {
  char* at = to;
  while (size > 0) {
    const ssize_t got = read(socket_descriptor, at, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    at += got;
    size -= (size_t)got;
  }
  return 1;
}

static int receive_header(struct job* job) {
  char* at = (char*)&job->request;
  size_t missing = sizeof job->request;
  job->descriptor_count = 0;
  while (missing > 0) {
    union {
      struct cmsghdr header;
      char space[CMSG_SPACE(sizeof(int) * bytepath_spawn_max_descriptors)];
    } control;
    struct iovec part = {.iov_base = at, .iov_len = missing};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    const ssize_t got = recvmsg(socket_descriptor, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    const struct cmsghdr* rights = CMSG_FIRSTHDR(&message);
    if (rights != NULL && rights->cmsg_type == SCM_RIGHTS && job->descriptor_count == 0) {
      job->descriptor_count = (int)((rights->cmsg_len - CMSG_LEN(0)) / sizeof(int));
      memcpy(job->descriptors, CMSG_DATA(rights), sizeof(int) * (size_t)job->descriptor_count);
    }
    at += got;
    missing -= (size_t)got;
  }
  return 1;
}

// Makes room for the strings and, behind them, the two arrays of pointers.
static int make_room(struct job* job, size_t size) {
  if (size <= job->capacity) return 1;
  if (job->bytes != NULL) munmap(job->bytes, job->capacity);
  const size_t rounded = (size + 65535) & ~(size_t)65535;
  job->bytes = mmap(NULL, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  job->capacity = job->bytes == MAP_FAILED ? 0 : rounded;
  if (job->capacity == 0) job->bytes = NULL;
  return job->capacity != 0;
}

// Sets `to` to `count` texts from `at` on; returns where the next one begins, NULL beyond `end`.
static char* point_at_texts(char** to, uint32_t count, char* at, const char* end) {
  for (uint32_t i = 0; i < count; ++i) {
    char* zero = at < end ? memchr(at, 0, (size_t)(end - at)) : NULL;
    if (zero == NULL) return NULL;
    to[i] = at;
    at = zero + 1;
  }
  to[count] = NULL;
  return at;
}

static int receive_job(struct job* job) {
  if (!receive_header(job)) return 0;
  const struct bytepath_spawn_request* request = &job->request;
  if (request->group_count > bytepath_spawn_max_groups) return 0;
  const size_t groups_size = sizeof(uint32_t) * request->group_count;
  const size_t texts_end = groups_size + request->strings_size;
  const size_t pointers_at = (texts_end + sizeof(char*) - 1) & ~(sizeof(char*) - 1);
  const size_t pointers = (size_t)request->argument_count + (size_t)request->environment_count + 2;
  if (!make_room(job, pointers_at + pointers * sizeof(char*))) return 0;
  if (!read_fully(job->bytes, texts_end)) return 0;
  char* texts = job->bytes + groups_size;
  const char* end = job->bytes + texts_end;
  char* path[2];
  texts = point_at_texts(path, 1, texts, end);
  if (texts == NULL) return 0;
  job->path = path[0];
  job->arguments = (char**)(void*)(job->bytes + pointers_at);
  job->environment = job->arguments + request->argument_count + 1;
  texts = point_at_texts(job->arguments, request->argument_count, texts, end);
  if (texts == NULL) return 0;
  return point_at_texts(job->environment, request->environment_count, texts, end) != NULL;
}

static int expected_descriptors(const struct bytepath_spawn_request* request) {
  return 3 + ((request->flags & bytepath_spawn_has_program) != 0) +
         ((request->flags & bytepath_spawn_has_cgroup) != 0);
}

static void give_up(int step) {
  failed_errno = errno;
  failed_step = step;
  _exit(127);
}

// In the child. System calls only: it runs on our stack and in our memory.
static void become_program(const struct job* job) {
  const struct bytepath_spawn_request* request = &job->request;
  // A group of its own, so that a time limit ends all of it. What only surrounds the measured
  // programs stays in ours: it may ask for a password on the terminal.
  if (request->flags & bytepath_spawn_own_group) setpgid(0, 0);
  for (int i = 0; i < 3; ++i) dup2(job->descriptors[i], i);
  int next = 3;
  const int program = request->flags & bytepath_spawn_has_program ? job->descriptors[next++] : -1;
  if (request->flags & bytepath_spawn_has_cgroup) {
    if (write(job->descriptors[next], "0", 1) != 1) give_up(bytepath_spawn_no_cgroup);
  }
  if (request->flags & bytepath_spawn_as_user) {
    // The raw calls: the C library's would tell other threads, of which there are none.
    if (syscall(SYS_setgroups, request->group_count, job->bytes) != 0 ||
        syscall(SYS_setgid, request->group) != 0 || syscall(SYS_setuid, request->user) != 0) {
      give_up(bytepath_spawn_no_user);
    }
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // after setuid, which clears it
  if (program >= 0) {
    syscall(SYS_execveat, program, "", job->arguments, job->environment, AT_EMPTY_PATH);
  } else {
    execve(job->path, job->arguments, job->environment);
  }
  give_up(bytepath_spawn_no_program);
}

static void set_alarm(uint64_t nanoseconds) {
  const uint64_t us = (nanoseconds + 999) / 1000;
  struct itimerval timer = {
      .it_value = {.tv_sec = (time_t)(us / 1000000), .tv_usec = (suseconds_t)(us % 1000000)}};
  setitimer(ITIMER_REAL, &timer, NULL);
}

static void account(const struct rusage* used, struct bytepath_spawn_reply* reply) {
  reply->user_us = (uint64_t)used->ru_utime.tv_sec * 1000000 + (uint64_t)used->ru_utime.tv_usec;
  reply->system_us = (uint64_t)used->ru_stime.tv_sec * 1000000 + (uint64_t)used->ru_stime.tv_usec;
  reply->max_rss_kib = (uint64_t)used->ru_maxrss;
  reply->minor_faults = (uint64_t)used->ru_minflt;
  reply->major_faults = (uint64_t)used->ru_majflt;
  reply->blocks_in = (uint64_t)used->ru_inblock;
  reply->blocks_out = (uint64_t)used->ru_oublock;
  reply->voluntary_switches = (uint64_t)used->ru_nvcsw;
  reply->involuntary_switches = (uint64_t)used->ru_nivcsw;
}

static void run_job(const struct job* job, struct bytepath_spawn_reply* reply) {
  struct rusage used;
  memset(&used, 0, sizeof used);
  failed_step = bytepath_spawn_started;
  timed_out = 0;
  reply->started_ns = now_ns();
  const pid_t pid = vfork();
  if (pid == 0) become_program(job);
  if (pid < 0) {
    reply->failed_step = bytepath_spawn_no_process;
    reply->error = errno;
    return;
  }
  running = job->request.flags & bytepath_spawn_own_group ? -pid : pid;
  undisturbed = (job->request.flags & bytepath_spawn_undisturbed) != 0;
  // Its signal may have come before we knew whom to end.
  if (getppid() != parent) pass_on(SIGUSR1);
  if (job->request.timeout_ns != 0) {
    set_alarm(job->request.timeout_ns);
    siginfo_t info;
    // Only looked at, so that its number stays taken until the alarm is off.
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    set_alarm(0);
  }
  while (wait4(pid, &reply->status, 0, &used) < 0 && errno == EINTR) {
  }
  reply->ended_ns = now_ns();
  running = 0;
  reply->timed_out = timed_out;
  reply->failed_step = failed_step;
  reply->error = failed_step == bytepath_spawn_started ? 0 : failed_errno;
  account(&used, reply);
}

static void close_descriptors(struct job* job) {
  for (int i = 0; i < job->descriptor_count; ++i) close(job->descriptors[i]);
}

static int send_reply(const struct bytepath_spawn_reply* reply) {
  const char* at = (const char*)reply;
  size_t left = sizeof *reply;
  while (left > 0) {
    const ssize_t sent = send(socket_descriptor, at, left, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return 0;
    at += sent;
    left -= (size_t)sent;
  }
  return 1;
}

static void handle(int number) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = pass_on;
  sigaction(number, &action, NULL);
}

int main(void) {
  static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGALRM};
  for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; ++i) handle(passed_on[i]);
  // When run-probe is killed, what runs is ended, group and all, and then our socket has an end.
  parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGUSR1);
  for (size_t i = 0; i < sizeof bytepath_ignored_signals / sizeof *bytepath_ignored_signals; ++i)
    signal(bytepath_ignored_signals[i], SIG_DFL);
  fcntl(socket_descriptor, F_SETFD, FD_CLOEXEC);  // the programs must not talk to run-probe
  // Ready: from here on signals are passed on, and do not end us.
  if (send(socket_descriptor, "", 1, MSG_NOSIGNAL) != 1) return 1;
  static struct job job;
  while (receive_job(&job)) {
    struct bytepath_spawn_reply reply;
    memset(&reply, 0, sizeof reply);
    if (job.descriptor_count == expected_descriptors(&job.request)) {
      run_job(&job, &reply);
    } else {
      reply.failed_step = bytepath_spawn_bad_request;
      reply.error = EINVAL;
    }
    close_descriptors(&job);
    if (!send_reply(&reply)) break;
  }
  return 0;
}
