// one_page_faults FILE PAGES WORK_US: faults once for each of so many pages of FILE, which are in
// the page cache, and prints "faults MINOR MAJOR wall_ns N" of that; after each it is busy for
// WORK_US. Writes FILE first where it is not that long: 4 KiB at a time, so that each page is a
// folio of its own. PAGES pages of FILE that are not in the page cache make major faults.
//
// A fault maps all that is cached of the 64 KiB around it, but not where userfaultfd(2) watches for
// writes (fs/userfaultfd.c, uffd_disable_fault_around), of which there are none here.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Of linux/userfaultfd.h of Linux 6.1 and 6.7, which Debian 12's is older than.
enum { PAGE = 4096, USER_MODE_ONLY = 1, WP_UNPOPULATED = 1 << 13, WP_ASYNC = 1 << 15 };

static _Noreturn void die(const char* what) {
  fprintf(stderr, "one_page_faults: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static int open_filled(const char* path, size_t size) {
  static char page[PAGE];
  const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) die(path);
  for (size_t at = (size_t)status.st_size; at < size; at += PAGE) {
    memset(page, (int)(at / PAGE), PAGE);
    if (pwrite(file, page, PAGE, (off_t)at) != PAGE) die(path);
  }
  return file;
}

static void fault_page_by_page(char* memory, size_t size) {
  const int descriptor = (int)syscall(SYS_userfaultfd, O_CLOEXEC | USER_MODE_ONLY);
  struct uffdio_api api = {.api = UFFD_API, .features = WP_ASYNC | WP_UNPOPULATED};
  struct uffdio_register range = {.range = {(uintptr_t)memory, size},
                                  .mode = UFFDIO_REGISTER_MODE_WP};
  if (descriptor < 0 || ioctl(descriptor, UFFDIO_API, &api) != 0 ||
      ioctl(descriptor, UFFDIO_REGISTER, &range) != 0)
    die("userfaultfd (Linux 6.7)");
}

static void touch(const volatile char* memory, size_t pages, uint64_t work_ns) {
  for (size_t i = 0; i < pages; ++i) {
    (void)memory[i * PAGE];
    if (work_ns == 0) continue;
    const uint64_t end = now_ns() + work_ns;
    while (now_ns() < end) {
    }
  }
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: one_page_faults FILE PAGES WORK_US\n");
    return 2;
  }
  const size_t pages = strtoull(argv[2], NULL, 10);
  const size_t size = pages * PAGE;
  const int file = open_filled(argv[1], size);
  char* const memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (memory == MAP_FAILED || madvise(memory, size, MADV_NOHUGEPAGE) != 0) die("mmap");
  fault_page_by_page(memory, size);
  struct rusage before;
  struct rusage after;
  getrusage(RUSAGE_SELF, &before);
  const uint64_t begin = now_ns();
  touch(memory, pages, strtoull(argv[3], NULL, 10) * 1000U);
  const uint64_t end = now_ns();
  getrusage(RUSAGE_SELF, &after);
  printf("faults %ld %ld wall_ns %" PRIu64 "\n", after.ru_minflt - before.ru_minflt,
         after.ru_majflt - before.ru_majflt, end - begin);
  return 0;
}
