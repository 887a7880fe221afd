/* lap_chase BYTES STRIDE SECONDS: nanoseconds a load of a chase in laps through one line in each
 * STRIDE of BYTES, in random order within groups of 64 pages, the least of three stretches: how
 * latencies of memory are usually measured. A comparison for tier-probe, in
 * tests/bench/tier-spread. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static uint64_t state = 88172645463325252ULL;

static uint64_t draw(uint64_t bound) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state % bound;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void shuffle(size_t* numbers, size_t count) {
  for (size_t i = 0; i < count; ++i) numbers[i] = i;
  for (size_t i = count; i > 1; --i) {
    const size_t other = draw(i);
    const size_t held = numbers[i - 1];
    numbers[i - 1] = numbers[other];
    numbers[other] = held;
  }
}

static void** linked(char* memory, size_t bytes, size_t stride) {
  const size_t group = 64 * 4096 < bytes ? 64 * 4096 : bytes;
  const size_t groups = bytes / group;
  const size_t lines = group / stride;
  size_t* group_order = malloc(groups * sizeof *group_order);
  size_t* order = malloc(lines * sizeof *order);
  if (group_order == NULL || order == NULL) exit(1);
  shuffle(group_order, groups);
  void** first = NULL;
  void** last = NULL;
  for (size_t g = 0; g < groups; ++g) {
    shuffle(order, lines);
    for (size_t i = 0; i < lines; ++i) {
      void** place = (void**)(memory + group_order[g] * group + order[i] * stride);
      if (last != NULL) *last = place;
      if (first == NULL) first = place;
      last = place;
    }
  }
  *last = first;
  free(group_order);
  free(order);
  return first;
}

static void** follow(void** at, size_t loads) {
  for (size_t i = 0; i < loads; i += 64) {
    __asm__ volatile(".rept 64\n\tmovq (%0), %0\n\t.endr" : "+r"(at) : : "memory");
  }
  return at;
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "lap_chase: give bytes, stride and seconds\n");
    return 2;
  }
  const size_t bytes = strtoull(argv[1], NULL, 10);
  const size_t stride = strtoull(argv[2], NULL, 10);
  const double seconds = strtod(argv[3], NULL);
  char* memory =
      mmap(NULL, bytes + (2U << 20), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || bytes < stride || stride < 64) return 1;
  memory += (2U << 20) - (uintptr_t)memory % (2U << 20);
  madvise(memory, bytes, MADV_HUGEPAGE);
  void** at = follow(linked(memory, bytes, stride), bytes / stride);
  double least = 1e9;
  for (int stretch = 0; stretch < 4; ++stretch) {
    size_t loads = 0;
    const double begin = now();
    double end = begin;
    while (end - begin < seconds / 4) {
      at = follow(at, 64 * 64);
      loads += 64 * 64;
      end = now();
    }
    const double ns = (end - begin) / (double)loads * 1e9;
    if (stretch > 0 && ns < least) least = ns; /* the first one warms up */
  }
  printf("%.4f %s\n", least, at == NULL ? "" : "ns");
  return 0;
}
