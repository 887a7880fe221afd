// toucher FILE PATTERN [OPTION]...: maps FILE and touches pages of it that are known beforehand.
// The truth that the tests of fault-probe compare with. Plain C11 and no library but the C
// library's, so that it builds with any compiler, dynamic or static, glibc or musl.
//
// The page faults between the begin and the end of the touching are those of FILE alone: all that
// the loop uses is in memory before, also in a child and in a thread.
//
// PATTERN (of the pages of FILE, the last may be cut):
//   seq              all
//   every:K          0, K, 2K...
//   random:PERCENT   that many percent of them, the same ones in each run
//   runs:LENGTH      10 % of them, in aligned runs of LENGTH pages, the same ones in each run
//   none             none
//
// The mapping: --shared (default), --private, --writable (shared and PROT_WRITE; only read all the
//   same), --aligned (its address is a multiple of 2 MiB), --populate, --willneed, --random,
//   --sequential, --cold (the file leaves the page cache first)
// The touching: ascending, or --shuffle; --threads N (a part for each); --work US (busy between two
//   touches); --kernel (the kernel faults: write(2) of the byte to a pipe)
// Halfway, at most one of: --fork (a child touches the second half, at the same time), --remap (the
//   pages of the first half of FILE are touched in a mapping of that half; it is unmapped, the
//   second half is mapped to the SAME address, and its pages are touched there), --mremap (the
//   mapping moves), --exec (the program executes itself, maps FILE again and touches the rest)
// After it: --print-rusage ("faults MINOR MAJOR wall_ns N" of the touching), --hold (prints
// "ready";
//   at each line of standard input touches a second set and prints "ready" again; the second set is
//   --second PATTERN, or every:2), --unmap
// The end: normal, --exit-group (no handler of the C library runs), --crash (SIGSEGV), --killed
//   (SIGKILL)
// Records, written before the end: --truth FILE (the pages that were touched, in the format of
//   lib/pages/page_file.h; also before each "ready"), --time FILE (begin and end of each touch in
//   the order of the touches, pairs of u64, ns of CLOCK_MONOTONIC; not of the second set)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, HUGE_PAGE = 2 << 20, MAX_THREADS = 64 };
enum Halfway { NOTHING, FORK, REMAP, MREMAP, EXEC };
enum Ending { NORMAL, EXIT_GROUP, CRASH, KILLED };

static struct {
  const char* file;
  const char* pattern;
  const char* second;
  const char* truth;
  const char* time;
  const char* rest;  // of --exec: "MINOR MAJOR NS" of the first half
  bool private_mapping, writable, aligned, populate, willneed, random, sequential, cold;
  bool shuffle, kernel, unmap, hold, print_rusage;
  unsigned threads, work_us;
  enum Halfway halfway;
  enum Ending ending;
} options = {.second = "every:2", .threads = 1};

struct List {
  uint64_t* pages;
  size_t count;
};

struct Use {
  uint64_t minor, major, wall_ns;
};

// One part of a touching, by one thread.
struct Part {
  const uint64_t* pages;
  size_t count;
  uint64_t (*times)[2];  // or NULL
  uint64_t minor, major, begin_ns, end_ns;
};

static int file_descriptor;
static uint64_t file_bytes, file_pages;
static char* mapping;  // where mapped_first lies
static uint64_t mapped_first, mapped_pages;
static char* dummy;           // a page that is no part of FILE
static struct Part* parts;    // shared with a child: 2 * MAX_THREADS
static uint64_t (*times)[2];  // shared with a child; NULL without --time
static pthread_barrier_t barrier;

static _Noreturn void die(const char* what) {
  fprintf(stderr, "toucher: %s: %s\n", what, strerror(errno));
  exit(1);
}

static _Noreturn void usage(const char* what) {
  fprintf(stderr, "toucher: wrong use: %s\n", what);
  exit(2);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void* memory(size_t size, int sharing) {
  const int flags = sharing | MAP_ANONYMOUS | MAP_POPULATE;
  void* at = mmap(NULL, size == 0 ? 1 : size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (at == MAP_FAILED) die("no memory");
  return at;
}

// ---- which pages ----

static uint64_t random_number(void) {  // xorshift64 (Marsaglia 2003), the same sequence in each run
  static uint64_t state = 88172645463325252U;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

// Chooses `wanted` of `all` groups of `length` pages, ascending, each choice equally likely.
static void choose(struct List* list, uint64_t all, uint64_t wanted, uint64_t length) {
  for (uint64_t i = 0; i < all; ++i) {
    if (random_number() % (all - i) >= wanted) continue;
    --wanted;
    for (uint64_t j = 0; j < length; ++j) list->pages[list->count++] = i * length + j;
  }
}

static uint64_t argument_of(const char* pattern, const char* name) {
  const size_t length = strlen(name);
  if (strncmp(pattern, name, length) != 0 || pattern[length] != ':') return 0;
  char* end = NULL;
  const uint64_t value = strtoull(pattern + length + 1, &end, 10);
  return *end == '\0' ? value : 0;
}

static struct List make_list(const char* pattern) {
  struct List list = {.pages = memory(file_pages * sizeof(uint64_t), MAP_PRIVATE), .count = 0};
  const uint64_t every = argument_of(pattern, "every");
  const uint64_t percent = argument_of(pattern, "random");
  const uint64_t run = argument_of(pattern, "runs");
  if (strcmp(pattern, "seq") == 0)
    choose(&list, file_pages, file_pages, 1);
  else if (every != 0)
    for (uint64_t page = 0; page < file_pages; page += every) list.pages[list.count++] = page;
  else if (percent != 0 && percent <= 100)
    choose(&list, file_pages, file_pages * percent / 100, 1);
  else if (run != 0)
    choose(&list, file_pages / run, (file_pages / run + 9) / 10, run);
  else if (strcmp(pattern, "none") != 0)
    usage(pattern);
  return list;
}

static void shuffle(struct List* list) {
  for (size_t i = list->count; i > 1; --i) {
    const size_t j = random_number() % i;
    const uint64_t kept = list->pages[i - 1];
    list->pages[i - 1] = list->pages[j];
    list->pages[j] = kept;
  }
}

// How many pages are touched before halfway. --remap can touch only what is mapped: the pages of
// the first half of the file come first, and are otherwise in the order they had.
static size_t first_half(struct List* list) {
  if (options.halfway == NOTHING) return list->count;
  if (options.halfway != REMAP) return list->count / 2;
  uint64_t* const late = memory(list->count * sizeof(uint64_t), MAP_PRIVATE);
  size_t early_count = 0;
  size_t late_count = 0;
  for (size_t i = 0; i < list->count; ++i) {
    const uint64_t page = list->pages[i];
    if (page < file_pages / 2)
      list->pages[early_count++] = page;
    else
      late[late_count++] = page;
  }
  memcpy(list->pages + early_count, late, late_count * sizeof(uint64_t));
  munmap(late, list->count * sizeof(uint64_t));
  return early_count;
}

// ---- the mapping ----

static void advise(int advice, bool wanted) {
  if (wanted && madvise(mapping, mapped_pages * PAGE, advice) != 0) die("madvise");
}

// Address space that is free and aligned: taken and given back.
static void* aligned_place(size_t size) {
  char* const place = mmap(NULL, size + HUGE_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) die("no address space");
  munmap(place, size + HUGE_PAGE);
  return place + (HUGE_PAGE - (uintptr_t)place % HUGE_PAGE) % HUGE_PAGE;
}

static void map_pages(void* place, uint64_t first, uint64_t count) {
  const int protection = PROT_READ | (options.writable ? PROT_WRITE : 0);
  const int flags = (options.private_mapping ? MAP_PRIVATE : MAP_SHARED) |
                    (options.populate ? MAP_POPULATE : 0) | (place != NULL ? MAP_FIXED : 0);
  const uint64_t end_bytes = first + count == file_pages ? file_bytes : (first + count) * PAGE;
  void* const at = mmap(place, end_bytes - first * PAGE, protection, flags, file_descriptor,
                        (off_t)(first * PAGE));
  if (at == MAP_FAILED) die("mmap");
  mapping = at;
  mapped_first = first;
  mapped_pages = count;
  advise(MADV_RANDOM, options.random);
  advise(MADV_SEQUENTIAL, options.sequential);
  advise(MADV_WILLNEED, options.willneed);
}

static void map_file(void) {
  const uint64_t count = options.halfway == REMAP ? file_pages / 2 : file_pages;
  if (count == 0) usage("FILE has too few pages");
  map_pages(options.aligned ? aligned_place(count * PAGE) : NULL, 0, count);
}

static void map_second_half(void) {
  char* const place = mapping;
  if (munmap(mapping, mapped_pages * PAGE) != 0) die("munmap");
  map_pages(place, file_pages / 2, file_pages - file_pages / 2);
}

static void move_mapping(void) {
  const size_t size = mapped_pages * PAGE;
  void* const place = aligned_place(size);
  mapping = mremap(mapping, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place);
  if (mapping == MAP_FAILED) die("mremap");
}

static void leave_page_cache(void) {
  if (fsync(file_descriptor) != 0 && errno != EROFS) die("fsync");  // dirty pages would stay
  errno = posix_fadvise(file_descriptor, 0, 0, POSIX_FADV_DONTNEED);
  if (errno != 0) die("posix_fadvise");
}

// ---- the touching ----

static void be_busy(unsigned microseconds) {
  const uint64_t end = now_ns() + (uint64_t)microseconds * 1000U;
  while (now_ns() < end) {
  }
}

static void write_to_pipe(const int* ends, const char* byte) {
  char back;
  if (write(ends[1], byte, 1) != 1 || read(ends[0], &back, 1) != 1) die("write to a pipe");
}

static void touch_pages(struct Part* part, const char* base, uint64_t first, const int* ends) {
  volatile char sink;
  for (size_t i = 0; i < part->count; ++i) {
    const volatile char* const at = base + (part->pages[i] - first) * PAGE;
    if (part->times != NULL) part->times[i][0] = now_ns();
    if (options.kernel)
      write_to_pipe(ends, (const char*)at);
    else
      sink = *at;
    if (part->times != NULL) part->times[i][1] = now_ns();
    if (options.work_us != 0) be_busy(options.work_us);
  }
  (void)sink;
}

static void add_faults(struct Part* part, int sign) {
  struct rusage use;
  if (getrusage(RUSAGE_THREAD, &use) != 0) die("getrusage");
  part->minor += (uint64_t)sign * (uint64_t)use.ru_minflt;
  part->major += (uint64_t)sign * (uint64_t)use.ru_majflt;
}

// Goes the whole way once with a page that is not the file's: code, stack and pipe are in memory
// after. After a fork(2) nothing that is shared is in the child's page table, and what is private
// is write-protected; so each array is touched too.
static void warm_up(struct Part* part, const int* ends) {
  const uint64_t page = 0;
  uint64_t unused[1][2];
  struct Part trial = {.pages = &page, .count = 1, .times = part->times != NULL ? unused : NULL};
  add_faults(&trial, -1);
  trial.begin_ns = now_ns();
  touch_pages(&trial, dummy, 0, ends);
  const struct timespec moment = {.tv_nsec = 1};
  nanosleep(&moment, NULL);
  add_faults(&trial, 1);
  part->minor = part->major = part->begin_ns = part->end_ns = 0;
  volatile uint64_t sum = 0;
  for (size_t i = 0; i < part->count; ++i) {
    sum += part->pages[i];
    if (part->times != NULL) memset(part->times[i], 0, sizeof part->times[i]);
  }
}

static void* touch_part(void* argument) {
  struct Part* const part = argument;
  int ends[2] = {-1, -1};
  if (options.kernel && pipe(ends) != 0) die("pipe");
  warm_up(part, ends);
  pthread_barrier_wait(&barrier);
  add_faults(part, -1);
  part->begin_ns = now_ns();
  touch_pages(part, mapping, mapped_first, ends);
  part->end_ns = now_ns();
  add_faults(part, 1);
  if (options.kernel) {
    close(ends[0]);
    close(ends[1]);
  }
  return NULL;
}

// Touches list[from, to), by all threads. `mine` are the parts that this process fills in.
static void touch(const struct List* list, size_t from, size_t to, struct Part* mine, bool timed) {
  const size_t share = (to - from + options.threads - 1) / options.threads;
  pthread_t threads[MAX_THREADS];
  pthread_barrier_init(&barrier, NULL, options.threads);
  for (unsigned i = 0; i < options.threads; ++i) {
    const size_t begin = from + share * i < to ? from + share * i : to;
    const size_t end = begin + share < to ? begin + share : to;
    mine[i].pages = list->pages + begin;
    mine[i].count = end - begin;
    mine[i].times = timed && times != NULL ? times + begin : NULL;
    if (i == 0) continue;  // this thread's
    errno = pthread_create(&threads[i], NULL, touch_part, &mine[i]);
    if (errno != 0) die("pthread_create");
  }
  touch_part(&mine[0]);
  for (unsigned i = 1; i < options.threads; ++i) pthread_join(threads[i], NULL);
  pthread_barrier_destroy(&barrier);
}

static void add_use(struct Use* use, const struct Part* of, unsigned count) {
  uint64_t begin = UINT64_MAX;
  uint64_t end = 0;
  for (unsigned i = 0; i < count; ++i) {
    use->minor += of[i].minor;
    use->major += of[i].major;
    if (of[i].begin_ns < begin) begin = of[i].begin_ns;
    if (of[i].end_ns > end) end = of[i].end_ns;
  }
  use->wall_ns += end - begin;
}

// ---- the records ----

static void write_path(FILE* out, const char* path) {
  for (; *path != '\0'; ++path) {
    if (*path == '\n')
      fputs("\\n", out);
    else if (*path == '\\')
      fputs("\\\\", out);
    else
      putc(*path, out);
  }
}

static void write_truth(const struct List* list, const struct List* second) {
  if (options.truth == NULL) return;
  char path[PATH_MAX];
  if (realpath(options.file, path) == NULL) die("realpath");
  FILE* const out = fopen(options.truth, "w");
  if (out == NULL) die(options.truth);
  bool* const touched = memory(file_pages + 1, MAP_PRIVATE);  // the last one stays false
  for (size_t i = 0; i < list->count; ++i) touched[list->pages[i]] = true;
  for (size_t i = 0; second != NULL && i < second->count; ++i) touched[second->pages[i]] = true;
  fprintf(out, "bytepath-pages 1\npage-bytes %d\nfile %" PRIu64 " ", PAGE, file_bytes);
  write_path(out, path);
  putc('\n', out);
  for (uint64_t page = 0; page < file_pages; ++page) {
    const uint64_t first = page;
    while (touched[page]) ++page;
    if (page != first) fprintf(out, "%" PRIu64 " %" PRIu64 "\n", first, page - first);
  }
  munmap(touched, file_pages + 1);
  if (fclose(out) != 0) die(options.truth);
}

static void write_times(size_t from, size_t to) {
  if (options.time == NULL) return;
  const int fresh = options.rest == NULL ? O_TRUNC : 0;
  const int out = open(options.time, O_WRONLY | O_CREAT | fresh, 0644);
  if (out < 0) die(options.time);
  const size_t size = (to - from) * sizeof times[0];
  const off_t offset = (off_t)(from * sizeof times[0]);
  if (pwrite(out, times + from, size, offset) != (ssize_t)size) die(options.time);
  close(out);
}

// ---- the order of things ----

static void execute_self(char** arguments, const struct Use* use) {
  char so_far[96];
  snprintf(so_far, sizeof so_far, "%" PRIu64 " %" PRIu64 " %" PRIu64, use->minor, use->major,
           use->wall_ns);
  size_t count = 0;
  while (arguments[count] != NULL) ++count;
  char** const again = memory((count + 3) * sizeof(char*), MAP_PRIVATE);
  memcpy(again, arguments, count * sizeof(char*));
  again[count] = (char[]){"--rest"};
  again[count + 1] = so_far;
  execv("/proc/self/exe", again);
  die("exec");
}

static struct Use touch_with_child(const struct List* list, size_t half) {
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    touch(list, half, list->count, parts + options.threads, true);
    _exit(0);
  }
  touch(list, 0, half, parts, true);
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) die("the child failed");
  struct Use use = {0};
  add_use(&use, parts, 2 * options.threads);
  return use;
}

static struct Use touch_all(const struct List* list, size_t half, char** arguments) {
  struct Use use = {0};
  if (options.halfway == FORK) return touch_with_child(list, half);
  if (options.rest == NULL) {
    touch(list, 0, half, parts, true);
    add_use(&use, parts, options.threads);
  } else if (sscanf(options.rest, "%" SCNu64 " %" SCNu64 " %" SCNu64, &use.minor, &use.major,
                    &use.wall_ns) != 3) {
    usage("--rest");
  }
  if (options.halfway == NOTHING) return use;
  if (options.halfway == REMAP) map_second_half();
  if (options.halfway == MREMAP) move_mapping();
  if (options.halfway == EXEC && options.rest == NULL) {
    write_times(0, half);
    execute_self(arguments, &use);
  }
  touch(list, half, list->count, parts, true);
  add_use(&use, parts, options.threads);
  return use;
}

static void hold(const struct List* list) {
  struct List second = make_list(options.second);
  if (options.halfway == REMAP) {  // only the second half is mapped
    size_t kept = 0;
    for (size_t i = 0; i < second.count; ++i)
      if (second.pages[i] >= mapped_first) second.pages[kept++] = second.pages[i];
    second.count = kept;
  }
  puts("ready");
  fflush(stdout);
  for (char line[256]; fgets(line, sizeof line, stdin) != NULL;) {
    touch(&second, 0, second.count, parts, false);
    write_truth(list, &second);
    puts("ready");
    fflush(stdout);
  }
}

static int end(void) {
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  fflush(stdout);
  if (options.unmap && munmap(mapping, mapped_pages * PAGE) != 0) die("munmap");
  if (options.ending == CRASH) {
    char* const nothing = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *(volatile char*)nothing = 1;
  }
  if (options.ending == KILLED) kill(getpid(), SIGKILL);
  if (options.ending == EXIT_GROUP) syscall(SYS_exit_group, 0);
  return 0;
}

// ---- the options ----

struct Flag {
  const char* name;
  bool* flag;
};

static bool set_flag(const char* argument) {
  const struct Flag flags[] = {{"--private", &options.private_mapping},
                               {"--writable", &options.writable},
                               {"--aligned", &options.aligned},
                               {"--populate", &options.populate},
                               {"--willneed", &options.willneed},
                               {"--random", &options.random},
                               {"--sequential", &options.sequential},
                               {"--cold", &options.cold},
                               {"--shuffle", &options.shuffle},
                               {"--kernel", &options.kernel},
                               {"--unmap", &options.unmap},
                               {"--hold", &options.hold},
                               {"--print-rusage", &options.print_rusage}};
  for (size_t i = 0; i < sizeof flags / sizeof flags[0]; ++i) {
    if (strcmp(argument, flags[i].name) != 0) continue;
    *flags[i].flag = true;
    return true;
  }
  return strcmp(argument, "--shared") == 0;
}

static bool set_choice(const char* argument) {
  static const char* const halfways[] = {"", "--fork", "--remap", "--mremap", "--exec"};
  static const char* const endings[] = {"", "--exit-group", "--crash", "--killed"};
  for (unsigned i = FORK; i <= EXEC; ++i) {
    if (strcmp(argument, halfways[i]) != 0) continue;
    if (options.halfway != NOTHING) usage("only one thing can happen halfway");
    options.halfway = (enum Halfway)i;
    return true;
  }
  for (unsigned i = EXIT_GROUP; i <= KILLED; ++i) {
    if (strcmp(argument, endings[i]) != 0) continue;
    options.ending = (enum Ending)i;
    return true;
  }
  return false;
}

static unsigned number(const char* text) {
  char* rest = NULL;
  const unsigned long value = strtoul(text, &rest, 10);
  if (*text == '\0' || *rest != '\0' || value > UINT_MAX) usage(text);
  return (unsigned)value;
}

static bool set_value(const char* argument, const char* value) {
  if (strcmp(argument, "--threads") == 0)
    options.threads = number(value);
  else if (strcmp(argument, "--work") == 0)
    options.work_us = number(value);
  else if (strcmp(argument, "--time") == 0)
    options.time = value;
  else if (strcmp(argument, "--truth") == 0)
    options.truth = value;
  else if (strcmp(argument, "--second") == 0)
    options.second = value;
  else if (strcmp(argument, "--rest") == 0)
    options.rest = value;
  else
    return false;
  return true;
}

static void read_options(int count, char** arguments) {
  if (count < 3) usage("toucher FILE PATTERN [OPTION]...");
  options.file = arguments[1];
  options.pattern = arguments[2];
  for (int i = 3; i < count; ++i) {
    if (set_flag(arguments[i]) || set_choice(arguments[i])) continue;
    if (i + 1 == count || !set_value(arguments[i], arguments[i + 1])) usage(arguments[i]);
    ++i;
  }
  if (options.threads == 0 || options.threads > MAX_THREADS) usage("--threads");
  if (options.private_mapping && options.writable) usage("--writable is of a shared mapping");
}

static void open_file(void) {
  file_descriptor = open(options.file, (options.writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  struct stat status;
  if (file_descriptor < 0 || fstat(file_descriptor, &status) != 0) die(options.file);
  file_bytes = (uint64_t)status.st_size;
  file_pages = (file_bytes + PAGE - 1) / PAGE;
}

int main(int count, char** arguments) {
  read_options(count, arguments);
  open_file();
  dummy = memory(PAGE, MAP_PRIVATE);
  parts = memory(2 * MAX_THREADS * sizeof parts[0], MAP_SHARED);
  struct List list = make_list(options.pattern);
  if (options.shuffle) shuffle(&list);
  const size_t half = first_half(&list);
  if (options.time != NULL) times = memory(list.count * sizeof times[0], MAP_SHARED);
  if (options.cold && options.rest == NULL) leave_page_cache();
  map_file();
  const struct Use use = touch_all(&list, half, arguments);
  write_times(options.rest != NULL ? half : 0, list.count);
  write_truth(&list, NULL);
  if (options.print_rusage) {
    printf("faults %" PRIu64 " %" PRIu64 " wall_ns %" PRIu64 "\n", use.minor, use.major,
           use.wall_ns);
  }
  if (options.hold) hold(&list);
  return end();
}
