// logged_mount SOURCE PLACE LOG DELAY_US COMMAND...: serves SOURCE, read-only, at the file PLACE
// while COMMAND runs, and notes each READ request in LOG: "OFFSET BYTES THREAD", where THREAD is
// the one that sent it. Each is answered DELAY_US late. Ends with COMMAND's exit code (128 + its
// signal); needs root and /dev/fuse.
//
// Speaks the protocol of /dev/fuse itself (linux/fuse.h; fuse(4)): a file system whose root is a
// regular file has no names to look up, so that seven requests are all it takes. The mount is in a
// mount namespace of its own, so that nothing stays mounted whatever becomes of the processes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// What the kernel takes without further negotiation: 32 pages a request (fs/fuse/fuse_i.h). With
// as much readahead, one of them is one request.
enum { LARGEST_READ = 32 * 4096, BUFFER = LARGEST_READ + 4096, FIRST_MINOR = 31 };

static int connection;
static int source;
static struct stat source_status;
static FILE* log_file;
static unsigned delay_us;

static _Noreturn void die(const char* what) {
  fprintf(stderr, "logged_mount: %s: %s\n", what, strerror(errno));
  exit(125);
}

static uint64_t number(const char* word) {
  char* end = NULL;
  const uint64_t value = strtoull(word, &end, 10);
  if (*word == '\0' || *end != '\0') {
    errno = EINVAL;
    die(word);
  }
  return value;
}

// ENOENT of the write: the request was interrupted, and nobody waits for the answer.
static void answer(uint64_t request, int error, const void* data, size_t bytes) {
  struct fuse_out_header header = {
      .len = (uint32_t)(sizeof header + bytes), .error = -error, .unique = request};
  const struct iovec parts[] = {{&header, sizeof header}, {(void*)(uintptr_t)data, bytes}};
  if (writev(connection, parts, 2) < 0 && errno != ENOENT && errno != ENODEV) die("an answer");
}

static void start(uint64_t request, const struct fuse_init_in* theirs) {
  if (theirs->major != FUSE_KERNEL_VERSION || theirs->minor < FIRST_MINOR) {
    errno = EPROTO;
    die("this kernel's version of FUSE");
  }
  const struct fuse_init_out ours = {.major = FUSE_KERNEL_VERSION,
                                     .minor = FIRST_MINOR,
                                     .max_readahead = LARGEST_READ,
                                     .flags = FUSE_ASYNC_READ,
                                     .max_write = 4096};
  answer(request, 0, &ours, sizeof ours);
}

static void tell_attributes(uint64_t request) {
  const struct fuse_attr_out attributes = {.attr_valid = 3600,
                                           .attr = {.ino = FUSE_ROOT_ID,
                                                    .size = (uint64_t)source_status.st_size,
                                                    .blocks = (uint64_t)source_status.st_blocks,
                                                    .mode = S_IFREG | 0444,
                                                    .nlink = 1,
                                                    .blksize = 4096}};
  answer(request, 0, &attributes, sizeof attributes);
}

static void read_source(const struct fuse_in_header* header, const struct fuse_read_in* wanted) {
  static char data[LARGEST_READ];
  const size_t most = wanted->size < sizeof data ? wanted->size : sizeof data;
  fprintf(log_file, "%" PRIu64 " %" PRIu32 " %" PRIu32 "\n", (uint64_t)wanted->offset, wanted->size,
          header->pid);
  if (delay_us != 0) {
    const struct timespec pause = {.tv_sec = delay_us / 1000000,
                                   .tv_nsec = (long)(delay_us % 1000000) * 1000};
    nanosleep(&pause, NULL);
  }
  const ssize_t got = pread(source, data, most, (off_t)wanted->offset);
  if (got < 0)
    answer(header->unique, errno, NULL, 0);
  else
    answer(header->unique, 0, data, (size_t)got);
}

static void serve_one(const char* request) {
  const struct fuse_in_header* const header = (const void*)request;
  const void* const argument = header + 1;
  const struct fuse_open_out opened = {.fh = 0};
  switch (header->opcode) {
    case FUSE_INIT:
      start(header->unique, argument);
      break;
    case FUSE_GETATTR:
      tell_attributes(header->unique);
      break;
    case FUSE_OPEN:
      answer(header->unique, 0, &opened, sizeof opened);
      break;
    case FUSE_READ:
      read_source(header, argument);
      break;
    case FUSE_RELEASE:
      answer(header->unique, 0, NULL, 0);
      break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
      break;  // want no answer
    default:
      answer(header->unique, ENOSYS, NULL, 0);
  }
}

static void mount_at(const char* place) {
  if (unshare(CLONE_NEWNS) != 0) die("a mount namespace");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) die("a private mount namespace");
  connection = open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (connection < 0) die("/dev/fuse");
  char options[128];
  snprintf(options, sizeof options, "fd=%d,rootmode=%o,user_id=0,group_id=0,allow_other",
           connection, S_IFREG | 0444U);
  const unsigned long flags = MS_NODEV | MS_NOSUID | MS_RDONLY;
  if (mount("logged_mount", place, "fuse", flags, options) != 0) die(place);
}

static pid_t start_command(char** words) {
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execvp(words[0], words);
  die(words[0]);
}

static void serve_while_runs(pid_t child) {
  _Alignas(8) static char request[BUFFER];
  struct pollfd waits[] = {{.fd = connection, .events = POLLIN},
                           {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN}};
  if (waits[1].fd < 0) die("pidfd_open");
  while (waits[1].revents == 0) {
    if (poll(waits, 2, -1) < 0 && errno != EINTR) die("poll");
    const ssize_t got = read(connection, request, sizeof request);
    if (got >= (ssize_t)sizeof(struct fuse_in_header))
      serve_one(request);
    else if (errno != EAGAIN && errno != EINTR && errno != ENOENT)
      die("a request");
  }
}

int main(int argc, char** argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: logged_mount SOURCE PLACE LOG DELAY_US COMMAND...\n");
    return 125;
  }
  source = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (source < 0 || fstat(source, &source_status) != 0) die(argv[1]);
  log_file = fopen(argv[3], "we");
  if (log_file == NULL) die(argv[3]);
  delay_us = (unsigned)number(argv[4]);
  mount_at(argv[2]);
  const pid_t child = start_command(argv + 5);
  serve_while_runs(child);
  int status = 0;
  if (waitpid(child, &status, 0) != child) die("waitpid");
  if (fclose(log_file) != 0) die(argv[3]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
