// mapper WHAT FILE: maps FILE, of at least 100 pages, and does one thing with the mapping, see the
// table at the end. The command of the tests of lib/intercept. Its exit status is 0, or the number
// of the check that did not hold.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, SIZE = 100 * PAGE };

static const char* file;

static void expect(bool what, int status) {
  if (!what) _exit(status);
}

static char* map(int flags, int protection, char* place) {
  const int fd = open(file, O_CLOEXEC | ((protection & PROT_WRITE) != 0 ? O_RDWR : O_RDONLY));
  char* const at = mmap(place, SIZE, protection, flags, fd, 0);
  close(fd);
  expect(at != MAP_FAILED, 10);
  return at;
}

static void touch(const char* at, size_t page) { (void)*(const volatile char*)(at + page * PAGE); }

static void take_the_next_descriptor(void) {
  const int fd = open(file, O_RDONLY | O_CLOEXEC);
  const int before = dup(0);
  close(before);
  expect(mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED, 1);
  expect(dup(0) == before, 2);
}

static void compare_registers(void) {
  const int fd = open(file, O_RDONLY | O_CLOEXEC);
  sigset_t before;
  sigset_t after;
  sigprocmask(SIG_SETMASK, NULL, &before);
  const long flags = MAP_SHARED | MAP_POPULATE;
  long result = SYS_mmap;
  register long r10 __asm__("r10") = flags;
  register long r8 __asm__("r8") = fd;
  register long r9 __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "+a"(result), "+r"(r10)
                   : "D"(0L), "S"((long)SIZE), "d"((long)PROT_READ), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  const long flags_after = r10;
  expect(result > 0, 1);
  expect(flags_after == flags, 2);
  sigprocmask(SIG_SETMASK, NULL, &after);
  for (int number = 1; number < SIGRTMIN; ++number) {
    expect(sigismember(&before, number) == sigismember(&after, number), 3);
  }
  touch((const char*)result, 1);
}

static void write_through(void) {
  char* const at = map(MAP_SHARED, PROT_READ | PROT_WRITE, NULL);
  at[5 * PAGE] = (char)(at[5 * PAGE] + 1);
}

static void ask_for_what_is_refused(void) {
  char* const at = map(MAP_SHARED, PROT_READ, NULL);
  expect(munmap(at + 1, PAGE) != 0, 1);
  expect(munmap(at, 0) != 0, 2);
  // Too large to be moved, or to be mapped over it; and a descriptor that is none.
  expect(mremap(at, SIZE, (size_t)1 << 60, MREMAP_MAYMOVE) == MAP_FAILED, 3);
  expect(mmap(at, SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, 999, 0) == MAP_FAILED, 4);
  expect(mmap(at, SIZE, PROT_READ, MAP_SHARED, 999, 0) == MAP_FAILED, 5);
  // A descriptor that is open for reading, and a flag that this file does not have.
  const int fd = open(file, O_RDONLY | O_CLOEXEC);
  expect(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED, 7);
  expect(errno == EACCES, 8);
  expect(mmap(NULL, SIZE, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0) == MAP_FAILED, 9);
  expect(errno == EOPNOTSUPP, 10);
  char* const nothing[] = {NULL};
  expect(execve("/nonexistent", nothing, nothing) != 0, 6);
  touch(at, 2);
}

static void map_over_and_drop(void) {
  char* const at = map(MAP_SHARED, PROT_READ, NULL);
  touch(at, 1);
  const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  expect(mmap(at, (size_t)2 * PAGE, PROT_READ, anonymous, -1, 0) == at, 1);
  touch(at, 0);  // no page of the file
  touch(at, 3);
  expect(madvise(at + (ptrdiff_t)2 * PAGE, (size_t)8 * PAGE, MADV_DONTNEED) == 0, 2);
  touch(at, 40);
  map(MAP_PRIVATE | MAP_FIXED, PROT_READ, at);  // the same file again
  touch(at, 50);
}

static void give_all_advice(void) {
  const int fd = open(file, O_RDONLY | O_CLOEXEC);
  expect(posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED) == 0, 1);
  expect(mlockall(MCL_FUTURE) == 0, 2);
  char* const at = map(MAP_SHARED | MAP_POPULATE, PROT_READ, NULL);
  const int advice[] = {MADV_WILLNEED, MADV_SEQUENTIAL, MADV_POPULATE_READ, MADV_HUGEPAGE};
  for (size_t i = 0; i < sizeof advice / sizeof *advice; ++i) {
    expect(madvise(at, SIZE, advice[i]) == 0, 3);
  }
  expect(mlock(at, (size_t)8 * PAGE) == 0, 4);
  touch(at, 9);
}

enum { CHILDREN = 40 };

static pid_t children[CHILDREN];

static void fork_children(void (*run)(void)) {
  for (int i = 0; i < CHILDREN; ++i) {
    children[i] = fork();
    expect(children[i] >= 0, 20);
    if (children[i] != 0) continue;
    run();
    _exit(0);
  }
}

static void end_children(void) {
  for (int i = 0; i < CHILDREN; ++i) kill(children[i], SIGKILL);
  while (wait(NULL) > 0) {
  }
}

static void wait_for_a_signal(void) { pause(); }

static void let_others_run(void) { nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL); }

static void map_and_unmap_for_ever(void) {
  alarm(10);
  while (true) munmap(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), PAGE);
}

// There is always one of them that stands stopped. They take no time from us, who end them.
static void fork_a_storm(void) {
  fork_children(map_and_unmap_for_ever);
  for (int i = 0; i < 5; ++i) let_others_run();
  end_children();
}

// Each child would cost its tracer a descriptor if it were looked at without need.
static void fork_idle_children(void) {
  fork_children(wait_for_a_signal);
  let_others_run();
  end_children();
}

// Each child costs its tracer descriptors: it has a copy of the mapping.
static void write_beside_many_children(void) {
  touch(map(MAP_SHARED, PROT_READ, NULL), 0);
  fork_children(wait_for_a_signal);
  let_others_run();
  write_through();
  end_children();
}

static void install_guards(void) {
  enum { MADV_GUARD_INSTALL = 102 };  // since Linux 6.13, of files 6.15
  char* const at = map(MAP_SHARED, PROT_READ, NULL);
  touch(at, 1);
  touch(at, 3);
  expect(madvise(at, (size_t)8 * PAGE, MADV_GUARD_INSTALL) == 0 || errno == EINVAL, 1);
}

static void advise_by_process(void) {
  char* const at = map(MAP_SHARED, PROT_READ, NULL);
  touch(at, 1);
  touch(at, 3);
  const int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
  const struct iovec pieces[] = {{at, (size_t)2 * PAGE}, {at + (ptrdiff_t)2 * PAGE, PAGE * 6UL}};
  // A process may take its own pages away since Linux 6.13.
  expect(syscall(SYS_process_madvise, self, pieces, 2, MADV_DONTNEED, 0) == 8L * PAGE ||
             errno == EINVAL,
         1);
  touch(at, 5);
  // PIDFD_SELF_THREAD, since Linux 6.14.
  expect(syscall(SYS_process_madvise, -10000, pieces, 2, MADV_DONTNEED, 0) == 8L * PAGE ||
             errno == EINVAL || errno == EBADF,
         2);
  expect(syscall(SYS_process_madvise, self, pieces, 2, MADV_POPULATE_READ, 0) == 8L * PAGE, 3);
  expect(syscall(SYS_process_madvise, self, pieces, 2, MADV_POPULATE_READ, 1) < 0, 4);
  touch(at, 9);
}

static void map_in_secret(void) {
  expect(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, 1);
  char* const at = map(MAP_SHARED, PROT_READ, NULL);
  touch(at, 1);
  touch(map(MAP_SHARED, PROT_READ, NULL), 2);
}

static void fork_untraced(void) {
  const long flags = CLONE_UNTRACED | SIGCHLD;
  long flags_after = flags;
  long child = SYS_clone;
  register long r10 __asm__("r10") = 0;
  register long r8 __asm__("r8") = 0;
  __asm__ volatile("syscall"
                   : "+a"(child), "+D"(flags_after)
                   : "S"(0L), "d"(0L), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  expect(flags_after == flags, 1);
  if (child == 0) {
    touch(map(MAP_SHARED, PROT_READ, NULL), 3);
    _exit(0);
  }
  int status = 0;
  expect(waitpid((pid_t)child, &status, 0) == child, 2);
  expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, 3);
}

static void shrink_two_mappings(void) {
  const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  char* const at = mmap(NULL, (size_t)2 * SIZE, PROT_NONE, anonymous, -1, 0);
  map(MAP_SHARED | MAP_FIXED, PROT_READ, at);
  map(MAP_SHARED | MAP_FIXED, PROT_READ, at + SIZE);
  touch(at, 1);
  touch(at + SIZE, 20);
  expect(mremap(at, (size_t)2 * SIZE, (size_t)8 * PAGE, 0) == at, 1);
  touch(at, 3);
}

static void double_a_mapping(void) {
  char* const at = map(MAP_SHARED, PROT_READ | PROT_WRITE, NULL);
  touch(at, 1);
  char* const other = mremap(at + (ptrdiff_t)20 * PAGE, 0, (size_t)10 * PAGE, MREMAP_MAYMOVE);
  expect(other != MAP_FAILED, 1);
  touch(other, 3);
}

// The mmap of the first Linux, by its 32-bit interface.
static long old_mmap(int flags, int fd) {
  unsigned* const arguments =
      mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  expect(arguments != MAP_FAILED, 1);
  const unsigned values[] = {0, SIZE, PROT_READ, (unsigned)flags, (unsigned)fd, 0};
  memcpy(arguments, values, sizeof values);
  long result = 90;
  __asm__ volatile("int $0x80"
                   : "+a"(result)
                   : "b"(arguments)
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
}

static void map_by_32_bit_calls(void) {
  const int fd = open(file, O_RDONLY | O_CLOEXEC);
  const long file_mapping = old_mmap(MAP_SHARED, fd);
  expect(file_mapping >= 0 || file_mapping < -4095, 2);
  const long memory = old_mmap(MAP_PRIVATE | MAP_ANONYMOUS, fd);
  expect(memory >= 0 || memory < -4095, 3);
}

// Puts this page into the page cache by itself: of a large folio the kernel pages no part out.
static void cache_alone(int fd, size_t page) {
  static const char content[PAGE];
  expect(pwrite(fd, content, PAGE, (off_t)(page * PAGE)) == PAGE, 21);
}

// Of another process only a few are allowed, and to those who may schedule it.
static void advise_the_parent(void) {
  const int fd = open(file, O_RDWR | O_CLOEXEC);
  expect(fsync(fd) == 0 && posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0, 6);
  cache_alone(fd, 1);
  cache_alone(fd, 3);
  close(fd);
  char* const at = map(MAP_SHARED, PROT_READ, NULL);
  touch(at, 1);
  touch(at, 3);
  const int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
  const pid_t child = fork();
  if (child == 0) {
    munmap(at, SIZE);
    const struct iovec piece = {at, SIZE};
    const long brought = syscall(SYS_process_madvise, self, &piece, 1, MADV_WILLNEED, 0);
    expect(brought == SIZE || errno == EPERM, 1);
    expect(syscall(SYS_process_madvise, self, &piece, 1, MADV_POPULATE_READ, 0) < 0, 2);
    const long dropped = syscall(SYS_process_madvise, self, &piece, 1, MADV_PAGEOUT, 0);
    expect(dropped == SIZE || errno == EPERM, 3);
    _exit(0);
  }
  int status = 0;
  expect(waitpid(child, &status, 0) == child, 4);
  expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, 5);
}

static const struct {
  const char* name;
  void (*run)(void);
} things[] = {
    {"next-descriptor", take_the_next_descriptor},
    {"registers", compare_registers},
    {"write", write_through},
    {"refused", ask_for_what_is_refused},
    {"map-over", map_over_and_drop},
    {"advice", give_all_advice},
    {"guard", install_guards},
    {"advise-parent", advise_the_parent},
    {"old-mmap", map_by_32_bit_calls},
    {"shrink", shrink_two_mappings},
    {"double", double_a_mapping},
    {"untraced", fork_untraced},
    {"undumpable", map_in_secret},
    {"process-advice", advise_by_process},
    {"idle-children", fork_idle_children},
    {"storm", fork_a_storm},
    {"write-beside-children", write_beside_many_children},
};

int main(int argc, char** argv) {
  for (size_t i = 0; argc == 3 && i < sizeof things / sizeof *things; ++i) {
    if (strcmp(argv[1], things[i].name) != 0) continue;
    file = argv[2];
    things[i].run();
    return 0;
  }
  fprintf(stderr, "usage: mapper WHAT FILE, where WHAT is one of the table above\n");
  return 99;
}
