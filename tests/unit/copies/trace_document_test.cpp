#include "copies/trace_document.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "copies/copy_sums.h"
#include "support/sampled_copies.h"

namespace bytepath::copies {
namespace {

using result::Document;
using result::Value;
using test::kernel_site;
using test::libc_site;
using test::Traced;

constexpr TraceOptions options{.rate = 100};  // a sample is 10 ms

Document document_of(const Traced& traced, const LossCurve& curve,
                     const TraceOptions& how = options) {
  Document document;
  add_trace(document, how, traced.traced, curve);
  return document;
}

const result::Table& table_of(const Document& document, const std::string& name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  static const result::Table none;
  EXPECT_NE(found, document.tables.end()) << name;
  return found == document.tables.end() ? none : *found;
}

Value cell(const Document& document, const std::string& name, std::size_t row,
           const std::string& column) {
  const result::Table& table = table_of(document, name);
  const auto at = std::ranges::find(table.columns, column, &result::Column::name);
  if (row >= table.rows.size() || at == table.columns.end()) return {};
  return table.rows[row][static_cast<std::size_t>(at - table.columns.begin())];
}

double number(const Value& value) {
  const auto* real = std::get_if<double>(&value);
  return real == nullptr ? -1 : *real;
}

TEST(TraceDocument, SaysWhoIsHitAndWhatItCosts) {
  Traced traced;
  const auto idle = traced.process(7, "sleepy", 1000);
  const auto hit = traced.process(41, "blob", 500, 450);
  traced.copy(hit, 8, 400, kernel_site(), 2048, bytepath_copy_in_kernel)
      .copy(hit, 0, 20, libc_site())
      .copy(idle, 0, 10, libc_site());
  const Document document = document_of(traced, test::slow_host());
  // Of 4 s within slow copies in 10 s: 24 of 25 parts, in memory 4 of 5.
  EXPECT_EQ(cell(document, "processes", 0, "pid"), Value(std::int64_t{41}));
  EXPECT_EQ(cell(document, "processes", 0, "command"), Value(std::string("blob")));
  EXPECT_DOUBLE_EQ(number(cell(document, "processes", 0, "cpu_time")), 5e9);
  EXPECT_DOUBLE_EQ(number(cell(document, "processes", 0, "kernel")), 90);
  EXPECT_DOUBLE_EQ(number(cell(document, "processes", 0, "rep_movs")), 84);
  EXPECT_DOUBLE_EQ(number(cell(document, "processes", 0, "slow")), 80);
  EXPECT_NEAR(number(cell(document, "processes", 0, "lost")), 0.4 * 24 / 25, 1e-9);
  EXPECT_NEAR(number(cell(document, "processes", 0, "lost_least")), 0.4 * 4 / 5, 1e-9);
  EXPECT_DOUBLE_EQ(number(cell(document, "processes", 1, "lost")), 0);
  EXPECT_EQ(cell(document, "places", 0, "place"),
            Value(std::string("[kernel]: _copy_to_iter+0x80")));
  EXPECT_EQ(cell(document, "places", 0, "of"), Value(std::string("kernel")));
  EXPECT_EQ(cell(document, "places", 0, "class"), Value(std::string("1..15")));
  EXPECT_EQ(cell(document, "places", 0, "d"), Value(std::int64_t{8}));
  EXPECT_EQ(cell(document, "places", 0, "copy_bytes"), Value(std::int64_t{4096}));
  EXPECT_EQ(cell(document, "places", 0, "slow"), Value(true));
  EXPECT_EQ(cell(document, "places", 1, "slow"), Value(false));
  EXPECT_EQ(document.parameters.at("samples"), Value(std::int64_t{1500}));
}

TEST(TraceDocument, CallsNothingSlowThatIsNotSlowHere) {
  Traced traced;
  traced.copy(traced.process(41, "blob", 500), 8, 400, libc_site());
  const Document document = document_of(traced, test::even_host());
  EXPECT_DOUBLE_EQ(number(cell(document, "processes", 0, "slow")), 0);
  EXPECT_DOUBLE_EQ(number(cell(document, "processes", 0, "lost")), 0);
  EXPECT_EQ(cell(document, "places", 0, "slow"), Value(false));
}

TEST(TraceDocument, LeavesOpenWhatWasNotMeasured) {
  Traced traced;
  traced.copy(traced.process(41, "blob", 500), 8, 400, libc_site());
  const Document document = document_of(traced, {});
  EXPECT_EQ(cell(document, "processes", 0, "lost"), Value{});
  EXPECT_EQ(cell(document, "places", 0, "slow"), Value{});
  EXPECT_DOUBLE_EQ(number(cell(document, "processes", 0, "rep_movs")), 80);
}

TEST(TraceDocument, ABackwardCopyIsSlowAtEveryDistanceAndSoAtNone) {
  Traced traced;
  traced.copy(traced.process(41, "blob", 500), 8, 400, libc_site(), 2048, bytepath_copy_backward);
  const Document document = document_of(traced, test::slow_host());
  EXPECT_EQ(cell(document, "places", 0, "slow"), Value(false));
  EXPECT_EQ(cell(document, "places", 0, "instruction"), Value(std::string("rep movsb, backward")));
}

TEST(TraceDocument, AddsUpTheDistancesOfAPlaceByClass) {
  Traced traced;
  const auto hit = traced.process(41, "blob", 500);
  for (const unsigned d : {1U, 8U, 8U, 15U, 16U}) traced.copy(hit, d, 10, libc_site());
  const Document document = document_of(traced, test::slow_host());
  EXPECT_EQ(table_of(document, "places").rows.size(), 2U);
  EXPECT_EQ(cell(document, "places", 0, "samples"), Value(std::int64_t{40}));
  EXPECT_EQ(cell(document, "places", 0, "d"), Value(std::int64_t{8}));
  EXPECT_EQ(cell(document, "offsets", 1, "samples"), Value(std::int64_t{40}));
  EXPECT_EQ(cell(document, "offsets", 2, "samples"), Value(std::int64_t{10}));
  EXPECT_DOUBLE_EQ(number(cell(document, "offsets", 1, "here")), 25);
  ASSERT_EQ(document.series.size(), 1U);
  EXPECT_EQ(document.series[0].points.size(), 4U);
}

TEST(TraceDocument, SumsUpTheProcessesThatFindNoRow) {
  Traced traced;
  for (std::uint32_t number = 1; number <= 100; ++number) traced.process(number, "many", 10);
  const Document document = document_of(traced, test::even_host());
  const auto& rows = table_of(document, "processes").rows;
  ASSERT_EQ(rows.size(), 41U);
  EXPECT_EQ(rows.back()[1], Value(std::string("(60 others)")));
  EXPECT_EQ(rows.back()[2], Value(std::int64_t{600}));
}

TEST(TraceDocument, ShowsExactCountsByProcessSizeAndClass) {
  Traced traced;
  const auto program = traced.process(41, "blob", 500);
  ExactPart exact{.libc = "/usr/lib/libc.so.6",
                  .cost = ExactCost{.per_copy_ns = 1400, .copies = 9}};
  exact.copies.programs = traced.traced.samples.programs;
  exact.copies.copies = {
      {.copy = {.program = program, .offset = 8, .size_class = 12}, .count = {10, 50'000}},
      {.copy = {.program = program, .offset = 9, .size_class = 12}, .count = {1, 4096}},
      {.copy = {.program = program, .offset = 0, .size_class = 16}, .count = {3, 200'000}}};
  traced.traced.exact = exact;
  const Document document = document_of(traced, test::slow_host());
  ASSERT_EQ(table_of(document, "exact_copies").rows.size(), 2U);
  EXPECT_EQ(cell(document, "exact_copies", 0, "size"), Value(4096.0));
  EXPECT_EQ(cell(document, "exact_copies", 0, "class"), Value(std::string("1..15")));
  EXPECT_EQ(cell(document, "exact_copies", 0, "copies"), Value(std::int64_t{11}));
  EXPECT_EQ(cell(document, "exact_copies", 0, "bytes"), Value(std::int64_t{54'096}));
  const auto cost = std::ranges::find(document.metrics, "exact_cost", &result::Metric::name);
  ASSERT_NE(cost, document.metrics.end());
  EXPECT_EQ(cost->median, 1400);
}

TEST(TraceDocument, OfNothingIsEmptyAndWhole) {
  const Document document = document_of({}, test::slow_host());
  EXPECT_TRUE(document.tables.empty());
  EXPECT_TRUE(document.complete);
  EXPECT_EQ(document.parameters.at("samples"), Value(std::int64_t{0}));
}

}  // namespace
}  // namespace bytepath::copies
