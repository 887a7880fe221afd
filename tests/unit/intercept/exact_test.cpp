#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <tuple>

#include "recorded_run.h"

// Policy::exact finds the pages that a program of known truth touches.
namespace bytepath::intercept {
namespace {

using testing::IsEmpty;

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

// Program, pattern, how it maps and ends.
using Case = std::tuple<const char*, const char*, const char*>;

class Exact : public InterceptedRun, public testing::WithParamInterface<Case> {
 protected:
  void check(const Request& request) {
    Recorder recorder(file_);
    run(request, recorder);
    if (!recorder.refusals.empty() && recorder.refusals.front().kind == ErrorKind::unsupported) {
      GTEST_SKIP() << recorder.refusals.front().message;
    }
    for (const Error& refusal : recorder.refusals) ADD_FAILURE() << refusal.message;
    EXPECT_THAT(recorder.losses, IsEmpty());
    const pages::PageSet truth = this->truth();
    EXPECT_GT(truth.count(), 0U);
    EXPECT_EQ(recorder.seen.count(), truth.count());
    EXPECT_EQ(recorder.seen.runs(), truth.runs());
  }

  Request toucher() const {
    const auto [program, pattern, options] = GetParam();
    std::vector<std::string> arguments{program, file_, pattern, "--truth", folder_.at("truth")};
    for (auto& word : words(options)) arguments.push_back(std::move(word));
    Request result = request(std::move(arguments));
    result.policy = Policy::exact;
    return result;
  }
};

TEST_P(Exact, SeesTheTouchedPages) { check(toucher()); }

TEST_P(Exact, SeesTheTouchedPagesOfNobody) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const process::Credentials nobody{.user = 65534, .group = 65534, .groups = {}};
  Request request = toucher();
  request.credentials = &nobody;
  if (const auto command = Command::start(request); !command) {
    GTEST_SKIP() << "nobody cannot reach the program: " << command.error().message;
  }
  check(request);
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
  const auto [program, pattern, options] = info.param;
  std::string text =
      std::string(program == std::string(BYTEPATH_TOUCHER) ? "dynamic " : "static ") + pattern +
      options;
  std::erase_if(text, [](char c) { return c == '-'; });
  std::ranges::replace_if(text, [](char c) { return !isalnum(c); }, '_');
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Patterns, Exact,
    testing::Combine(testing::Values(BYTEPATH_TOUCHER, BYTEPATH_TOUCHER_STATIC),
                     testing::Values("seq", "every:3", "every:20", "random:10", "runs:16"),
                     testing::Values("", " --cold", " --aligned --populate")),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Ways, Exact,
    testing::Combine(testing::Values(BYTEPATH_TOUCHER, BYTEPATH_TOUCHER_STATIC),
                     testing::Values("random:10"),
                     testing::Values(" --private", " --writable", " --populate --willneed",
                                     " --threads 4 --shuffle", " --fork", " --remap", " --unmap",
                                     " --mremap", " --writable --mremap", " --exec",
                                     " --exec --threads 2", " --kernel", " --crash",
                                     " --exit-group", " --fork --threads 3 --cold",
                                     " --private --fork", " --remap --unmap --aligned")),
    name_of);

}  // namespace
}  // namespace bytepath::intercept
