#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "stats/plateaus.h"

// Curves of real machines, saved from the series "latency" of tier-probe cpu.
namespace bytepath::chase {
namespace {

struct Curve {
  std::vector<double> bytes;
  std::vector<double> ns;
};

Curve read_curve(const std::string& name) {
  const auto path = std::string(BYTEPATH_TEST_DATA) + "/chase/" + name + ".csv";
  const std::string text = read_file(path).value_or("");
  Curve curve;
  for (const auto line : split(text, '\n')) {
    const auto cells = split(line, ',');
    if (cells.size() != 2 || cells[0] == "bytes") continue;
    curve.bytes.push_back(std::stod(std::string(cells[0])));
    curve.ns.push_back(std::stod(std::string(cells[1])));
  }
  return curve;
}

// Zen 5 (Turin) in a guest with two CPUs: 48 KiB, 1 MiB, and a part of 32 MiB that is shared. Two
// builds ran meanwhile, on both CPUs.
TEST(RecordedCurves, OfABusyZen5HaveFourTiers) {
  for (const char* name : {"zen5-busy-1", "zen5-busy-2"}) {
    const auto curve = read_curve(name);
    ASSERT_GT(curve.bytes.size(), 80U) << name;
    for (const std::size_t expected : {std::size_t{0}, std::size_t{4}}) {
      const auto found = stats::find_plateaus(curve.bytes, curve.ns, {.expected = expected});
      ASSERT_EQ(found.size(), 4U) << name << " with " << expected << " expected";
      EXPECT_NEAR(*found[0].knee / (48 * 1024.0), 1, 0.1) << name;
      EXPECT_NEAR(*found[1].knee / (1024 * 1024.0), 1.05, 0.2) << name;
      EXPECT_GT(*found[2].knee, 8 * 1048576.0) << name;
      EXPECT_LT(*found[2].knee, 32 * 1048576.0) << name;
      EXPECT_NEAR(found[0].level, 1.1, 0.06) << name;
      EXPECT_NEAR(found[1].level, 3.85, 0.2) << name;
      EXPECT_NEAR(found[2].level, 16.2, 1.5) << name;
      EXPECT_NEAR(found[3].level, 121, 4) << name;
    }
  }
}

}  // namespace
}  // namespace bytepath::chase
