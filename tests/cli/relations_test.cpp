#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "support/child_process.h"
#include "support/probes.h"
#include "support/process.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// What two ways of asking the same host say must agree, whatever the host is.
namespace bytepath::test {
namespace {

using result::Document;
using result::Value;

constexpr const char* loader = "/lib64/ld-linux-x86-64.so.2";

Document cpu_document(std::vector<std::string> more) {
  more.insert(more.begin(), {probe_path("cpu-probe"), "--json", "-"});
  return document_of(run({.arguments = std::move(more)}));
}

Document copy_document(std::vector<std::string> more) {
  more.insert(more.begin(),
              {probe_path("memcpy-probe"), "--quick", "--budget", "5s", "--quiet", "--json", "-"});
  return document_of(run({.arguments = std::move(more)}));
}

const result::Table* table_of(const Document& document, const std::string& name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  return found == document.tables.end() ? nullptr : &*found;
}

std::vector<std::vector<Value>> rows_of(const Document& document, const std::string& name) {
  const auto* table = table_of(document, name);
  return table == nullptr ? std::vector<std::vector<Value>>{} : table->rows;
}

struct Window {
  Value first;
  Value last;
  Value exact;
};

std::optional<Window> memcpy_window(const Document& document) {
  const auto* table = table_of(document, "size_windows");
  if (table == nullptr) return std::nullopt;
  const auto column = [&](const char* name) {
    return static_cast<std::size_t>(std::ranges::find(table->columns, name, &result::Column::name) -
                                    table->columns.begin());
  };
  for (const auto& row : table->rows) {
    if (row.at(column("kernel")) != Value("memcpy")) continue;
    return Window{row.at(column("size_first")), row.at(column("size_last")),
                  row.at(column("exact"))};
  }
  return std::nullopt;
}

// "x86.cpu_features.NAME=0x840" of ld.so --list-diagnostics (glibc 2.33 and newer).
Value diagnostic(const std::string& text, const std::string& name) {
  const std::string prefix = "x86.cpu_features." + name + "=0x";
  for (const auto line : split(text, '\n')) {
    if (!line.starts_with(prefix)) continue;
    const auto number = parse_unsigned(line.substr(prefix.size()), 16);
    return number ? Value(static_cast<std::int64_t>(*number)) : Value{};
  }
  return {};
}

TEST(Relations, BothProbesJudgeTheInstructionAlike) {
  const auto micro = cpu_document({});
  if (micro.verdict.state != "affected" && micro.verdict.state != "not-affected") {
    GTEST_SKIP() << "cpu-probe's verdict here is " << micro.verdict.state;
  }
  const auto sweep = copy_document({"--kernels", "rep-movsb"});
  EXPECT_EQ(sweep.verdict.state, micro.verdict.state);
}

TEST(Relations, TheSizesThatAreSlowAreThoseOfTheThresholds) {
  const auto copies = copy_document({});
  // Elsewhere memcpy may be slow at some sizes too, yet not because of rep movsb.
  if (copies.verdict.state != "affected") GTEST_SKIP() << "rep movsb here: " << copies.verdict.text;
  const auto window = memcpy_window(copies);
  if (!window) GTEST_SKIP() << "memcpy is not slow at any size here: " << copies.verdict.text;
  if (window->exact != Value(true)) GTEST_SKIP() << "the borders were not found in 5 s";
  const auto cpu = cpu_document({"--no-measure"});
  EXPECT_EQ(window->first, parameter_of(cpu, "libc.rep_movsb_first"));
  EXPECT_EQ(window->last, parameter_of(cpu, "libc.rep_movsb_last"));
}

TEST(Relations, TheThresholdsAreThoseThatTheLoaderPrints) {
  const auto printed = run({.arguments = {loader, "--list-diagnostics"}});
  if (printed.status != 0) GTEST_SKIP() << "this C library has no --list-diagnostics";
  const auto cpu = cpu_document({"--no-measure"});
  for (const char* name : {"rep_movsb_threshold", "rep_movsb_stop_threshold", "rep_stosb_threshold",
                           "non_temporal_threshold"}) {
    const auto read = parameter_of(cpu, std::string("libc.") + name);
    if (std::holds_alternative<std::monostate>(read)) continue;  // this variant does not compare it
    EXPECT_EQ(read, diagnostic(printed.out, name)) << name;
  }
}

TEST(Relations, AProcessUnderATunableShowsIt) {
  const tests::ChildProcess child({"/bin/sh", "-c", "echo ready; read line"},
                                  {"GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=0x40000000"});
  ASSERT_TRUE(child.ready());
  const auto ours = cpu_document({"--no-measure"});
  const std::string name = "libc.rep_movsb_threshold";
  if (std::holds_alternative<std::monostate>(parameter_of(ours, name))) {
    GTEST_SKIP() << "this C library has no such threshold";
  }
  const auto theirs = cpu_document({"--no-measure", "--pid", std::to_string(child.pid())});
  EXPECT_EQ(parameter_of(theirs, name), Value(std::int64_t{0x40000000}));
  EXPECT_NE(parameter_of(ours, name), Value(std::int64_t{0x40000000}));
}

TEST(Relations, AReplayHasNoProcessorToDump) {
  const auto outcome = run({.arguments = {probe_path("cpu-probe"), "--replay", "run.json",
                                          "--dump-cpuid", "dump.cpuid"}});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, testing::HasSubstr("excludes"));
}

TEST(Relations, ADumpThatMayNotBeWrittenIsAFailure) {
  const auto outcome = run(
      {.arguments = {probe_path("cpu-probe"), "--no-measure", "--dump-cpuid", "/sys/dump.cpuid"}});
  EXPECT_EQ(outcome.status, 4) << outcome.err;
}

TEST(Relations, AFileThatIsNotThereIsAMistakeOfTheCommandLineForBoth) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"cpu-probe", "--root", "/nowhere"},
        {"cpu-probe", "--root", "/proc/version"},
        {"cpu-probe", "--cpuid-dump", "/nowhere"},
        {"memcpy-probe", "scan", "/nowhere"},
        {"memcpy-probe", "--against", "/nowhere"}}) {
    std::vector<std::string> words = arguments;
    words.front() = probe_path(words.front());
    const auto outcome = run({.arguments = std::move(words)});
    EXPECT_EQ(outcome.status, 2) << outcome.err;
    EXPECT_THAT(outcome.err, testing::HasSubstr("hint: "));
  }
}

TEST(Relations, ADumpOfThisHostIsDecodedAsThisHostIs) {
  const TemporaryFolder folder;
  const std::string path = folder.at("dump.cpuid");
  const auto live = cpu_document({"--no-measure", "--dump-cpuid", path});
  const auto dumped = cpu_document({"--cpuid-dump", path});
  EXPECT_NE(dumped.host.cpu.vendor, "");
  EXPECT_EQ(dumped.host.cpu.vendor, live.host.cpu.vendor);
  EXPECT_EQ(dumped.host.cpu.brand, live.host.cpu.brand);
  EXPECT_EQ(dumped.host.cpu.model, live.host.cpu.model);
  EXPECT_EQ(dumped.host.cpu.microarchitecture, live.host.cpu.microarchitecture);
  EXPECT_EQ(dumped.host.cpu.features, live.host.cpu.features);
  for (const char* name : {"caches", "tlbs", "contradictions"}) {
    EXPECT_EQ(rows_of(dumped, name), rows_of(live, name)) << name;
  }
}

std::string text_written_by(std::vector<std::string> arguments, const std::string& path) {
  arguments.insert(arguments.end(), {"--quiet", "-o", path});
  const auto outcome = run({.arguments = std::move(arguments)});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return read_file(path).value_or("");
}

void expect_same_text_replayed(const std::vector<std::string>& arguments) {
  const std::string& program = arguments.front();
  const TemporaryFolder folder;
  const std::string json = folder.at("run.json");
  auto measuring = arguments;
  measuring.insert(measuring.end(), {"--json", json});
  const auto before = text_written_by(measuring, folder.at("before.txt"));
  EXPECT_NE(before, "");
  EXPECT_EQ(before, text_written_by({program, "--replay", json}, folder.at("after.txt")));
}

TEST(Relations, AReplayIsTheSameText) {
  expect_same_text_replayed({probe_path("cpu-probe")});
  expect_same_text_replayed({probe_path("memcpy-probe"), "--quick"});
}

TEST(Relations, MemoryStaysBelow300Megabytes) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer's own memory counts too";
#else
  constexpr long most_kib = 300'000;
  const std::vector<std::vector<std::string>> runs = {
      {},
      {"--thorough", "--budget", "2s"},
      {"--kernels", "rep-movsb,memcpy", "--sizes", "64MiB", "--size", "64MiB", "--budget", "2s"}};
  for (auto arguments : runs) {
    arguments.insert(arguments.begin(), {probe_path("memcpy-probe"), "--quiet"});
    const auto outcome = run({.arguments = arguments});
    // 3: on a slow host the largest copies leave no time for a whole round.
    EXPECT_TRUE(outcome.status == 0 || outcome.status == 3) << outcome.status << outcome.err;
    EXPECT_LT(outcome.peak_rss_kib, most_kib) << arguments.back();
  }
#endif
}

}  // namespace
}  // namespace bytepath::test
