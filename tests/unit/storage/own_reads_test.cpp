#include "storage/own_reads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <thread>

namespace bytepath::storage {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class SlowEngine final : public Engine {
 public:
  explicit SlowEngine(int error = 0) : error_(error) {}
  int read(std::uint64_t) override {
    std::this_thread::sleep_for(2ms);
    return error_;
  }

 private:
  int error_;
};

ReadPlan plan() { return {.path = "/data/file", .blocks = {0, 1, 2, 3, 4, 5, 6, 7}}; }

TEST(OwnReads, OfASlowTierAskAfterEachWhetherToStop) {
  SlowEngine engine;
  const auto labels = latency_labels();
  int asked = 0;
  const auto once = [&](std::size_t, std::size_t, std::string_view) { return asked++ == 0; };
  const auto samples = read_all(engine, *labels, measure::Clock::calibrate(), plan(), once);
  EXPECT_TRUE(samples.interrupted);
  EXPECT_EQ(samples.samples.size(), 1U) << "not sixty-four, of which each may take a second";
}

TEST(OwnReads, EndWithAnErrorThatNamesTheFile) {
  SlowEngine engine(EIO);
  const auto labels = latency_labels();
  const auto samples = read_all(engine, *labels, measure::Clock::calibrate(), plan(), no_progress);
  ASSERT_TRUE(samples.error.has_value());
  EXPECT_EQ(samples.error->message, "cannot read /data/file at byte 0: Input/output error");
  EXPECT_TRUE(samples.samples.empty());
}

TEST(ReadError, SaysWhatToDo) {
  const auto shorter = read_error("/data/file", 8192, ENODATA);
  EXPECT_THAT(shorter.message, HasSubstr("/data/file became shorter"));
  EXPECT_THAT(shorter.message, HasSubstr("at byte 8192"));
  EXPECT_THAT(read_error("/dev/sda", 0, EINVAL).hint, HasSubstr("--block"));
}

}  // namespace
}  // namespace bytepath::storage
