// page_toucher FILE STRIDE [populate]: maps FILE, touches every STRIDE-th page twice and prints
//   touches N first_ns T second_ns T
// where the times are the medians of the single touches: on a busy host their mean is that of the
// few in which something else ran. With it fault-probe selftest knows what the
// program saw, to compare with what the kernel told. A static program of its own, because what
// touches must not have our mappings, our threads or our size.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { page_bytes = 4096 };

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static int by_size(const void* left, const void* right) {
  const uint32_t a = *(const uint32_t*)left;
  const uint32_t b = *(const uint32_t*)right;
  return (a > b) - (a < b);
}

// The median time of a touch; 0 for none. Times above four seconds count as four.
static uint64_t touch(const volatile char* base, size_t size, size_t stride, uint32_t* times) {
  size_t count = 0;
  for (size_t at = 0; at < size; at += stride * page_bytes) {
    const uint64_t begin = now_ns();
    (void)base[at];
    const uint64_t took = now_ns() - begin;
    times[count++] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
  }
  qsort(times, count, sizeof *times, by_size);
  return count == 0 ? 0 : times[count / 2];
}

// Appends a number and a space: printf would be most of this program.
static char* append(char* to, const char* name, uint64_t number) {
  char digits[20];
  size_t count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  to = stpcpy(to, name);
  *to++ = ' ';
  while (count > 0) *to++ = digits[--count];
  *to++ = ' ';
  return to;
}

int main(int count, char** words) {
  if (count < 3) return 2;
  const int file = open(words[1], O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) return 1;
  const size_t size = (size_t)status.st_size;
  const size_t stride = strtoul(words[2], NULL, 10);
  const int flags =
      MAP_SHARED | (count > 3 && strcmp(words[3], "populate") == 0 ? MAP_POPULATE : 0);
  const char* base = mmap(NULL, size, PROT_READ, flags, file, 0);
  if (stride == 0 || base == MAP_FAILED) return 1;
  const size_t touches = (size + stride * page_bytes - 1) / (stride * page_bytes);
  uint32_t* times = malloc((touches + 1) * sizeof *times);
  if (times == NULL) return 1;
  // Our own pages are there before anything is timed.
  memset(times, 0, (touches + 1) * sizeof *times);
  (void)now_ns();
  const uint64_t first = touch(base, size, stride, times);
  const uint64_t second = touch(base, size, stride, times);
  char line[128];
  char* end = append(line, "touches", touches);
  end = append(end, "first_ns", first);
  end = append(end, "second_ns", second);
  end[-1] = '\n';
  return write(1, line, (size_t)(end - line)) == end - line ? 0 : 1;
}
