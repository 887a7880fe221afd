// copier MODE D SECONDS [BYTES]: copies at a known distance d = (destination - source) mod 4096,
// for the tests of who samples copies.
//   movsb   rep movsb, inlined here
//   movsq   rep movsq, the same
//   memcpy  the C library's
//   pread   of a file in memory, from its begin
// Prints "ready" first, and at the end "copies N" and "cpu_ns N": the CPU time that they took.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void* (*volatile const copy_bytes)(void*, const void*, size_t) = memcpy;

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char** words) {
  if (count < 4) return 2;
  const char* const mode = words[1];
  const size_t offset = strtoul(words[2], NULL, 10);
  const double seconds = strtod(words[3], NULL);
  const size_t bytes = count > 4 ? strtoul(words[4], NULL, 10) : 65536;
  const size_t room = bytes + 8192;
  char* const source = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* const place = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const int file = memfd_create("copier", 0);
  if (source == MAP_FAILED || place == MAP_FAILED || file < 0) return 1;
  memset(source, 1, room);
  memset(place, 2, room);
  if (write(file, source, bytes) != (ssize_t)bytes) return 1;
  puts("ready");
  fflush(stdout);
  unsigned long copies = 0;
  const double begin = now(CLOCK_PROCESS_CPUTIME_ID);
  for (const double end = now(CLOCK_MONOTONIC) + seconds; now(CLOCK_MONOTONIC) < end;) {
    for (int i = 0; i < 16; ++i, ++copies) {
      void* destination = place + offset;
      const void* from = source;
      size_t left = bytes;
      if (strcmp(mode, "movsb") == 0) {
        __asm__ volatile("rep movsb" : "+D"(destination), "+S"(from), "+c"(left) : : "memory");
      } else if (strcmp(mode, "movsq") == 0) {
        left /= 8;
        __asm__ volatile("rep movsq" : "+D"(destination), "+S"(from), "+c"(left) : : "memory");
      } else if (strcmp(mode, "memcpy") == 0) {
        copy_bytes(destination, from, bytes);
      } else if (pread(file, destination, bytes, 0) != (ssize_t)bytes) {
        return 1;
      }
    }
  }
  const double used = now(CLOCK_PROCESS_CPUTIME_ID) - begin;
  printf("copies %lu\ncpu_ns %.0f\n", copies, used * 1e9);
  return 0;
}
