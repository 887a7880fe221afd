#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

#include "base/file.h"
#include "base/text.h"
#include "report/page_assets.h"
#include "report/printable.h"
#include "report/report.h"

// Every format of the saved documents in tests/golden; UPDATE_GOLDEN=1 writes them anew.
namespace bytepath::report {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Target terminal{.columns = 100};

std::string golden_path(const std::string& name) {
  return std::string(BYTEPATH_GOLDEN) + "/" + name;
}

result::Document load(const std::string& name) {
  const auto text = read_file(golden_path(name + ".json"));
  EXPECT_TRUE(text.has_value());
  const auto document = result::from_json(text.value_or(""), name);
  EXPECT_TRUE(document.has_value());
  return document.value_or(result::Document{});
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

// The page without its constant parts, which differ with the version of libjs-vega.
std::string without_assets(std::string page) {
  const PageAssets assets = page_assets();
  page = replaced(std::move(page), assets.vega, "(vega)");
  page = replaced(std::move(page), assets.vega_hash, "(hash of vega)");
  page = replaced(std::move(page), assets.script, "(page.js)");
  page = replaced(std::move(page), assets.script_hash, "(hash of page.js)");
  return replaced(std::move(page), assets.style, "(page.css)");
}

void expect_golden(const std::string& name, const std::string& actual) {
  const std::string path = golden_path(name);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file(path, actual).has_value());
  }
  const auto expected = read_file(path);
  ASSERT_TRUE(expected.has_value()) << "UPDATE_GOLDEN=1 writes " << path;
  EXPECT_EQ(actual, *expected);
}

class Golden : public testing::TestWithParam<const char*> {
 protected:
  const std::string name_ = GetParam();
  const result::Document document_ = load(name_);
};

TEST_P(Golden, EveryFormat) {
  for (const auto& format : formats()) {
    expect_golden(name_ + std::string(format.extension),
                  without_assets(format.render(document_, terminal)));
  }
}

TEST_P(Golden, TextInAsciiAndEverything) {
  expect_golden(name_ + ".ascii.txt",
                render_text(document_, {.unicode = false, .columns = 80, .verbose = true}));
}

TEST_P(Golden, TextInColour) {
  expect_golden(name_ + ".color.txt", render_text(document_, {.color = true, .columns = 80}));
}

TEST_P(Golden, TextStaysWithinTheTerminal) {
  for (const std::size_t columns : {80U, 100U, 200U}) {
    const std::string text = render_text(document_, {.unicode = false, .columns = columns});
    for (const auto line : split(text, '\n')) {
      // Commands, the host and words without a space are not broken: they are there to be copied.
      if (line.find("$ ") != std::string_view::npos || line.find(" | ") != std::string_view::npos) {
        continue;
      }
      if (words(line).size() <= 2 || name_ == "hostile") continue;
      EXPECT_LE(display_width(line), columns) << line;
    }
  }
}

TEST_P(Golden, NoControlCharacterReachesTheReader) {
  for (const auto& format : formats()) {
    if (format.name == "json" || format.name == "ndjson") continue;  // for programs: data as it is
    std::string text = without_assets(format.render(document_, terminal));
    if (format.name == "csv") std::erase(text, '\r');  // of the ends of lines
    std::erase(text, '\n');
    EXPECT_EQ(text.find_first_of(std::string_view("\0\x1b\x07\r\t", 5)), std::string::npos)
        << format.name;
    if (format.name == "html") continue;  // its JSON, which nobody reads in the page
    EXPECT_THAT(text, Not(HasSubstr("\u202e"))) << format.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Documents, Golden, testing::Values("memcpy", "hostile", "comparison"),
                         [](const auto& test) { return std::string(test.param); });

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) {
    ++found;
  }
  return found;
}

TEST(Html, NoStringOfTheDocumentEndsAScript) {
  const std::string page = without_assets(render_html(load("hostile"), terminal));
  EXPECT_EQ(count(page, "<script"), 3U);
  EXPECT_EQ(count(page, "</script"), 3U);
  EXPECT_EQ(count(page, "<!--"), 0U);
}

TEST(Html, IsOneFileOfLessThanAMegabyteWithoutNetwork) {
  const std::string page = render_html(load("memcpy"), terminal);
  EXPECT_LT(page.size(), 1000000U);
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(without_assets(page), Not(HasSubstr("http:")));
  EXPECT_THAT(page, HasSubstr("BSD-3-Clause"));  // the licence travels with the library
}

TEST(Html, ListsEachWayOutOnce) {
  const std::vector<result::Remedy> mapped = {{.text = "unmap it", .command = "", .verified = {}}};
  const std::vector<result::Remedy> shifted = {{.text = "shift it", .command = "", .verified = {}},
                                               {.text = "unmap it", .command = "", .verified = {}}};
  result::Document document;
  document.findings = {{.id = "io.not-cold", .text = "pread", .evidence = {}, .remedies = mapped},
                       {.id = "io.not-cold", .text = "mmap", .evidence = {}, .remedies = mapped},
                       {.id = "io.not-cold", .text = "uring", .evidence = {}, .remedies = shifted},
                       {.id = "io.slow", .text = "all", .evidence = {}, .remedies = shifted}};
  const std::string page = without_assets(render_html(document, terminal));
  EXPECT_EQ(count(page, ">What to do about io.not-cold<"), 1U);
  EXPECT_EQ(count(page, "<li>unmap it"), 1U);
  EXPECT_EQ(count(page, "<li>shift it"), 1U);
  EXPECT_EQ(count(page, ">What to do about io.slow<"), 0U);
}

TEST(Html, WarnsOfNothingWhereNothingWasJudged) {
  result::Document document{.tool = "fault-probe"};
  const std::string list = without_assets(render_html(document, terminal));
  EXPECT_THAT(list, HasSubstr("<div class=\"verdict plain\">"));
  EXPECT_THAT(list, HasSubstr("<title>fault-probe</title>"));
  document.verdict.state = "not-known";
  EXPECT_THAT(render_html(document, terminal), HasSubstr("<div class=\"verdict caution\">"));
  document = {.complete = false};
  EXPECT_THAT(render_html(document, terminal), HasSubstr("<div class=\"verdict caution\">"));
}

TEST(Html, ShowsNoTableForProgramsThatIsEmptyAndNoBarOfNothing) {
  result::Document document;
  document.tables = {{.name = "tlbs", .columns = {{"level", ""}}, .rows = {}},
                     {.name = "tensors",
                      .title = "Tensors",
                      .columns = {{"share", "percent"}},
                      .rows = {{0.0}, {25.0}}}};
  const std::string page = without_assets(render_html(document, terminal));
  EXPECT_THAT(page, Not(HasSubstr(">tlbs<")));
  EXPECT_THAT(page, HasSubstr("<td class=\"number\">0 %"));
  EXPECT_THAT(page, HasSubstr("<td class=\"number bar\" style=\"--part:25.0%\">25.0 %"));
}

// RFC 4180 read back: records of fields.
std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
  std::vector<std::vector<std::string>> records(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto& field = records.back().back();
    if (quoted && text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[i++];
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == ',') {
      records.back().emplace_back();
    } else if (!quoted && text.substr(i, 2) == "\r\n") {
      records.emplace_back(1);
      ++i;
    } else {
      field += text[i];
    }
  }
  records.pop_back();
  return records;
}

TEST(Csv, ReadsBackWithAllValues) {
  for (const char* name : {"memcpy", "hostile"}) {
    const auto document = load(name);
    std::size_t values = document.metrics.size();
    for (const auto& series : document.series) values += series.points.size();
    for (const auto& map : document.heatmaps) values += map.x.size() * map.y.size();
    for (const auto& table : document.tables) values += table.rows.size() * table.columns.size();
    const auto records = parse_csv(render_csv(document, terminal));
    EXPECT_EQ(records.size(), values + 1);
    for (const auto& record : records) ASSERT_EQ(record.size(), records[0].size());
  }
  const auto document = load("hostile");
  EXPECT_EQ(parse_csv(render_csv(document, terminal))[1][1], printable(document.metrics[0].name));
}

TEST(OpenMetrics, FollowsTheGrammar) {
  const std::regex sample(
      R"(([a-zA-Z_][a-zA-Z0-9_]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*")*\})? (NaN|[-+]?Inf|[-+0-9.e]+))");
  for (const char* name : {"memcpy", "hostile"}) {
    const std::string text = render_openmetrics(load(name), terminal);
    EXPECT_TRUE(text.ends_with("\n# EOF\n"));
    std::string family;
    std::vector<std::string> seen;
    for (const auto line : split(text, '\n')) {
      if (line.empty() || line == "# EOF") continue;
      const auto parts = words(line);
      if (parts[0] == "#") {
        if (parts[1] == "TYPE") family = parts[2];
        EXPECT_EQ(parts[2], family);
        if (parts[1] == "UNIT") {
          EXPECT_TRUE(family.ends_with("_" + std::string(parts[3])));
        }
        continue;
      }
      EXPECT_TRUE(std::regex_match(std::string(line), sample)) << line;
      EXPECT_TRUE(line.starts_with(family)) << line;
      const std::string key(line.substr(0, line.rfind(' ')));
      EXPECT_THAT(seen, Not(testing::Contains(key)));
      seen.push_back(key);
    }
  }
}

TEST(Junit, CountsWhatItHolds) {
  const std::string text = render_junit(load("memcpy"), terminal);
  EXPECT_THAT(text, HasSubstr("tests=\"7\" failures=\"2\" errors=\"0\" skipped=\"2\""));
  EXPECT_EQ(count(text, "<testcase"), 7U);
  EXPECT_EQ(count(text, "<failure"), 2U);
  EXPECT_EQ(count(text, "<skipped"), 2U);
  EXPECT_THAT(render_junit(load("hostile"), terminal), HasSubstr("<error type=\"incomplete\""));
}

TEST(Text, HidesWhatWasNotTriedOnceSomethingHelps) {
  auto document = load("memcpy");
  EXPECT_THAT(render_text(document, terminal), Not(HasSubstr("glibc 2.40")));
  EXPECT_THAT(render_text(document, terminal), HasSubstr("(1 more not tried: see -v)"));
  EXPECT_THAT(render_text(document, {.verbose = true}), HasSubstr("glibc 2.40"));
  for (auto& remedy : document.findings[2].remedies) remedy.verified.reset();
  EXPECT_THAT(render_text(document, terminal), HasSubstr("glibc 2.40"));
}

TEST(Text, HidesDataForProgramsUnlessVerbose) {
  const auto document = load("memcpy");
  EXPECT_THAT(render_text(document, terminal), Not(HasSubstr("page pairs")));
  EXPECT_THAT(render_text(document, {.verbose = true}), HasSubstr("page pairs"));
  EXPECT_THAT(render_text(document, {.verbose = true}), HasSubstr("rounds"));
}

}  // namespace
}  // namespace bytepath::report
