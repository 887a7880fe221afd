#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/text.h"
#include "support/temporary_folder.h"
#include "trace/fault_tracer.h"

// The real kernel traces a child whose faults are known.
namespace bytepath::trace {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t file_pages = 240;
constexpr std::size_t populated_pages = 40;  // by get_user_pages: in rusage, but no event
constexpr std::size_t read_pages = 24;       // by the kernel for read(2)
constexpr std::string_view refused = "refused: ";

class Counter : public FaultSink {
 public:
  void fault(const bytepath_fault& fault, const Mapping* mapping) override {
    ++faults;
    from_kernel += fault.from_kernel;
    if (fault.time_ns < last_time) ++out_of_order;
    last_time = fault.time_ns;
    handler_ns += fault.duration_ns;
    if (mapping == nullptr) {
      ++unknown;
      return;
    }
    const std::uint64_t offset = fault.address - mapping->start + mapping->file_offset;
    ++pages[mapping->path][offset / page];
    processes[mapping->path].insert(fault.process);
    threads[mapping->path].insert(fault.thread);
    files[mapping->path].insert(mapping->file);
  }
  // The order is that of one drain.
  void drain(FaultTracer& tracer, bool last) {
    last_time = 0;
    tracer.drain(*this, last);
  }
  void pages_added(const bytepath_pages_added&) override { ++others; }
  void call(const bytepath_call&, const Mapping*) override { ++others; }
  void mapping_changed(const MappingChange&) override { ++changes; }

  std::uint64_t faults = 0, from_kernel = 0, unknown = 0, others = 0, changes = 0;
  std::uint64_t out_of_order = 0, last_time = 0, handler_ns = 0;
  std::map<std::string, std::map<std::uint64_t, int>> pages;
  std::map<std::string, std::set<std::uint32_t>> processes, threads;
  std::map<std::string, std::set<FileId>> files;
};

// Writes to a private mapping fault each page by itself: no fault-around.
void write_every(const std::string& path, std::size_t first, std::size_t step) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  void* memory =
      ::mmap(nullptr, file_pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.get(), 0);
  if (memory == MAP_FAILED) ::_exit(3);
  for (std::size_t i = first; i < file_pages; i += step)
    static_cast<volatile char*>(memory)[i * page] = 'x';
}

void* anonymous(std::size_t pages, int flags) {
  void* memory = ::mmap(nullptr, pages * page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (memory == MAP_FAILED) ::_exit(4);
  return memory;
}

void fault_for_the_kernel() {
  anonymous(populated_pages, MAP_POPULATE);
  void* memory = anonymous(read_pages, 0);
  const Descriptor zero(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  if (::read(zero.get(), memory, read_pages * page) != read_pages * page) ::_exit(5);
}

std::uint64_t faults_until_now(pid_t process) {
  // proc(5): minflt is the 10th word and majflt the 12th; the 2nd may have spaces.
  const std::string text = read_file(fmt::format("/proc/{}/stat", process)).value_or("");
  const auto rest = words(std::string_view(text).substr(text.rfind(')') + 1));
  return rest.size() < 10 ? 0 : parse_unsigned(rest[7]).value() + parse_unsigned(rest[9]).value();
}

struct Traced {
  Counter seen;
  pid_t child = -1;
  int status = -1;
  std::uint64_t rusage_faults = 0;
  TracerLosses losses;
  std::vector<MissingPart> missing;
  std::string refusal;
};

// A child of two threads that stands still until its tracer is there.
void trace(Traced& traced, const std::function<void()>& work,
           const std::function<void()>& work_of_thread) {
  std::array<int, 2> go{};
  std::array<int, 2> ready{};
  if (::pipe2(go.data(), O_CLOEXEC) != 0 || ::pipe2(ready.data(), O_CLOEXEC) != 0) return;
  traced.child = ::fork();
  if (traced.child == 0) {
    ::close(go[1]);
    const auto stand = [&] {
      char byte = 'r';
      if (::write(ready[1], &byte, 1) != 1 || ::read(go[0], &byte, 1) < 0) ::_exit(2);
    };
    std::thread other([&] {
      stand();
      work_of_thread();
    });
    stand();
    work();
    other.join();
    ::_exit(0);
  }
  ::close(go[0]);
  ::close(ready[1]);
  std::array<char, 2> both{};
  for (char& each : both)
    if (::read(ready[0], &each, 1) != 1) break;
  auto tracer = trace_faults_by_perf({.process = traced.child, .ring_bytes = std::size_t{4} << 20});
  const std::uint64_t before = faults_until_now(traced.child);
  ::close(go[1]);
  rusage usage{};
  while (::wait4(traced.child, &traced.status, WNOHANG, &usage) == 0) {
    if (tracer) traced.seen.drain(**tracer, false);
    ::usleep(1000);
  }
  ::close(ready[0]);
  traced.rusage_faults = static_cast<std::uint64_t>(usage.ru_minflt + usage.ru_majflt) - before;
  if (!tracer) {
    traced.refusal = fmt::format("{}{} ({})", refused, tracer.error().message, tracer.error().hint);
    return;
  }
  traced.seen.drain(**tracer, true);
  traced.losses = (*tracer)->losses();
  traced.missing = (*tracer)->missing();
}

bool lacks(const Traced& traced, std::string_view what) {
  return std::ranges::any_of(traced.missing,
                             [&](const MissingPart& part) { return part.what.contains(what); });
}

std::string complaint_about_losses(const Traced& traced) {
  if (!traced.refusal.empty()) return traced.refusal;
  if (traced.status != 0) return fmt::format("the child ended with {:#x}", traced.status);
  if (traced.losses.any())
    return fmt::format("lost {} faults, {} mappings, {} unpaired", traced.losses.faults,
                       traced.losses.mappings, traced.losses.unpaired);
  if (traced.seen.unknown != 0) return fmt::format("{} without mapping", traced.seen.unknown);
  if (traced.seen.out_of_order != 0) return "not in the order of time";
  return "";
}

// Of the pages of a file that one thread wrote to. A fork of another thread at the same time may
// take a page away again before it was written to, which then faults twice.
std::string complaint_about_pages(const std::map<std::uint64_t, int>& seen, std::size_t first,
                                  std::size_t step, int most = 1) {
  std::set<std::uint64_t> expected;
  for (std::size_t i = first; i < file_pages; i += step) expected.insert(i);
  std::set<std::uint64_t> pages;
  for (const auto& [number, times] : seen) {
    pages.insert(number);
    if (times > most) return fmt::format("page {} faulted {} times", number, times);
  }
  return pages == expected ? "" : fmt::format("{} pages of {}", pages.size(), expected.size());
}

// Exact where the kernel's own accesses are traced; else there may be a few more of them than the
// test knows, such as writes to the rseq(2) area.
std::string complaint_about_counts(const Traced& traced) {
  constexpr std::uint64_t unknown_accesses = 8;
  const bool user_only = lacks(traced, "system calls that touch");
  const std::uint64_t untraced = populated_pages + (user_only ? read_pages : 0);
  const std::uint64_t slack = user_only ? unknown_accesses : 0;
  const Counter& seen = traced.seen;
  if (user_only ? seen.from_kernel != 0 : seen.from_kernel < read_pages)
    return fmt::format("{} of the kernel", seen.from_kernel);
  if (seen.faults + untraced > traced.rusage_faults ||
      seen.faults + untraced + slack < traced.rusage_faults)
    return fmt::format("{} traced, {} not, rusage {}", seen.faults, untraced, traced.rusage_faults);
  return "";
}

std::string complaint_about_known_faults(const std::string& folder) {
  const std::string a = folder + "/a";
  const std::string b = folder + "/b";
  for (const std::string& path : {a, b})
    if (!write_file(path, std::string(file_pages * page, 'w'))) return "no file";
  Traced traced;
  trace(
      traced,
      [&] {
        write_every(a, 0, 3);
        fault_for_the_kernel();
      },
      [&] { write_every(b, 1, 7); });
  std::string complaint = complaint_about_losses(traced);
  if (!complaint.empty()) return complaint;
  complaint = complaint_about_pages(traced.seen.pages[a], 0, 3) +
              complaint_about_pages(traced.seen.pages[b], 1, 7) + complaint_about_counts(traced);
  if (traced.seen.threads[a] == traced.seen.threads[b]) complaint += " threads are mixed up";
  if (traced.seen.files[a] == traced.seen.files[b]) complaint += " files are mixed up";
  if (traced.seen.handler_ns == 0) complaint += " no time";
  return complaint;
}

std::string complaint_about_programs(const std::string& folder) {
  const std::string a = folder + "/a";
  if (!write_file(a, std::string(file_pages * page, 'w'))) return "no file";
  const auto start = [](const char* script) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::execl("/bin/sh", "sh", "-c", script, nullptr);
      ::_exit(127);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    if (status != 0) ::_exit(1);
  };
  Traced traced;
  trace(
      traced, [&] { start("/bin/ls / | /bin/cat > /dev/null; /bin/true"); },
      [&] { write_every(a, 0, 1); });
  std::string complaint = complaint_about_losses(traced);
  if (!complaint.empty()) return complaint;
  complaint = complaint_about_pages(traced.seen.pages[a], 0, 1, 2);
  const auto of_libc = std::ranges::find_if(traced.seen.processes, [](const auto& each) {
    return each.first.find("/libc") != std::string::npos;
  });
  if (of_libc == traced.seen.processes.end() || of_libc->second.size() < 4)
    complaint += " the C library is not in four programs";
  return complaint;
}

// What `work` complains about, as nobody if we are root.
std::string as_ordinary_user(const std::function<std::string()>& work) {
  if (::geteuid() != 0) return work();
  constexpr uid_t nobody = 65534;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    std::string text = "cannot become nobody";
    // A change of the user makes a process undumpable, which an ordinary user's is not.
    if (::setgid(nobody) == 0 && ::setuid(nobody) == 0 && ::prctl(PR_SET_DUMPABLE, 1) == 0)
      text = work();
    ::_exit(write_all(ends[1], text, "pipe").has_value() ? 0 : 1);
  }
  ::close(ends[1]);
  const Descriptor reader(ends[0]);
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t count = 0; (count = ::read(reader.get(), piece.data(), piece.size())) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(count));
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0 ? text : "the child died: " + text;
}

class PerfFaultTracerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::chmod(folder_.path().c_str(), 0777), 0); }
  static void judge(const std::string& complaint) {
    if (complaint.starts_with(refused)) GTEST_SKIP() << complaint;
    EXPECT_EQ(complaint, "");
  }
  test::TemporaryFolder folder_;
};

TEST_F(PerfFaultTracerTest, SeesEachKnownFault) {
  judge(complaint_about_known_faults(folder_.path()));
}

TEST_F(PerfFaultTracerTest, SeesEachKnownFaultAsAnOrdinaryUser) {
  judge(as_ordinary_user([&] { return complaint_about_known_faults(folder_.path()); }));
}

TEST_F(PerfFaultTracerTest, KnowsTheMappingOfEachFaultOfPrograms) {
  judge(complaint_about_programs(folder_.path()));
}

TEST_F(PerfFaultTracerTest, KnowsTheMappingOfEachFaultOfProgramsAsAnOrdinaryUser) {
  judge(as_ordinary_user([&] { return complaint_about_programs(folder_.path()); }));
}

TEST_F(PerfFaultTracerTest, CountsWhatFoundNoRoom) {
  auto tracer = trace_faults_by_perf({.process = ::getpid(), .ring_bytes = 1});
  if (!tracer) GTEST_SKIP() << tracer.error().message << " (" << tracer.error().hint << ")";
  EXPECT_STREQ((*tracer)->name(), "perf");
  EXPECT_FALSE((*tracer)->classifies());
  constexpr std::size_t many = 2000;
  auto* memory = static_cast<volatile char*>(anonymous(many, 0));
  ASSERT_EQ(::madvise(const_cast<char*>(memory), many * page, MADV_NOHUGEPAGE), 0);
  for (std::size_t i = 0; i < many; ++i) memory[i * page] = 1;
  Counter seen;
  (*tracer)->drain(seen, true);
  // Each fault is two records, and a page of them was there.
  EXPECT_GE(seen.faults + (*tracer)->losses().faults, many);
  EXPECT_GT((*tracer)->losses().faults, many);
  ::munmap(const_cast<char*>(memory), many * page);
}

TEST_F(PerfFaultTracerTest, CountsAnAccessThatIsRefused) {
  Traced traced;
  trace(
      traced,
      [] {
        constexpr rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::signal(SIGSEGV, SIG_DFL);
        void* memory = ::mmap(nullptr, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        *static_cast<volatile char*>(memory) = 1;
      },
      [] {});
  if (!traced.refusal.empty()) GTEST_SKIP() << traced.refusal;
  ASSERT_TRUE(WIFSIGNALED(traced.status)) << traced.status;
  EXPECT_EQ(traced.losses.unresolved, 1U);
  EXPECT_FALSE(traced.losses.any());
}

TEST_F(PerfFaultTracerTest, SaysWhatItLacksOfWhatWasAskedFor) {
  Traced wanted;
  for (const bool asked : {true, false}) {
    auto tracer =
        trace_faults_by_perf({.process = ::getpid(), .calls = asked, .page_cache = asked});
    if (!tracer) GTEST_SKIP() << tracer.error().message << " (" << tracer.error().hint << ")";
    wanted.missing = (*tracer)->missing();
    EXPECT_TRUE(lacks(wanted, "FUSE requests"));
    EXPECT_EQ(lacks(wanted, "mmap, madvise"), asked);
    EXPECT_EQ(lacks(wanted, "into the page cache"), asked);
    for (const auto& part : wanted.missing) EXPECT_NE(part.remedy, "");
  }
}

TEST_F(PerfFaultTracerTest, SaysThatThereIsNoSuchProcess) {
  const pid_t gone = ::fork();
  if (gone == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  const auto tracer = trace_faults_by_perf({.process = gone});
  ASSERT_FALSE(tracer);
  EXPECT_EQ(tracer.error().message, fmt::format("there is no process {}", gone));
}

}  // namespace
}  // namespace bytepath::trace
