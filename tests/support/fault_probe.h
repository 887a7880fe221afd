#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/probes.h"
#include "support/process.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// The built fault-probe as its user runs it, on weights that a program touches in a known way
// (support/toucher.c).
namespace bytepath::test {

constexpr uid_t nobody = 65534;

// A folder that every user may work in, with a file whose share of the page cache the test governs.
class Workplace {
 public:
  static constexpr std::uint64_t page_bytes = 4096;

  explicit Workplace(std::uint64_t pages = 2048) : pages_(pages) {
    ::chmod(folder_.path().c_str(), 0777);
    write_in_pages("weights", std::string(bytes(), 'w'));
  }

  std::string at(const std::string& name) const { return folder_.at(name); }
  std::string read(const std::string& name) const { return folder_.read(name); }
  std::string write(const std::string& name, std::string_view content) const {
    return folder_.write(name, content);
  }
  std::string weights() const { return at("weights"); }
  std::uint64_t bytes() const { return pages_ * page_bytes; }
  std::uint64_t pages() const { return pages_; }

  // A page at a time: the page cache then holds it in single pages.
  std::string write_in_pages(const std::string& name, std::string_view content) const {
    const int file = ::open(at(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ssize_t count = 1;
    for (; !content.empty() && count > 0; content.remove_prefix(static_cast<std::size_t>(count)))
      count = ::write(file, content.data(), std::min<std::size_t>(content.size(), page_bytes));
    EXPECT_TRUE(count > 0 && ::fsync(file) == 0) << "cannot write " << at(name);
    ::close(file);
    return at(name);
  }

  // False: it stays, as on a tmpfs.
  bool make_cold() const {
    const int file = ::open(weights().c_str(), O_RDONLY | O_CLOEXEC);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
    return cached_pages() == 0;
  }

  // Read from one end to the other: with the readahead's large folios where it was cold.
  void read_through() const {
    const int file = ::open(weights().c_str(), O_RDONLY | O_CLOEXEC);
    std::vector<char> piece(std::size_t{1} << 20);
    while (::read(file, piece.data(), piece.size()) > 0) {
    }
    ::close(file);
  }

  std::uint64_t cached_pages() const {
    const int file = ::open(weights().c_str(), O_RDONLY | O_CLOEXEC);
    void* const base = ::mmap(nullptr, bytes(), PROT_READ, MAP_SHARED, file, 0);
    std::vector<unsigned char> there(pages_);
    ::mincore(base, bytes(), there.data());
    ::munmap(base, bytes());
    ::close(file);
    return static_cast<std::uint64_t>(
        std::ranges::count_if(there, [](unsigned char page) { return (page & 1U) != 0; }));
  }

  // A copy that other users may run, wherever it was built.
  std::string copy_of(const std::string& program) const {
    const auto copy = at(base_name(program));
    if (!std::filesystem::exists(copy)) {
      std::filesystem::copy_file(program, copy);
      ::chmod(copy.c_str(), 0755);
    }
    return copy;
  }

 private:
  std::uint64_t pages_;
  TemporaryFolder folder_;
};

inline Outcome fault_probe(std::vector<std::string> arguments, Command command = {}) {
  arguments.insert(arguments.begin(), probe_path("fault-probe"));
  command.arguments = std::move(arguments);
  return run(command);
}

// {"toucher", file, "seq", ...} as the command of a run.
inline std::vector<std::string> with_toucher(std::vector<std::string> arguments,
                                             const std::string& file,
                                             const std::vector<std::string>& how) {
  arguments.insert(arguments.end(), {"--", BYTEPATH_TOUCHER, file});
  arguments.insert(arguments.end(), how.begin(), how.end());
  return arguments;
}

// The toucher with a file in the page cache, and how fault-probe is called on it.
class Weights : public testing::Test {
 protected:
  std::vector<std::string> with_command(std::vector<std::string> options,
                                        const std::vector<std::string>& command) const {
    options.insert(options.begin() + 1, {"-m", place_.weights(), "--grid", "1MiB", "-q"});
    options.emplace_back("--");
    options.insert(options.end(), command.begin(), command.end());
    return options;
  }
  std::vector<std::string> with_touching(std::vector<std::string> options,
                                         std::vector<std::string> how = {"seq"}) const {
    how.insert(how.begin(), {BYTEPATH_TOUCHER, place_.weights()});
    return with_command(std::move(options), how);
  }

  const Workplace place_{512};
};

// ---- parts of the report ----

inline const result::Table* find_table(const result::Document& document, const std::string& name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  return found == document.tables.end() ? nullptr : &*found;
}

// The cell of a column in the row whose first column is `row`.
inline result::Value cell_of(const result::Document& document, const std::string& table,
                             const result::Value& row, const std::string& column) {
  const auto* found = find_table(document, table);
  if (found == nullptr) {
    ADD_FAILURE() << "no table " << table;
    return {};
  }
  const auto at = std::ranges::find(found->columns, column, &result::Column::name);
  for (const auto& cells : found->rows) {
    if (at != found->columns.end() && !cells.empty() && cells.front() == row)
      return cells[static_cast<std::size_t>(at - found->columns.begin())];
  }
  ADD_FAILURE() << "no such row or no column " << column << " in table " << table;
  return {};
}

inline double number_of(const result::Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  ADD_FAILURE() << "not a number";
  return -1;
}

inline double metric_of(const result::Document& document, const std::string& name) {
  const auto found = std::ranges::find(document.metrics, name, &result::Metric::name);
  if (found != document.metrics.end()) return found->median;
  ADD_FAILURE() << "no metric " << name;
  return -1;
}

inline const result::Finding* find_finding(const result::Document& document,
                                           const std::string& id) {
  const auto found = std::ranges::find(document.findings, id, &result::Finding::id);
  return found == document.findings.end() ? nullptr : &*found;
}

// Of a run whose exit status is not 0 though it has a report.
inline result::Document report_of(const Outcome& outcome, int status) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  auto document = result::from_json(outcome.out, "standard output");
  EXPECT_TRUE(document.has_value()) << outcome.out.substr(0, 400) << outcome.err;
  return document ? *std::move(document) : result::Document{};
}

// One line that names what went wrong, and at most a second one with the way out.
inline void expect_error(const std::string& err, const std::vector<std::string>& named) {
  EXPECT_TRUE(err.starts_with("fault-probe: ")) << err;
  const auto end = err.find('\n');
  for (const auto& word : named) EXPECT_NE(err.substr(0, end).find(word), std::string::npos) << err;
  EXPECT_LE(std::ranges::count(err, '\n'), 2) << err;
}

inline void expect_error_and_hint(const std::string& err, const std::vector<std::string>& named) {
  expect_error(err, named);
  EXPECT_TRUE(err.substr(err.find('\n') + 1).starts_with("hint: ")) << err;
}

// Nothing was measured or run.
inline void expect_refused(const Outcome& outcome, int status,
                           const std::vector<std::string>& named) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  expect_error(outcome.err, named);
}

inline void expect_refused_with_hint(const std::vector<std::string>& arguments, int status,
                                     const std::vector<std::string>& named) {
  SCOPED_TRACE(testing::PrintToString(arguments));
  const auto outcome = fault_probe(arguments);
  expect_refused(outcome, status, named);
  expect_error_and_hint(outcome.err, named);
}

// Without BPF a run has no causes, and attach no pages.
inline bool traces_by_bpf() {
  static const bool can =
      fault_probe({"run", "--backend", "bpf", "-q", "--json", "/dev/null", "--", "/bin/true"})
          .status == 0;
  return can;
}

}  // namespace bytepath::test

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define BYTEPATH_SKIP_WITHOUT_BPF() \
  if (!traces_by_bpf()) GTEST_SKIP() << "needs faults by BPF, which this user or kernel has not"
