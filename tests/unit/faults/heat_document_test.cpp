#include "faults/heat_document.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <memory>
#include <variant>

namespace bytepath::faults {
namespace {

constexpr std::uint64_t page = pages::page_bytes;
constexpr std::uint64_t slice = 10 * page + 2048;  // of an expert: its edge pages are shared

// Pages 0-9: header. Two layers, each with a dense tensor of 20 pages and four experts in two
// tensors, of which the second is a quarter of the first.
weights::Model model_with_experts() {
  weights::Model model{.format = "gguf", .files = {{.path = "/m", .size = 0}}, .tensors = {}};
  std::uint64_t offset = 10 * page;
  const auto add = [&](std::string name, int layer, std::uint64_t size, std::uint32_t experts) {
    model.tensors.push_back({.name = std::move(name),
                             .offset = offset,
                             .size = size,
                             .layer = layer,
                             .experts = experts});
    offset += size;
  };
  add("output", -1, 8 * page, 0);
  for (int layer = 0; layer < 2; ++layer) {
    add("dense", layer, 20 * page, 0);
    add("up_exps", layer, 4 * slice, 4);
    add("down_exps", layer, slice, 4);
  }
  model.files[0].size = offset;
  return model;
}

std::vector<WatchedFile> files_of(weights::Model model) {
  const auto subject = std::make_shared<const Subject>(std::move(model));
  std::vector<WatchedFile> files;
  for (std::uint32_t part = 0; part < subject->model.files.size(); ++part) {
    files.push_back({.path = subject->model.files[part].path,
                     .size = subject->model.files[part].size,
                     .subject = subject,
                     .part = part});
  }
  return files;
}

std::uint64_t offset_of(const WatchedFile& file, int layer, std::string_view name) {
  for (const auto& tensor : file.subject->model.tensors)
    if (tensor.layer == layer && tensor.name == name) return tensor.offset;
  ADD_FAILURE() << "no tensor " << name;
  return 0;
}

class Window {
 public:
  Window(const std::vector<WatchedFile>& files, double begin) : files_(files) {
    window_ = {.begin_seconds = begin, .seconds = 0.1, .clear_ns = 2e6, .walk_ns = 1e6};
    window_.files = {{.file = 0, .touched = pages::PageSet(pages::pages_of(files[0].size))}};
  }
  Window& touch(std::uint64_t offset, std::uint64_t size) {
    window_.files[0].touched.insert(offset / page, (offset + size - 1) / page - offset / page + 1);
    return *this;
  }
  Window& touch_expert(int layer, int expert) {
    const auto number = static_cast<std::uint64_t>(expert);
    touch(offset_of(files_[0], layer, "up_exps") + number * slice, slice);
    return touch(offset_of(files_[0], layer, "down_exps") + number * slice / 4, slice / 4);
  }
  HeatWindow get() {
    auto& heat = window_.files[0];
    heat.touched_bytes = heat.touched.count() * page;
    heat.present = pages::pages_of(files_[0].size);
    return window_;
  }

 private:
  const std::vector<WatchedFile>& files_;
  HeatWindow window_;
};

const result::HeatMap* map_of(const result::Document& document, std::string_view name) {
  const auto at = std::ranges::find(document.heatmaps, name, &result::HeatMap::name);
  return at == document.heatmaps.end() ? nullptr : &*at;
}
const result::Table* table_of(const result::Document& document, std::string_view name) {
  const auto at = std::ranges::find(document.tables, name, &result::Table::name);
  return at == document.tables.end() ? nullptr : &*at;
}
const result::Metric* metric_of(const result::Document& document, std::string_view name) {
  const auto at = std::ranges::find(document.metrics, name, &result::Metric::name);
  return at == document.metrics.end() ? nullptr : &*at;
}
std::size_t column_of(const result::Table& table, std::string_view name) {
  const auto at = std::ranges::find(table.columns, name, &result::Column::name);
  EXPECT_NE(at, table.columns.end()) << name;
  return static_cast<std::size_t>(at - table.columns.begin());
}
result::Value cell(const result::Table& table, std::size_t row, std::string_view column) {
  return table.rows[row][column_of(table, column)];
}
std::int64_t whole(const result::Value& value) { return std::get<std::int64_t>(value); }

// Window 0: experts 1 and 2 of layer 0, expert 3 of layer 1. Window 1: experts 1 of both.
class HeatOfExperts : public testing::Test {
 protected:
  void SetUp() override {
    HeatSummary summary;
    summary.add(Window(files_, 0).touch_expert(0, 1).touch_expert(0, 2).touch_expert(1, 3).get(),
                files_);
    summary.add(Window(files_, 0.25)
                    .touch_expert(0, 1)
                    .touch_expert(1, 1)
                    .touch(offset_of(files_[0], 1, "dense"), 9 * page)
                    .get(),
                files_);
    summary.write({.windows = 2}, document_);
  }
  std::vector<WatchedFile> files_ = files_of(model_with_experts());
  result::Document document_;
};

TEST_F(HeatOfExperts, CountsTheWindowsOfEach) {
  const auto* map = map_of(document_, "heat_experts");
  ASSERT_NE(map, nullptr);
  EXPECT_EQ(map->x, (std::vector<double>{0, 1, 2, 3}));
  EXPECT_EQ(map->y, (std::vector<double>{0, 1}));
  EXPECT_EQ(map->values, (std::vector<std::vector<double>>{{0, 2, 1, 0}, {0, 1, 0, 1}}));
  const auto* table = table_of(document_, "experts");
  ASSERT_NE(table, nullptr);
  ASSERT_EQ(table->rows.size(), 8U);
  EXPECT_EQ(whole(cell(*table, 1, "layer")), 0);
  EXPECT_EQ(whole(cell(*table, 1, "expert")), 1);
  EXPECT_EQ(whole(cell(*table, 1, "windows_touched")), 2);
  EXPECT_EQ(std::get<double>(cell(*table, 1, "share")), 100);
  EXPECT_EQ(std::get<double>(cell(*table, 7, "share")), 50);
  EXPECT_EQ(whole(cell(*table, 7, "size")), static_cast<std::int64_t>(slice + slice / 4));
}

TEST_F(HeatOfExperts, CountsTheExpertsOfALayerByWindow) {
  const auto* windows = table_of(document_, "windows");
  ASSERT_NE(windows, nullptr);
  ASSERT_EQ(windows->rows.size(), 2U);
  EXPECT_EQ(whole(cell(*windows, 0, "experts_min")), 1);
  EXPECT_EQ(whole(cell(*windows, 0, "experts_max")), 2);
  EXPECT_EQ(whole(cell(*windows, 1, "experts_max")), 1);
  EXPECT_EQ(std::get<double>(cell(*windows, 1, "start")), 0.25);
  EXPECT_EQ(std::get<double>(cell(*windows, 1, "clear_time")), 2e6);
  EXPECT_EQ(std::get<double>(cell(*windows, 1, "walk_time")), 1e6);
  const auto* metric = metric_of(document_, "heat_experts_per_layer");
  ASSERT_NE(metric, nullptr);
  EXPECT_EQ(metric->samples, (std::vector<double>{1.5, 1}));
}

TEST_F(HeatOfExperts, ShowsWhatPartOfALayerWasTouched) {
  const auto* map = map_of(document_, "heat_layers");
  ASSERT_NE(map, nullptr);
  EXPECT_EQ(map->x, (std::vector<double>{0, 0.25}));
  EXPECT_EQ(map->y, (std::vector<double>{0, 1}));
  // Of layer 1 in window 1: nine pages of "dense", one expert's slices and, of its neighbours, what
  // lies in its edge pages.
  const double bytes = 20 * page + 5 * slice;
  const double least = 100 * (9 * page + slice + slice / 4) / bytes;
  EXPECT_GE(map->values[1][1], least);
  EXPECT_LE(map->values[1][1], least + 100 * 4 * page / bytes);
  EXPECT_EQ(document_.parameters.at("method"), result::Value(std::string("accessed-bits")));
  EXPECT_TRUE(document_.not_measured.empty());
}

TEST_F(HeatOfExperts, CountsTensorsOfWhichMoreThanHalfWasTouched) {
  const auto* table = table_of(document_, "tensors");
  ASSERT_NE(table, nullptr);
  ASSERT_EQ(table->rows.size(), 7U);
  EXPECT_EQ(std::get<std::string>(cell(*table, 0, "tensor")), "output");
  EXPECT_EQ(cell(*table, 0, "layer"), result::Value());
  // "dense" of layer 1: ten of the 21 pages that it lies in.
  EXPECT_EQ(whole(cell(*table, 4, "windows_touched")), 0);
  EXPECT_EQ(whole(cell(*table, 2, "size")), static_cast<std::int64_t>(4 * slice));
}

TEST(HeatDocument, ATensorCountsFromMoreThanHalf) {
  weights::Model model{.format = "grid",
                       .files = {{.path = "/m", .size = 5 * page}},
                       .tensors = {{.name = "w", .size = 5 * page}}};
  const auto files = files_of(std::move(model));
  HeatSummary summary;
  summary.add(Window(files, 0).touch(0, 2 * page).get(), files);
  summary.add(Window(files, 1).touch(2 * page, 3 * page).get(), files);
  result::Document document;
  summary.write({.windows = 2}, document);
  EXPECT_EQ(whole(cell(*table_of(document, "tensors"), 0, "windows_touched")), 1);
  EXPECT_EQ(map_of(document, "heat_layers"), nullptr);
}

TEST(HeatDocument, AnEdgePageIsNoSignOfAnExpert) {
  const auto files = files_of(model_with_experts());
  HeatSummary summary;
  const std::uint64_t up = offset_of(files[0], 0, "up_exps");
  // Expert 0's slices have 11 and 4 pages; 7 of 15 are not more than half, 8 are.
  summary.add(Window(files, 0).touch(up, 7 * page).get(), files);
  summary.add(Window(files, 1).touch(up, 8 * page).get(), files);
  result::Document document;
  summary.write({.windows = 2}, document);
  EXPECT_EQ(map_of(document, "heat_experts")->values[0], (std::vector<double>{1, 0, 0, 0}));
}

TEST(HeatDocument, AWindowWithoutTheFileTouchedNothing) {
  const auto files = files_of(model_with_experts());
  HeatSummary summary;
  summary.add({.begin_seconds = 0, .seconds = 1}, {});
  summary.add({.begin_seconds = 1, .seconds = 1}, files);
  summary.add(Window(files, 2).touch_expert(1, 0).get(), files);
  result::Document document;
  summary.write({.windows = 3}, document);
  const auto* map = map_of(document, "heat_layers");
  ASSERT_NE(map, nullptr);
  EXPECT_EQ(map->values[1][0], 0);
  EXPECT_EQ(map->values[1][1], 0);
  EXPECT_GT(map->values[1][2], 0);
  const auto* windows = table_of(document, "windows");
  EXPECT_EQ(cell(*windows, 0, "experts_min"), result::Value());
  EXPECT_EQ(whole(cell(*windows, 1, "experts_max")), 0);
}

TEST(HeatDocument, ALongRunIsShownInColumnsOfSeveralWindows) {
  const auto files = files_of(model_with_experts());
  HeatSummary summary;
  const std::uint64_t count = 2 * HeatColumns::max_columns + 3;
  for (std::uint64_t i = 0; i < count; ++i) {
    Window window(files, static_cast<double>(i));
    window.touch(offset_of(files[0], 0, "dense"), (i % 2 == 0 ? 4 : 8) * page);
    summary.add(window.get(), files);
  }
  result::Document document;
  summary.write({.windows = count}, document);
  const auto& points = document.series[0].points;
  ASSERT_EQ(points.size(), HeatColumns::max_columns / 2 + 1);
  EXPECT_EQ(document.parameters.at("windows_each"), result::Value(std::int64_t{4}));
  EXPECT_EQ(points[1].x, 4);
  EXPECT_EQ(points[1].median, 6 * page);
  EXPECT_EQ(points[1].low, 4 * page);
  EXPECT_EQ(points[1].high, 8 * page);
  EXPECT_EQ(points[1].count, 4U);
  EXPECT_EQ(points.back().count, 3U);
  std::uint64_t windows = 0;
  for (const auto& point : points) windows += point.count;
  EXPECT_EQ(windows, count);
  EXPECT_DOUBLE_EQ(map_of(document, "heat_layers")->values[0][1],
                   100.0 * 6 * page / (20 * page + 5 * slice));
  EXPECT_EQ(metric_of(document, "heat_touched_bytes")->samples.size(), count);
  EXPECT_TRUE(table_of(document, "windows")->title.empty());
}

TEST(HeatSample, KeepsAllWindowsWhileTheyAreFew) {
  HeatSample sample;
  for (std::size_t i = 0; i < HeatSample::max_windows; ++i)
    sample.add({.touched_bytes = static_cast<double>(i)});
  const auto windows = sample.windows();
  ASSERT_EQ(windows.size(), HeatSample::max_windows);
  for (std::size_t i = 0; i < windows.size(); ++i)
    EXPECT_EQ(windows[i].touched_bytes, static_cast<double>(i));
}

TEST(HeatSample, OfManyWindowsIsOfAllTimesAlike) {
  constexpr std::size_t count = 20 * HeatSample::max_windows;
  HeatSample sample;
  for (std::size_t i = 0; i < count; ++i) sample.add({.touched_bytes = static_cast<double>(i)});
  const auto windows = sample.windows();
  ASSERT_EQ(windows.size(), HeatSample::max_windows);
  EXPECT_EQ(sample.seen(), count);
  double before = -1;
  std::array<std::size_t, 4> quarters{};
  for (const auto& window : windows) {
    EXPECT_GT(window.touched_bytes, before);
    before = window.touched_bytes;
    ++quarters[static_cast<std::size_t>(before) * 4 / count];
  }
  // A quarter of 4096 has a standard deviation of 28.
  for (const auto quarter : quarters)
    EXPECT_NEAR(static_cast<double>(quarter), HeatSample::max_windows / 4.0, 140);
}

TEST(HeatDocument, OfMoreWindowsThanItKeepsSaysSo) {
  const auto files = files_of({.format = "grid",
                               .files = {{.path = "/m", .size = 4 * page}},
                               .tensors = {{.name = "0", .size = 4 * page}}});
  HeatSummary summary;
  // Quiet for as long as could be kept, then busy: the first windows alone would show none of it.
  constexpr std::uint64_t count = 3 * HeatSample::max_windows;
  for (std::uint64_t i = 0; i < count; ++i) {
    Window window(files, static_cast<double>(i));
    if (i >= HeatSample::max_windows) window.touch(0, 4 * page);
    summary.add(window.get(), files);
  }
  result::Document document;
  summary.write({.windows = count}, document);
  const auto* touched = metric_of(document, "heat_touched_bytes");
  EXPECT_EQ(touched->median, 4 * page);
  EXPECT_EQ(touched->count, HeatSample::max_windows);
  ASSERT_EQ(touched->samples.size(), HeatSample::max_windows);
  const auto busy = std::ranges::count(touched->samples, 4.0 * page);
  EXPECT_NEAR(static_cast<double>(busy), 2.0 / 3 * HeatSample::max_windows, 150);
  EXPECT_EQ(whole(document.parameters.at("windows_sampled")),
            static_cast<std::int64_t>(HeatSample::max_windows));
  ASSERT_EQ(document.not_measured.size(), 1U);
  EXPECT_EQ(document.not_measured[0].what, "the medians over all 12288 windows");
}

TEST(HeatDocument, ModelsWithoutExpertsHaveNoExpertMap) {
  weights::Model model{.format = "grid",
                       .files = {{.path = "/m", .size = 4 * page}},
                       .tensors = {{.name = "0", .size = 4 * page, .layer = 3}}};
  const auto files = files_of(std::move(model));
  HeatSummary summary;
  summary.add(Window(files, 0).touch(0, 2 * page).get(), files);
  result::Document document;
  summary.write({.windows = 1}, document);
  EXPECT_EQ(map_of(document, "heat_experts"), nullptr);
  EXPECT_EQ(table_of(document, "experts"), nullptr);
  EXPECT_EQ(metric_of(document, "heat_experts_per_layer"), nullptr);
  EXPECT_EQ(map_of(document, "heat_layers")->y, (std::vector<double>{3}));
  EXPECT_EQ(map_of(document, "heat_layers")->values[0][0], 50);
}

TEST(HeatDocument, ModelsAreToldApart) {
  std::vector<WatchedFile> files = files_of(model_with_experts());
  weights::Model second = model_with_experts();
  second.files[0].path = "/n";
  files.push_back(files_of(std::move(second))[0]);
  HeatSummary summary;
  HeatWindow window = Window(files, 0).touch_expert(0, 1).get();
  window.files.push_back({.file = 1, .touched = pages::PageSet(pages::pages_of(files[1].size))});
  summary.add(window, files);
  result::Document document;
  summary.write({.windows = 1}, document);
  const auto* experts = table_of(document, "experts");
  ASSERT_EQ(experts->rows.size(), 16U);
  EXPECT_EQ(cell(*experts, 1, "model"), result::Value(std::string("/m")));
  EXPECT_EQ(whole(cell(*experts, 1, "windows_touched")), 1);
  EXPECT_EQ(cell(*experts, 9, "model"), result::Value(std::string("/n")));
  EXPECT_EQ(whole(cell(*experts, 9, "windows_touched")), 0);
  EXPECT_EQ(cell(*table_of(document, "tensors"), 0, "model"), result::Value(std::string("/m")));
  std::vector<std::string> maps;
  for (const auto& map : document.heatmaps) {
    EXPECT_EQ(map.y, (std::vector<double>{0, 1}));
    maps.push_back(map.name + map.labels.at("model"));
  }
  EXPECT_EQ(maps, (std::vector<std::string>{"heat_layers/m", "heat_layers/n", "heat_experts/m",
                                            "heat_experts/n"}));
  EXPECT_EQ(metric_of(document, "heat_experts_per_layer")->median, 0.25);
}

TEST(HeatDocument, AnExpertThatALayerLacksIsNotMeasured) {
  weights::Model model{
      .format = "safetensors", .files = {{.path = "/m", .size = 3 * page}}, .tensors = {}};
  const auto add = [&](int layer, int expert) {
    model.tensors.push_back({.name = "w",
                             .offset = model.tensors.size() * page,
                             .size = page,
                             .layer = layer,
                             .expert = expert});
  };
  add(0, 0);
  add(0, 1);
  add(5, 1);
  const auto files = files_of(std::move(model));
  HeatSummary summary;
  summary.add(Window(files, 0).touch(2 * page, page).get(), files);
  result::Document document;
  summary.write({.windows = 1}, document);
  const auto* map = map_of(document, "heat_experts");
  EXPECT_EQ(map->y, (std::vector<double>{0, 5}));
  EXPECT_EQ(map->values[0], (std::vector<double>{0, 0}));
  EXPECT_TRUE(std::isnan(map->values[1][0]));
  EXPECT_EQ(map->values[1][1], 1);
}

TEST(HeatDocument, TotalsSaySoAndShowNoParts) {
  const auto files = files_of(model_with_experts());
  HeatSummary summary;
  HeatWindow window{.begin_seconds = 0, .seconds = 1};
  window.files = {{.file = 0, .touched_bytes = 12 * page}};
  summary.add(window, files);
  HeatOutcome outcome{.windows = 1};
  outcome.no_accessed_bits =
      Error{.kind = ErrorKind::denied, .message = "the kernel refused", .hint = "run as root"};
  result::Document document;
  summary.write(outcome, document);
  EXPECT_TRUE(document.heatmaps.empty());
  EXPECT_EQ(document.parameters.at("method"), result::Value(std::string("referenced-totals")));
  EXPECT_EQ(document.series[0].points[0].median, 12 * page);
  ASSERT_EQ(document.not_measured.size(), 1U);
  EXPECT_EQ(document.not_measured[0].reason, "the kernel refused");
  EXPECT_EQ(document.not_measured[0].remedy, "run as root");
  EXPECT_EQ(cell(*table_of(document, "windows"), 0, "experts_max"), result::Value());
  EXPECT_EQ(cell(*table_of(document, "windows"), 0, "fresh"), result::Value());
}

TEST(HeatDocument, SaysWhatTheBitsCannotTell) {
  const auto files = files_of(model_with_experts());
  HeatSummary summary;
  HeatWindow window = Window(files, 0).touch(0, 8 * page).get();
  window.files[0].present = 100;
  window.files[0].huge = 25;
  window.files[0].fresh = 2;
  window.files[0].unreadable = 512;
  summary.add(window, files);
  result::Document document;
  summary.write({.end = HeatEnd::process_ended, .windows = 1, .spoilt = 1, .damon = true},
                document);
  ASSERT_EQ(document.not_measured.size(), 5U);
  EXPECT_TRUE(document.not_measured[0].what.contains("DAMON"));
  document.not_measured.erase(document.not_measured.begin());
  EXPECT_TRUE(document.not_measured[0].reason.contains("25.0 %"))
      << document.not_measured[0].reason;
  EXPECT_TRUE(document.not_measured[1].reason.contains("25.0 %"))
      << document.not_measured[1].reason;
  EXPECT_EQ(document.not_measured[2].what, "512 pages");
  EXPECT_EQ(document.not_measured[3].what, "1 windows");
  EXPECT_EQ(document.parameters.at("end"), result::Value(std::string("process-ended")));
}

TEST(HeatDocument, OfNoWindowIsADocumentStill) {
  result::Document document;
  HeatSummary().write({.end = HeatEnd::interrupted}, document);
  EXPECT_TRUE(document.heatmaps.empty());
  EXPECT_TRUE(document.tables.empty());
  EXPECT_TRUE(document.metrics.empty());
  EXPECT_EQ(document.parameters.at("windows"), result::Value(std::int64_t{0}));
}

}  // namespace
}  // namespace bytepath::faults
