#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "faults/file_tables.h"
#include "faults/run_document.h"
#include "faults/touch_document.h"
#include "support/fault_events.h"
#include "support/small_model.h"

namespace bytepath::faults {
namespace {

using result::Document;
using result::Table;
using testing::HasSubstr;

const Table* table_named(const Document& document, std::string_view name) {
  for (const auto& table : document.tables) {
    if (table.name == name) return &table;
  }
  return nullptr;
}

std::vector<std::string> column_names(const Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

double metric(const Document& document, std::string_view name) {
  for (const auto& each : document.metrics) {
    if (each.name == name) return each.median;
  }
  return -1;
}

FileRecord touched_record() {
  FileRecord record(test::small_model());
  record.was_mapped = true;
  record.touched.emplace(64);
  record.touched->insert(4, 28);
  record.touched->insert(40, 8);
  return record;
}

TEST(TouchDocument, HasTheExactFigureOfEachPart) {
  const std::vector<FileRecord> records = {touched_record()};
  const auto document = touch_document(records, {.subject = "x", .outcome = {}, .flaws = {}});
  EXPECT_EQ(metric(document, "touched_bytes"), 36 * 4096);
  const auto* files = table_named(document, "files");
  ASSERT_NE(files, nullptr);
  EXPECT_THAT(column_names(*files),
              testing::ElementsAre("file", "size", "touched", "touched_share"));
  const auto* experts = table_named(document, "experts");
  ASSERT_NE(experts, nullptr);
  EXPECT_EQ(experts->rows.size(), 4U);
  EXPECT_EQ(std::get<std::int64_t>(experts->rows[1][3]), 8 * 4096);
  ASSERT_EQ(document.heatmaps.size(), 1U);
  EXPECT_EQ(document.heatmaps[0].y_names, std::vector<std::string>{"touched"});
  EXPECT_EQ(document.heatmaps[0].values[0][4], 100);
  EXPECT_EQ(document.heatmaps[0].values[0][3], 0);
}

TEST(TouchDocument, SaysWhatIsNotExact) {
  const std::vector<FileRecord> records = {touched_record()};
  const auto document = touch_document(
      records, {.subject = "x", .outcome = {}, .flaws = {{"small.gguf", "it was killed", 2}}});
  EXPECT_FALSE(std::get<bool>(document.parameters.at("exact")));
  EXPECT_THAT(document.not_measured.at(0).reason, HasSubstr("it was killed (2 times)"));
}

TEST(ExpertsCsv, HasALineForEveryExpertAlsoTheUntouched) {
  const std::vector<FileRecord> records = {touched_record()};
  EXPECT_EQ(experts_csv(records), "layer,expert,pages\n1,0,0\n1,1,8\n1,2,0\n1,3,0\n");
}

TEST(ExpertsCsv, IsOfOneModelOnly) {
  const std::vector<FileRecord> records = {touched_record(), touched_record()};
  const auto csv = experts_csv(records);
  ASSERT_FALSE(csv);
  EXPECT_EQ(csv.error().kind, ErrorKind::usage);
  EXPECT_THAT(csv.error().message, HasSubstr("both small.gguf and small.gguf have experts"));
  const auto split = touched_record();
  EXPECT_TRUE(experts_csv(std::vector{split, split})) << "two files of one model";
}

TEST(PageFiles, AreReadBackAsTheyWereWritten) {
  const std::vector<FileRecord> records = {touched_record()};
  const auto files = page_files(records);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_TRUE(files[0].path.starts_with("/"));
  FileRecord again(test::small_model());
  take_touched(again, files);
  ASSERT_TRUE(again.touched);
  EXPECT_EQ(again.touched->runs(), records[0].touched->runs());
  FileRecord other(test::small_model());
  other.file.size += 4096;
  take_touched(other, files);
  EXPECT_FALSE(other.touched);
}

struct RunDocument : testing::Test {
  RunDocument() {
    const auto path = folder.write("weights.bin", std::string(64 * test::page, 'w'));
    auto opened = WatchedFiles::open({path}, 16 * test::page);
    if (!opened) ADD_FAILURE() << opened.error().message;
    watched = *opened;
  }
  test::TemporaryFolder folder;
  WatchedFiles watched;
  RunFacts facts{.subject = "x", .backend = "bpf", .knows_causes = true, .wall_ns = 10'000};
};

TEST_F(RunDocument, ShowsFaultsByClassWithTheirShareOfTheTime) {
  FaultLedger ledger(watched, true);
  const auto mapping = test::mapping_of(watched.files()[0]);
  ledger.fault(test::fault_at(0, 1000), &mapping);
  auto waited = test::fault_at(1, 3000);
  waited.switches = 1;
  ledger.pages_added(test::added(watched.files()[0], 1, 1));
  ledger.fault(waited, &mapping);
  facts.rusage_faults = 2;
  const auto document = run_document(ledger, facts);
  const auto* classes = table_named(document, "classes");
  ASSERT_NE(classes, nullptr);
  ASSERT_EQ(classes->rows.size(), 2U);
  EXPECT_EQ(std::get<std::string>(classes->rows[1][0]), "readahead-wait");
  EXPECT_DOUBLE_EQ(std::get<double>(classes->rows[1][3]), 75);
  EXPECT_DOUBLE_EQ(std::get<double>(document.parameters.at("fault_share_of_wall_percent")), 40);
  EXPECT_EQ(metric(document, "faults_times_page_bytes"), 8192);
  EXPECT_TRUE(document.complete);
}

TEST_F(RunDocument, AccountsForAllFaults) {
  FaultLedger ledger(watched, true);
  const auto mapping = test::mapping_of(watched.files()[0]);
  ledger.fault(test::fault_at(0), &mapping);
  ledger.fault(test::fault_at(0), nullptr);
  facts.rusage_faults = 3;
  const auto document = run_document(ledger, facts);
  const auto* elsewhere = table_named(document, "elsewhere");
  ASSERT_NE(elsewhere, nullptr);
  const auto count = [&](std::string_view where) -> std::int64_t {
    for (const auto& row : elsewhere->rows) {
      if (std::get<std::string>(row[0]) == where) return std::get<std::int64_t>(row[1]);
    }
    return -1;
  };
  EXPECT_EQ(count("the files above"), 1);
  EXPECT_EQ(count("no known mapping"), 1);
  EXPECT_EQ(count("all traced"), 2);
  EXPECT_EQ(count("getrusage's count"), 3);
}

TEST_F(RunDocument, LeavesOutFilesThatWereNotMapped) {
  const FaultLedger ledger(watched, true);
  const auto document = run_document(ledger, facts);
  EXPECT_EQ(table_named(document, "files"), nullptr);
  EXPECT_EQ(metric(document, "file_bytes"), -1);
}

TEST_F(RunDocument, TellsLossesAndMissingParts) {
  const FaultLedger ledger(watched, true);
  facts.losses.faults = 7;
  facts.missing = {{"FUSE requests", "no such tracepoint", "a newer kernel"}};
  facts.interrupted = true;
  const auto document = run_document(ledger, facts);
  EXPECT_EQ(std::get<std::int64_t>(document.parameters.at("lost_faults")), 7);
  EXPECT_EQ(document.not_measured.at(0).what, "FUSE requests");
  EXPECT_FALSE(document.complete);
}

TEST(PartTables, ShowFewTensorsAndTheTopOfMany) {
  Document few;
  const std::vector<FileRecord> records = {touched_record()};
  add_part_tables(few, records);
  EXPECT_EQ(table_named(few, "tensors")->title, "Tensors");
  EXPECT_EQ(table_named(few, "top_tensors"), nullptr);

  auto watched = WatchedFiles::open({"/proc/self/exe"}, 4096);
  ASSERT_TRUE(watched);
  FileRecord many(watched->files()[0]);
  many.touched.emplace(pages::pages_of(many.file.size));
  many.touched->insert(0, 3);
  Document big;
  add_part_tables(big, std::span(&many, 1));
  EXPECT_EQ(table_named(big, "tensors")->title, "");
  EXPECT_EQ(table_named(big, "tensors")->rows.size(), pages::pages_of(many.file.size));
  ASSERT_NE(table_named(big, "top_tensors"), nullptr);
  EXPECT_EQ(table_named(big, "top_tensors")->rows.size(), 3U);
}

TEST(PartTables, NameTheModelWhereThereAreSeveral) {
  Document one;
  add_part_tables(one, std::vector{touched_record()});
  EXPECT_THAT(column_names(*table_named(one, "experts")), testing::Not(testing::Contains("model")));
  Document two;
  FileRecord other(test::small_model("other.gguf"));
  other.touched.emplace(64);
  add_part_tables(two, std::vector{touched_record(), other});
  for (const auto* name : {"layers", "experts"}) {
    const auto* table = table_named(two, name);
    ASSERT_NE(table, nullptr);
    const auto columns = column_names(*table);
    const auto model =
        static_cast<std::size_t>(std::ranges::find(columns, "model") - columns.begin());
    ASSERT_LT(model, columns.size()) << name;
    EXPECT_EQ(table->rows.front()[model], result::Value(std::string("small.gguf")));
    EXPECT_EQ(table->rows.back()[model], result::Value(std::string("other.gguf")));
  }
}

TEST(Tables, HaveRowsAsLongAsTheirColumns) {
  Document document;
  const std::vector<FileRecord> records = {touched_record()};
  add_files_table(document, records);
  add_part_tables(document, records, {.all_tensors_shown = true});
  for (const auto& table : document.tables) {
    for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size()) << table.name;
  }
}

}  // namespace
}  // namespace bytepath::faults
