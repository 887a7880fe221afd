// burner WHAT NUMBER [NUMBER]: spends time in one known way, for the tests of what explains times.
//   split A B    A million steps in alpha(), B million in beta(), which take as long each
//   calls N      N thousand system calls; and 20 million steps, as all below
//   fresh N      fills N buffers of 1 MiB, each newly mapped; kept N: one buffer, N times
//   branches N   N million steps with a branch that cannot be foreseen; even N: that can
//   sleep N      N times a millisecond
//   lock N       two threads that take one lock N thousand times each; own N: a lock each
//   copy D N     N million bytes by rep movsb, (destination - source) mod 4096 = D
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { page = 4096, buffer_bytes = 1 << 20, thousand = 1000, million = 1000000 };

static volatile uint32_t state = 1;

__attribute__((noinline)) static void alpha(long steps) {
  for (long i = 0; i < steps; ++i) state = state * 1664525U + 1013904223U;
}

// Other numbers, or the compiler makes one function of both.
__attribute__((noinline)) static void beta(long steps) {
  for (long i = 0; i < steps; ++i) state = state * 22695477U + 1U;
}

__attribute__((noinline)) static void call_kernel(long calls) {
  for (long i = 0; i < calls; ++i) syscall(SYS_getppid);
}

__attribute__((noinline)) static void fill(char* buffer) {
  for (long i = 0; i < buffer_bytes; i += page) buffer[i] = 1;
}

static void* map_buffer(void) {
  void* buffer =
      mmap(NULL, buffer_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (buffer == MAP_FAILED) exit(1);
  madvise(buffer, buffer_bytes, MADV_NOHUGEPAGE);
  return buffer;
}

static void fill_buffers(long times, int fresh) {
  char* buffer = map_buffer();
  for (long i = 0; i < times; ++i) {
    if (fresh) {
      munmap(buffer, buffer_bytes);
      buffer = map_buffer();
    }
    fill(buffer);
  }
}

// The low bits of this generator are anything but foreseeable after the shift.
__attribute__((noinline)) static void branch(long steps, int even) {
  uint64_t x = 88172645463325252U;
  volatile uint64_t taken = 0;
  for (long i = 0; i < steps; ++i) {
    x ^= x << 13U;
    x ^= x >> 7U;
    x ^= x << 17U;
    if (even ? (i & 1) != 0 : (x & 1U) != 0) taken = taken * 3 + 1;
  }
}

static void sleep_often(long times) {
  const struct timespec millisecond = {.tv_nsec = million};
  for (long i = 0; i < times; ++i) nanosleep(&millisecond, NULL);
}

// Apart, so that two locks do not lie in one cache line.
static struct {
  _Alignas(128) pthread_mutex_t mutex;
} locks[2] = {{PTHREAD_MUTEX_INITIALIZER}, {PTHREAD_MUTEX_INITIALIZER}};
static long lock_times;

static void* take_lock(void* lock) {
  volatile uint32_t own = 1;
  for (long i = 0; i < lock_times; ++i) {
    pthread_mutex_lock(lock);
    for (int step = 0; step < 50; ++step) own = own * 1664525U + 1013904223U;
    pthread_mutex_unlock(lock);
  }
  return NULL;
}

static void take_locks(long times, int own) {
  lock_times = times;
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i)
    pthread_create(&threads[i], NULL, take_lock, &locks[own ? i : 0].mutex);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
}

__attribute__((noinline)) static void copy(long distance, long bytes) {
  char* source = map_buffer();
  char* destination = map_buffer();
  memset(source, 1, buffer_bytes);
  memset(destination, 1, buffer_bytes);
  const size_t size = 16 * thousand;
  for (long done = 0; done < bytes; done += (long)size) {
    void* to = destination + distance;
    const void* from = source;
    size_t count = size;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  }
}

int main(int count, char** words) {
  if (count < 3) return 2;
  const char* what = words[1];
  const long number = atol(words[2]);
  const long other = count > 3 ? atol(words[3]) : 0;
  if (strcmp(what, "split") == 0) {
    alpha(number * million);
    beta(other * million);
    return 0;
  }
  if (strcmp(what, "copy") == 0) {
    copy(number, other * million);
    return 0;
  }
  alpha(20L * million);
  if (strcmp(what, "calls") == 0)
    call_kernel(number * thousand);
  else if (strcmp(what, "fresh") == 0)
    fill_buffers(number, 1);
  else if (strcmp(what, "kept") == 0)
    fill_buffers(number, 0);
  else if (strcmp(what, "branches") == 0)
    branch(number * million, 0);
  else if (strcmp(what, "even") == 0)
    branch(number * million, 1);
  else if (strcmp(what, "sleep") == 0)
    sleep_often(number);
  else if (strcmp(what, "lock") == 0)
    take_locks(number * thousand, 0);
  else if (strcmp(what, "own") == 0)
    take_locks(number * thousand, 1);
  else
    return 2;
  return 0;
}
