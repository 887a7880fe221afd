#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mounts/trace_file.h"
#include "support/chunk_probe.h"
#include "support/mount_traces.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// The built chunk-probe with recorded starts, as its user runs it.
namespace bytepath::test {
namespace {

using testing::HasSubstr;

std::vector<std::string> with_whatif(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"whatif", "--runs", "20"});
  return arguments;
}

Outcome what_if(std::vector<std::string> arguments) {
  return chunk_probe(with_whatif(std::move(arguments)));
}

void expect_no_whatif(std::vector<std::string> arguments, const std::string& named) {
  expect_refused(with_whatif(std::move(arguments)), named);
}

std::string start_in(const TemporaryFolder& folder) {
  return folder.write("start", mounts::to_bytes(erofs_on_fuse()));
}

const result::Table& table_of(const result::Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  EXPECT_NE(found, document.tables.end()) << name;
  return *found;
}

TEST(ChunkProbeWhatIf, ShowsAStartOnAllGrids) {
  const TemporaryFolder folder;
  const auto outcome = what_if({"--json", "-", start_in(folder)});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto document = document_of(outcome);
  EXPECT_EQ(table_of(document, "chunks").rows.size(), 13U) << "11 sizes, files and mounts";
  EXPECT_EQ(document.verdict.state, "measured");
  EXPECT_EQ(document.findings.at(0).id, "chunks.chunk-size");
}

TEST(ChunkProbeWhatIf, EndsWithOneWhereADeadNodeIsNotForgiven) {
  const TemporaryFolder folder;
  const auto start = start_in(folder);
  const std::vector<std::string> one_dead = {"--dead", "1", "--fail-on", "chunks.dead-node", start};
  const auto plain = what_if(one_dead);
  EXPECT_EQ(plain.status, 1) << plain.err;
  EXPECT_THAT(plain.out, HasSubstr("with 1 of 20 nodes dead"));
  auto coded = one_dead;
  coded.insert(coded.begin(), {"--ec", "4/5"});
  EXPECT_EQ(what_if(coded).status, 0);
}

TEST(ChunkProbeWhatIf, CountsRangesOfUnknownFiles) {
  const TemporaryFolder folder;
  const auto list = folder.write("list", "/image 0 65536\n/gone 0 4096\n");
  const auto outcome = what_if({"--prefetch", list, "--chunk", "512K", start_in(folder)});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("1 of the 2 ranges"));
}

TEST(ChunkProbeWhatIf, ReadsWhatIsLeftOfADamagedTrace) {
  const TemporaryFolder folder;
  auto bytes = mounts::to_bytes(erofs_on_fuse());
  const auto cut = folder.write("cut", bytes.substr(0, bytes.size() - 40));
  const auto outcome = what_if({cut});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("chunks.incomplete-trace"));
  EXPECT_THAT(outcome.out, HasSubstr("its end is missing"));
  expect_no_whatif({folder.write("short", bytes.substr(0, 20))}, "nothing of the trace");
}

TEST(ChunkProbeWhatIf, ComposesATraceThatItReadsItself) {
  const TemporaryFolder folder;
  const auto worker = folder.at("worker");
  const std::vector<std::string> caches = {"--policies", "lru,belady", "--l1",   "8M",
                                           "--l2",       "64M",        "--json", "-"};
  auto compose = caches;
  compose.insert(compose.end(), {"--functions", "20", "--starts", "200", "--cron", "50:5",
                                 "--write", worker, start_in(folder)});
  const auto composed = what_if(compose);
  ASSERT_EQ(composed.status, 0) << composed.err;
  auto again = caches;
  again.push_back(worker);
  const auto read = what_if(again);
  ASSERT_EQ(read.status, 0) << read.err;
  for (const char* table : {"trace", "miss_ratios", "tiers"}) {
    EXPECT_EQ(table_of(document_of(composed), table).rows, table_of(document_of(read), table).rows)
        << table;
  }
}

TEST(ChunkProbeWhatIf, RefusesWhatItCannotUse) {
  const TemporaryFolder folder;
  const auto start = start_in(folder);
  expect_no_whatif({"--chunk", "5000", start}, "5000");
  expect_no_whatif({"--chunk", "2K", start}, "2048");
  expect_no_whatif({"--chunk", "8M", start}, "8388608");
  expect_no_whatif({"--ec", "5/4", start}, "5/4");
  expect_no_whatif({"--dead", "21", start}, "--dead");
  expect_no_whatif({"--nodes", "4", "--ec", "4/5", start}, "--nodes");
  expect_no_whatif({"--latency", "l2=fast", start}, "fast");
  expect_no_whatif({"--rate", "l2=fast", start}, "fast");
  expect_no_whatif({"--functions", "5", "--zipf", "-1", start}, "--zipf");
  expect_no_whatif({"--functions", "5", "--private-share", "2", start}, "--private-share");
  expect_no_whatif({"--functions", "5", "--cron", "7", start}, "--cron");
  expect_no_whatif({"--prefetch", folder.write("list", "image 0\n"), start}, "line 1");
  expect_no_whatif({"--prefetch", folder.at("missing"), start}, folder.at("missing"));
  auto trace = erofs_on_fuse();
  std::erase_if(trace.requests,
                [](const mounts::Request& request) { return request.opcode == opcode_read; });
  expect_no_whatif({folder.write("no-reads", mounts::to_bytes(trace))}, "no READ");
  const auto requests = folder.write("requests", "");
  expect_no_whatif({start, requests}, "one trace");
  expect_no_whatif({"--functions", "5", requests}, "--functions");
}

}  // namespace
}  // namespace bytepath::test
