#include "faults/self_test.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.h"
#include "base/units.h"
#include "faults/document_parts.h"
#include "faults/policy_executor.h"
#include "faults/toucher_run.h"
#include "host/cgroup_limits.h"
#include "host/damon.h"
#include "pages/page_cache.h"
#include "trace/page_table_walk.h"

namespace bytepath::faults {
namespace {

using intercept::Policy;
using pages::page_bytes;

constexpr std::uint64_t file_pages = 4096;  // 16 MiB: some tenths of a second in all
// Faults that the kernel makes for itself: execve(2) copies arguments through get_user_pages.
constexpr std::uint64_t most_kernel_faults = 64;

// A file that goes when this does.
class TestFile {
 public:
  static Result<TestFile> create(const std::string& directory) {
    std::string path = directory + "/bytepath-selftest.XXXXXX";
    const Descriptor file(mkostemp(path.data(), O_CLOEXEC));
    if (!file) {
      return fail(ErrorKind::usage,
                  fmt::format("cannot make a file in {}: {}", directory, std::strerror(errno)),
                  "give a folder with --directory");
    }
    TestFile made(path);
    // Page by page, so that the page cache begins with the smallest folios.
    const std::string page(page_bytes, 's');
    for (std::uint64_t i = 0; i < file_pages; ++i) {
      if (auto written = write_all(file.get(), page, path); !written) {
        return std::unexpected(written.error());
      }
    }
    if (fsync(file.get()) != 0) return fail_errno(errno, "cannot write {}", path);
    return made;
  }
  TestFile(TestFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TestFile& operator=(TestFile&&) = delete;
  ~TestFile() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }

 private:
  explicit TestFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

class SelfTest {
 public:
  SelfTest(const std::string& file, Toucher toucher) : file_(file), toucher_(std::move(toucher)) {}

  result::Document run(const Progress& progress) {
    auto next = [&, done = std::size_t{0}](const char* what) mutable {
      constexpr std::size_t steps = 5;
      const bool going = progress(done++, steps, what);
      document_.complete = document_.complete && going;
      return going;
    };
    document_.parameters["mode"] = std::string("selftest");
    if (next("exact pages")) check_exactness();
    if (next("events")) check_events(Backend::bpf, "bpf");
    if (next("events")) check_events(Backend::perf, "perf");
    if (next("host stall")) measure_stall();
    if (next("page cache")) look_at_page_cache();
    check_walker();
    document_.parameters["failed_checks"] = failed_;
    document_.tables.push_back(std::move(checks_));
    return std::move(document_);
  }

 private:
  void add(const std::string& check, const char* state, std::string evidence) {
    checks_.rows.push_back({check, std::string(state), std::move(evidence)});
    if (std::string_view(state) == "failed") ++failed_;
  }
  void refused(const std::string& check, const Error& error) {
    add(check, "n/a", error.message);
    document_.not_measured.push_back(
        {.what = check, .reason = error.message, .remedy = error.hint});
  }

  Result<> prepare(bool cold) {
    const auto reading =
        cold ? pages::drop_from_cache(file_) : pages::read_into_cache(file_, no_progress);
    if (!reading) return std::unexpected(reading.error());
    return check_cache(file_, file_pages, reading->state.cached,
                       cold ? CacheBefore::cold : CacheBefore::warm);
  }

  void check_exactness() {
    for (const bool cold : {true, false}) {
      for (const std::uint64_t stride : {1U, 3U, 20U}) {
        const std::string check =
            fmt::format("exact pages, every {}, {}", stride, cold ? "cold" : "warm");
        if (auto ready = prepare(cold); !ready) {
          refused(check, ready.error());
          continue;
        }
        const auto run = toucher_.run(stride, false, Policy::exact, std::nullopt);
        if (!run) return refused("exact pages", run.error());
        if (!run->flaws.empty()) return add("exact pages", "n/a", run->flaws.front().why);
        std::uint64_t right = 0;
        for (std::uint64_t page = 0; page < file_pages; page += stride) {
          right += run->pages.contains(page) ? 1 : 0;
        }
        const bool exact = right == run->answer.touches && run->pages.count() == right;
        add(check, exact ? "ok" : "failed",
            fmt::format("{} pages found of {} touched, {} of them right", run->pages.count(),
                        run->answer.touches, right));
      }
    }
  }

  void check_events(Backend backend, const std::string& backend_name) {
    const std::string check = "events, " + backend_name;
    if (auto ready = prepare(false); !ready) return refused(check, ready.error());
    const auto run = toucher_.run(1, false, Policy::exact, backend);
    if (!run) return refused(check, run.error());
    const std::uint64_t counted = run->outcome.minor_faults + run->outcome.major_faults;
    const bool right = run->losses.faults == 0 && run->file_faults >= run->answer.touches &&
                       run->traced_faults <= counted &&
                       counted - run->traced_faults <= most_kernel_faults;
    add(check, right ? "ok" : "failed",
        fmt::format("{} faults traced of {} that getrusage counts, {} in the file, {} lost",
                    run->traced_faults, counted, run->file_faults, run->losses.faults));
    if (run->file_faults < run->answer.touches) return;  // then the median touch is no fault
    const double gap = static_cast<double>(run->answer.first_ns) - run->file_median_ns -
                       static_cast<double>(run->answer.second_ns);
    add("fixed cost, " + backend_name, "note",
        fmt::format("{} of a fault are outside the kernel's handler: the exception and the tracer",
                    format_duration(gap)));
    document_.metrics.push_back(single_metric("fault_fixed_cost", {{"backend", backend_name}}, gap,
                                              "ns", result::Better::none));
  }

  // Touches without a fault: what is slow about the first of them is not the guest kernel.
  void measure_stall() {
    if (auto dropped = prepare(true); !dropped) return refused("host stall", dropped.error());
    if (auto ready = prepare(false); !ready) return refused("host stall", ready.error());
    const auto run = toucher_.run(1, true, Policy::as_is, std::nullopt);
    if (!run) return refused("host stall", run.error());
    const auto first = static_cast<double>(run->answer.first_ns);
    const auto second = static_cast<double>(run->answer.second_ns);
    add("host stall", "note",
        fmt::format("first touch of a mapped page {}, second {}", format_duration(first),
                    format_duration(second)));
    document_.metrics.push_back(
        single_metric("host_stall_per_page", {}, first - second, "ns", result::Better::none));
  }

  void look_at_page_cache() {
    const host::CgroupLimits limits = host::read_cgroup_limits(Root{});
    if (limits.memory_bytes) {
      add("page cache limit", "note",
          fmt::format("{}: {}", limits.memory_file, format_size(*limits.memory_bytes)));
    }
    for (const auto& scheme : host::find_damon_schemes(Root{})) {
      if (!scheme.evicts()) continue;
      add("page cache evictor", "note",
          fmt::format("kdamond {} runs a {} scheme over {}: idle pages do not stay cached",
                      scheme.daemon, scheme.action, scheme.operations));
    }
    const auto sizes = pages::folio_sizes(file_);
    if (!sizes) return refused("folio sizes", sizes.error());
    std::vector<std::string> texts;
    for (const auto& size : *sizes) {
      texts.push_back(fmt::format("{} pages in folios of {}", size.pages, format_size(size.bytes)));
    }
    add("folio sizes", "note", fmt::format("read from the beginning: {}", fmt::join(texts, ", ")));
  }

  void check_walker() {
    const auto walker = trace::PageTableWalker::open();
    if (!walker) return refused("accessed bits", walker.error());
    add("accessed bits", "ok", "the page table can be walked");
  }

  std::string file_;
  Toucher toucher_;
  std::int64_t failed_ = 0;
  result::Document document_;
  result::Table checks_{.name = "checks",
                        .title = "Checks on this host",
                        .columns = {{"check", ""}, {"state", ""}, {"evidence", ""}}};
};

// Set and empty is as good as not set: else the file would be made in the root folder.
std::string temporary_folder() {
  const char* set = std::getenv("TMPDIR");
  return set == nullptr || *set == '\0' ? "/tmp" : set;
}

}  // namespace

Result<result::Document> self_test(const std::string& directory, const Progress& progress) {
  BYTEPATH_TRY(file, TestFile::create(directory.empty() ? temporary_folder() : directory));
  BYTEPATH_TRY(toucher, Toucher::create(file.path()));
  return SelfTest(file.path(), std::move(toucher)).run(progress);
}

}  // namespace bytepath::faults
