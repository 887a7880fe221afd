// page_reader FILE WAY [OPTION]...: reads pages of FILE that are known beforehand, in one way, and
// says what it did. The truth that the tests of chunk-probe compare with.
//
// WAY, of random pages (--pages of them, each once, then --again of them once more):
//   pread   --bytes of each page, 100, FADV_RANDOM   mmap     a byte of each, MADV_RANDOM
//   readv   two buffers of half a page, FADV_RANDOM  around   a byte of each, no advice
//   uring   as pread, by io_uring                    direct   the page, O_DIRECT
//   sendfile  the page, to /dev/null, FADV_RANDOM
// or of the whole file: sequential, by read(2) of --size bytes each.
//
// --span N (pages that one access is about, 1), --threads N and --fork (the pages are dealt out to
//   the threads, and to a child; each page is one's alone), --hold (prints "ready" and reads once a
//   line came), --seed N
//
// Prints "KEY NUMBER" lines: accesses (of random pages: calls or touches), bytes, cached_before and
// cached_after (pages of FILE in the page cache, by cachestat(2); -1: this kernel cannot say),
// mapped (pages of mappings that the page tables have, in the end), wall_ns (of the reading).
// Exit status 77, with the reason: this kernel has no io_uring.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, MAX_THREADS = 64, CANNOT = 77 };

static struct {
  const char* file;
  const char* way;
  uint64_t pages, again, bytes, size, span, threads, seed;
  bool fork, hold;
} options = {
    .pages = 200, .again = 300, .bytes = 100, .size = 1 << 20, .span = 1, .threads = 1, .seed = 1};

// What one thread reads: the pages whose place among all is its number, modulo the threads.
struct Part {
  uint64_t number, count, accesses, bytes, mapped;
};

static int file;
static uint64_t file_bytes;
static uint64_t* firsts;  // the first page of each access, in its order
static uint64_t accesses;
static uint64_t distinct;
static uint64_t* places;  // of an access, that of its page among the distinct ones

static _Noreturn void die(const char* what) {
  fprintf(stderr, "page_reader: %s: %s\n", what, strerror(errno));
  exit(1);
}

static _Noreturn void usage(const char* what) {
  fprintf(stderr, "page_reader: wrong use: %s\n", what);
  exit(2);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void* memory(size_t size) {
  void* const at = mmap(NULL, size == 0 ? 1 : size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (at == MAP_FAILED) die("no memory");
  return at;
}

static uint64_t draw(uint64_t below) {  // xorshift64
  static uint64_t state;
  if (state == 0) state = 0x9e3779b97f4a7c15U * options.seed;
  state ^= state << 13U;
  state ^= state >> 7U;
  state ^= state << 17U;
  return state % below;
}

static void choose_pages(void) {
  const uint64_t spans = file_bytes / PAGE / options.span;
  if (options.pages > spans || options.pages == 0) usage("FILE has too few pages");
  distinct = options.pages;
  accesses = options.pages + options.again;
  firsts = memory(accesses * sizeof firsts[0]);
  places = memory(accesses * sizeof places[0]);
  bool* const chosen = memory(spans);
  for (uint64_t i = 0; i < accesses; ++i) {
    uint64_t span = draw(spans);
    while (i < distinct && chosen[span]) span = draw(spans);
    places[i] = i < distinct ? i : draw(distinct);
    if (i < distinct) chosen[span] = true;
    firsts[i] = i < distinct ? span * options.span : firsts[places[i]];
  }
  munmap(chosen, spans);
}

static long cached_pages(void) {
  struct {
    uint64_t offset, length;
  } range = {0, 0};
  struct {
    uint64_t cached, dirty, writeback, evicted, recently_evicted;
  } found = {0};
  const long cachestat = 451;
  return syscall(cachestat, file, &range, &found, 0) == 0 ? (long)found.cached : -1;
}

// By /proc/self/pagemap, whose numbers have bit 63 for a page that is present.
static uint64_t present_pages(const char* mapping) {
  const int map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (map < 0) die("/proc/self/pagemap");
  uint64_t count = 0;
  uint64_t entries[512];
  const uint64_t pages = (file_bytes + PAGE - 1) / PAGE;
  for (uint64_t at = 0; at < pages; at += sizeof entries / sizeof entries[0]) {
    const off_t offset = (off_t)(((uintptr_t)mapping / PAGE + at) * sizeof entries[0]);
    const ssize_t got = pread(map, entries, sizeof entries, offset);
    if (got < 0) die("/proc/self/pagemap");
    for (uint64_t i = 0; i < (uint64_t)got / sizeof entries[0] && at + i < pages; ++i)
      count += entries[i] >> 63U;
  }
  close(map);
  return count;
}

// ---- io_uring with one request at a time, by its system calls ----

struct Ring {
  int descriptor;
  struct io_uring_params parameters;
  char* submissions;
  char* completions;
  struct io_uring_sqe* entries;
};

static void* map_ring(const struct Ring* ring, size_t size, uint64_t offset) {
  void* const at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                        ring->descriptor, (off_t)offset);
  if (at == MAP_FAILED) die("io_uring: mmap");
  return at;
}

static struct Ring make_ring(void) {
  struct Ring ring = {0};
  ring.descriptor = (int)syscall(SYS_io_uring_setup, 1, &ring.parameters);
  if (ring.descriptor < 0 && (errno == ENOSYS || errno == EPERM)) {
    fprintf(stderr, "page_reader: io_uring_setup: %s\n", strerror(errno));
    exit(CANNOT);
  }
  if (ring.descriptor < 0) die("io_uring_setup");
  const struct io_uring_params* const has = &ring.parameters;
  ring.submissions =
      map_ring(&ring, has->sq_off.array + has->sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
  ring.completions = map_ring(
      &ring, has->cq_off.cqes + has->cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
  ring.entries = map_ring(&ring, has->sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
  return ring;
}

static ssize_t read_by_ring(struct Ring* ring, char* buffer, size_t size, uint64_t offset) {
  uint32_t* const tail = (uint32_t*)(ring->submissions + ring->parameters.sq_off.tail);
  uint32_t* const array = (uint32_t*)(ring->submissions + ring->parameters.sq_off.array);
  uint32_t* const head = (uint32_t*)(ring->completions + ring->parameters.cq_off.head);
  const uint32_t mask = *(uint32_t*)(ring->completions + ring->parameters.cq_off.ring_mask);
  ring->entries[0] = (struct io_uring_sqe){.opcode = IORING_OP_READ,
                                           .fd = file,
                                           .addr = (uintptr_t)buffer,
                                           .len = (uint32_t)size,
                                           .off = offset};
  array[0] = 0;
  __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring->descriptor, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
    die("io_uring_enter");
  const struct io_uring_cqe* const done =
      (struct io_uring_cqe*)(ring->completions + ring->parameters.cq_off.cqes) + (*head & mask);
  const ssize_t result = done->res;
  __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
  return result;
}

// ---- the reading ----

struct Reader {
  char* buffer;   // a span, aligned to pages
  char* mapping;  // or NULL
  struct Ring ring;
  int sink;  // of sendfile
};

static bool is_way(const char* name) { return strcmp(options.way, name) == 0; }

static ssize_t read_span(struct Reader* reader, uint64_t first) {
  const size_t span = options.span * PAGE;
  const off_t offset = (off_t)(first * PAGE);
  const size_t part = options.span == 1 ? options.bytes : span;  // within its first page, or all
  if (reader->mapping != NULL) {
    volatile char sink = 0;
    for (size_t i = 0; i < options.span; ++i) sink = reader->mapping[offset + (off_t)(i * PAGE)];
    (void)sink;
    return (ssize_t)options.span;
  }
  if (is_way("readv")) {
    const struct iovec halves[] = {{reader->buffer, span / 2},
                                   {reader->buffer + span / 2, span / 2}};
    return preadv(file, halves, 2, offset);
  }
  if (is_way("sendfile")) {
    off_t at = offset;
    return sendfile(reader->sink, file, &at, span);
  }
  if (is_way("uring")) return read_by_ring(&reader->ring, reader->buffer, part, first * PAGE);
  return pread(file, reader->buffer, is_way("direct") ? span : part, offset);
}

static struct Reader make_reader(void) {
  struct Reader reader = {.buffer = memory(options.span * PAGE), .sink = -1};
  if (is_way("uring")) reader.ring = make_ring();
  if (is_way("sendfile") && (reader.sink = open("/dev/null", O_WRONLY)) < 0) die("/dev/null");
  if (!is_way("mmap") && !is_way("around")) return reader;
  reader.mapping = mmap(NULL, file_bytes, PROT_READ, MAP_SHARED, file, 0);
  if (reader.mapping == MAP_FAILED) die("mmap");
  if (is_way("mmap") && madvise(reader.mapping, file_bytes, MADV_RANDOM) != 0) die("madvise");
  return reader;
}

static void* read_part(void* argument) {
  struct Part* const part = argument;
  struct Reader reader = make_reader();
  for (uint64_t i = 0; i < accesses; ++i) {
    if (places[i] % part->count != part->number) continue;
    const ssize_t got = read_span(&reader, firsts[i]);
    if (got < 0) die(options.way);
    part->bytes += (uint64_t)got;
    ++part->accesses;
  }
  if (reader.mapping != NULL) part->mapped = present_pages(reader.mapping);
  return NULL;
}

// The first `threads` parts, or the second.
static void read_parts(struct Part* parts) {
  pthread_t threads[MAX_THREADS];
  for (uint64_t i = 0; i < options.threads; ++i) {
    errno = pthread_create(&threads[i], NULL, read_part, &parts[i]);
    if (errno != 0) die("pthread_create");
  }
  for (uint64_t i = 0; i < options.threads; ++i) pthread_join(threads[i], NULL);
}

static struct Part read_random(void) {
  const uint64_t count = options.threads * (options.fork ? 2 : 1);
  struct Part* const parts = memory(count * sizeof parts[0]);
  for (uint64_t i = 0; i < count; ++i) parts[i] = (struct Part){.number = i, .count = count};
  const pid_t child = options.fork ? fork() : -1;
  if (child == 0) {
    read_parts(parts + options.threads);
    _exit(0);
  }
  if (count == 1)
    read_part(&parts[0]);
  else
    read_parts(parts);
  int status = 0;
  if (options.fork && (waitpid(child, &status, 0) != child || status != 0)) die("the child failed");
  struct Part all = {0};
  for (uint64_t i = 0; i < count; ++i) {
    all.accesses += parts[i].accesses;
    all.bytes += parts[i].bytes;
    all.mapped += parts[i].mapped;
  }
  return all;
}

static struct Part read_sequential(void) {
  struct Part all = {0};
  char* const buffer = memory(options.size);
  ssize_t got = 0;
  while ((got = read(file, buffer, options.size)) > 0) {
    ++all.accesses;
    all.bytes += (uint64_t)got;
  }
  if (got < 0) die("read");
  return all;
}

// ---- the options ----

static uint64_t number(const char* text) {
  char* rest = NULL;
  const uint64_t value = strtoull(text, &rest, 10);
  if (*text == '\0' || *rest != '\0' || value == UINT64_MAX) usage(text);
  return value;
}

static void read_options(int count, char** arguments) {
  if (count < 3) usage("page_reader FILE WAY [OPTION]...");
  options.file = arguments[1];
  options.way = arguments[2];
  const struct {
    const char* name;
    uint64_t* value;
  } numbers[] = {{"--pages", &options.pages},    {"--again", &options.again},
                 {"--bytes", &options.bytes},    {"--size", &options.size},
                 {"--span", &options.span},      {"--seed", &options.seed},
                 {"--threads", &options.threads}};
  for (int i = 3; i < count; ++i) {
    bool known = strcmp(arguments[i], "--fork") == 0 || strcmp(arguments[i], "--hold") == 0;
    if (known) *(arguments[i][2] == 'f' ? &options.fork : &options.hold) = true;
    for (size_t k = 0; !known && k < sizeof numbers / sizeof numbers[0] && i + 1 < count; ++k) {
      if (strcmp(arguments[i], numbers[k].name) != 0) continue;
      *numbers[k].value = number(arguments[++i]);
      known = true;
    }
    if (!known) usage(arguments[i]);
  }
  if (options.threads == 0 || options.threads > MAX_THREADS) usage("--threads");
  if (options.bytes > PAGE) usage("--bytes");
  if (options.span == 0 || options.size == 0 || options.seed == 0) usage("a zero");
}

int main(int count, char** arguments) {
  read_options(count, arguments);
  file = open(options.file, O_RDONLY | O_CLOEXEC | (is_way("direct") ? O_DIRECT : 0));
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) die(options.file);
  file_bytes = (uint64_t)status.st_size;
  const char* const ways[] = {"pread",  "readv", "uring",  "sendfile",
                              "direct", "mmap",  "around", "sequential"};
  bool known = false;
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; ++i) known = known || is_way(ways[i]);
  if (!known) usage(options.way);
  const bool random = !is_way("sequential");
  if (random) choose_pages();
  if (random && !is_way("around") && !is_way("mmap")) {
    errno = posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM);
    if (errno != 0) die("posix_fadvise");
  }
  if (options.hold) {
    char line[16];
    puts("ready");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL) die("nobody says go");
  }
  const long before = cached_pages();
  const uint64_t begin_ns = now_ns();
  const struct Part all = random ? read_random() : read_sequential();
  printf("wall_ns %" PRIu64 "\n", now_ns() - begin_ns);
  printf("accesses %" PRIu64 "\nbytes %" PRIu64 "\nmapped %" PRIu64 "\n", all.accesses, all.bytes,
         all.mapped);
  printf("cached_before %ld\ncached_after %ld\n", before, cached_pages());
  return 0;
}
