#include "fleet/lean_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "fleet/source.h"

namespace bytepath::fleet {
namespace {

TEST(LeanJson, EmptiesTheArraysThatAFleetDoesNotLookAt) {
  EXPECT_EQ(lean_json(R"({"samples": [1, 2], "low": 1})"), R"({"samples": [], "low": 1})");
  EXPECT_EQ(lean_json(R"({"a":{"tables" : [[1,[2]],{"rows":[]}],"b":[3]}})"),
            R"({"a":{"tables" : [],"b":[3]}})");
  EXPECT_EQ(lean_json(R"({"series":[],"heatmaps":[{}],"histograms":[0],"results":[1]})"),
            R"({"series":[],"heatmaps":[],"histograms":[],"results":[]})");
}

TEST(LeanJson, LeavesWhatOnlyLooksLikeThem) {
  for (const char* text :
       {R"({"arguments":["samples",":","[1]"]})", R"({"parameters":{"samples":16,"tables":"[1]"}})",
        R"({"text":"\"samples\":[1,2]"})", R"({"labels":{"series":"a"},"metrics":[1]})",
        R"(["tables",[1]])"}) {
    EXPECT_EQ(lean_json(text), text);
  }
}

TEST(LeanJson, FindsTheEndBehindStringsWithBracketsAndEscapes) {
  EXPECT_EQ(lean_json(R"({"tables":["]\"]","\\"],"a":1})"), R"({"tables":[],"a":1})");
}

TEST(LeanJson, LeavesToTheParserWhatHasNoEnd) {
  for (const char* text : {R"({"samples":[1,2)", R"({"samples":["1])", R"({"samples)", R"(")", "",
                           R"({"samples":)", R"({"samples")"}) {
    EXPECT_EQ(lean_json(text), text);
  }
}

// The document without the arrays is what is left of the whole one.
TEST(LeanJson, GivesTheDocumentWithoutThem) {
  for (const char* name : {"memcpy", "hostile", "comparison"}) {
    const auto text = read_file(std::string(BYTEPATH_GOLDEN) + "/" + name + ".json");
    ASSERT_TRUE(text.has_value());
    auto whole = result::from_json(*text, name);
    const auto lean = read_lean(*text, name);
    ASSERT_TRUE(whole.has_value() && lean.has_value());
    for (auto& metric : whole->metrics) metric.samples.clear();
    whole->series.clear();
    whole->heatmaps.clear();
    whole->histograms.clear();
    whole->tables.clear();
    EXPECT_EQ(result::to_json(*lean), result::to_json(*whole)) << name;
  }
}

}  // namespace
}  // namespace bytepath::fleet
