#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "disk_file.h"
#include "pages/page_cache.h"
#include "pages/page_file.h"
#include "pages/process_pages.h"
#include "support/child_process.h"

// tests/support/toucher.c is what the tests of fault-probe take for the truth: is it?
namespace bytepath::pages {
namespace {

constexpr std::uint64_t file_pages = 1000;
constexpr std::uint64_t file_size = file_pages * page_bytes - 1;

class Toucher : public testing::Test {
 protected:
  void SetUp() override {
    if (!folder_.unfit().empty()) GTEST_SKIP() << folder_.unfit();
    path_ = folder_.file("the model", file_size);
    truth_ = path_ + ".truth";
    times_ = path_ + ".times";
  }

  // What it prints, up to its end.
  std::string run(const std::string& pattern, std::vector<std::string> options) const {
    std::vector<std::string> arguments = {BYTEPATH_TOUCHER, path_, pattern, "--truth", truth_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    tests::ChildProcess child(arguments, {});
    return "f" + child.output();  // the first byte was taken as the sign that it runs
  }

  PageSet truth() const {
    const auto text = read_file(truth_);
    EXPECT_TRUE(text) << text.error().message;
    auto files = from_text(text.value_or(""), truth_);
    EXPECT_TRUE(files) << files.error().message;
    if (!files || files->size() != 1) return {};
    EXPECT_EQ(files->front().path, std::filesystem::canonical(path_));
    EXPECT_EQ(files->front().bytes, file_size);
    return files->front().pages;
  }

  test::DiskFolder folder_;
  std::string path_;
  std::string truth_;
  std::string times_;
};

PageSet every(std::uint64_t step) {
  PageSet set(file_pages);
  for (std::uint64_t page = 0; page < file_pages; page += step) set.insert(page);
  return set;
}

TEST_F(Toucher, TouchesThePatternsOfItsManual) {
  run("seq", {"--print-rusage"});
  EXPECT_EQ(truth().runs(), (std::vector<PageRun>{{0, file_pages}}));
  run("none", {"--print-rusage"});
  EXPECT_EQ(truth().count(), 0U);
  run("every:7", {"--print-rusage"});
  EXPECT_EQ(truth().runs(), every(7).runs());
  run("random:10", {"--print-rusage"});
  const auto chosen = truth().runs();
  EXPECT_EQ(truth().count(), 100U);
  EXPECT_GT(chosen.size(), 60U);
  run("random:10", {"--print-rusage", "--shuffle"});
  EXPECT_EQ(truth().runs(), chosen);  // the same ones in each run
  run("runs:16", {"--print-rusage"});
  EXPECT_EQ(truth().count(), 112U);  // 7 of 62
  for (const PageRun& one : truth().runs()) EXPECT_EQ(one.first % 16 + one.count % 16, 0U);
}

TEST_F(Toucher, SaysTheSameTruthWhateverTheWay) {
  const std::vector<std::vector<std::string>> ways = {{"--fork"},
                                                      {"--remap"},
                                                      {"--mremap"},
                                                      {"--exec"},
                                                      {"--unmap"},
                                                      {"--kernel"},
                                                      {"--threads", "3"},
                                                      {"--fork", "--threads", "2", "--shuffle"},
                                                      {"--remap", "--shuffle"}};
  for (auto way : ways) {
    std::filesystem::remove(truth_);
    std::filesystem::remove(times_);
    way.insert(way.end(), {"--print-rusage", "--time", times_});
    const std::string out = run("every:3", way);
    EXPECT_EQ(truth().runs(), every(3).runs()) << way[0];
    EXPECT_TRUE(out.starts_with("faults ")) << way[0] << ": " << out;
    // A begin and an end for each touch, all of them filled in.
    const std::string times = read_file(times_).value_or("");
    EXPECT_EQ(times.size(), 334U * 16) << way[0];
    for (std::size_t at = 0; at + 8 <= times.size(); at += 8) {
      std::uint64_t nanoseconds = 0;
      std::memcpy(&nanoseconds, times.data() + at, 8);
      ASSERT_NE(nanoseconds, 0U) << way[0] << " at " << at;
    }
  }
}

// What of the file a process has mapped.
PageSet mapped_pages(pid_t process, const std::string& path) {
  const auto table = PageTable::open(process);
  const auto uses = mapping_use(process);
  EXPECT_TRUE(table && uses);
  PageSet mapped(file_pages);
  for (const MappingUse& use : *uses) {
    if (use.path != path) continue;
    const std::uint64_t offset = use.file_offset / page_bytes;
    EXPECT_TRUE(table->mapped(use.start, use.end, [&](std::uint64_t first, std::uint64_t count) {
      mapped.insert(offset + first, count);
    }));
  }
  return mapped;
}

// One page a fault, and no page that the truth does not have: cold and without readahead. Page by
// page, so that a page which is counted but not touched is noticed.
TEST_F(Toucher, TouchesWhatItSays) {
  const std::string path = std::filesystem::canonical(path_);
  const auto agrees = [&](const std::string& pattern, const std::string& way) {
    tests::ChildProcess child(
        {BYTEPATH_TOUCHER, path_, pattern, way, "--truth", truth_, "--cold", "--random", "--hold"},
        {});
    EXPECT_TRUE(child.ready());
    PageSet expected = truth();
    if (way == "--remap") {  // the first half is mapped no more
      const PageSet all = truth();
      expected = PageSet(all.size());
      for (std::uint64_t page = file_pages / 2; page < file_pages; ++page)
        if (all.contains(page)) expected.insert(page);
    }
    return mapped_pages(child.pid(), path).runs() == expected.runs();
  };
  for (const std::string pattern : {"seq", "every:7", "random:10", "runs:16"}) {
    for (const std::string way : {"--shared", "--private", "--remap", "--mremap", "--shuffle"})
      EXPECT_TRUE(test::once_of_five([&] { return agrees(pattern, way); })) << pattern << way;
  }
}

TEST_F(Toucher, CountsItsFaultsAndNoOthers) {
  const std::vector<std::vector<std::string>> ways = {{},         {"--fork"},   {"--remap"},
                                                      {"--exec"}, {"--kernel"}, {"--threads", "3"}};
  for (const auto& way : ways) {
    EXPECT_TRUE(test::once_of_five([&] {
      std::vector<std::string> options = {"--cold", "--random", "--print-rusage"};
      options.insert(options.end(), way.begin(), way.end());
      std::uint64_t minor = 0;
      std::uint64_t major = 0;
      const std::string out = run("every:7", options);
      EXPECT_EQ(std::sscanf(out.c_str(), "faults %lu %lu", &minor, &major), 2) << out;
      return minor + major == truth().count();
    })) << (way.empty() ? "" : way[0]);
  }
}

TEST_F(Toucher, EndsAsItIsTold) {
  const auto status = [&](const std::string& options) {
    const std::string command = fmt::format("exec 2>/dev/null; {} '{}' every:9 --truth '{}' {}",
                                            BYTEPATH_TOUCHER, path_, truth_, options);
    return std::system(command.c_str());
  };
  EXPECT_EQ(status(""), 0);
  EXPECT_EQ(status("--exit-group"), 0);
  EXPECT_EQ(WEXITSTATUS(status("; exit 7")), 7);
  for (const std::string ending : {"--crash", "--killed"}) {
    std::filesystem::remove(truth_);
    const int signal = ending == "--crash" ? SIGSEGV : SIGKILL;
    EXPECT_EQ(WEXITSTATUS(status(ending + "; exit $?")), 128 + signal);
    EXPECT_EQ(truth().runs(), every(9).runs()) << "the truth is written before the end";
  }
  EXPECT_EQ(WEXITSTATUS(status("--fork --exec")), 2);
  EXPECT_EQ(WEXITSTATUS(status("--nonsense")), 2);
}

TEST_F(Toucher, HoldsBetweenTwoSets) {
  const std::string command =
      fmt::format("printf '\\n\\n' | {} '{}' every:9 --second every:4 --hold --truth '{}'",
                  BYTEPATH_TOUCHER, path_, truth_);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 100> out{};
  EXPECT_EQ(std::fread(out.data(), 1, out.size(), pipe.get()), 18U);
  EXPECT_STREQ(out.data(), "ready\nready\nready\n");
  PageSet both = every(9);
  both.insert(every(4));
  EXPECT_EQ(truth().runs(), both.runs());
}

}  // namespace
}  // namespace bytepath::pages
