#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "intercept/intercept.h"
#include "pages/page_file.h"
#include "pages/page_set.h"
#include "support/temporary_folder.h"

// Commands that run under the interceptor in a test, and what it told of them.
namespace bytepath::intercept {

class Recorder : public Observer {
 public:
  explicit Recorder(std::string wanted) : wanted_(std::move(wanted)) {}

  bool wanted(const MappedFile& file) override {
    ++asked[file.path];
    return file.path == wanted_;
  }
  void mapped(const MappedFile& file, pid_t /*process*/, std::uint64_t offset, std::uint64_t length,
              const Result<>& applied) override {
    seen = pages::PageSet(pages::pages_of(file.size));
    seen.insert(earlier);
    mappings.push_back({.first = offset / pages::page_bytes, .count = pages::pages_of(length)});
    if (!applied) refusals.push_back(applied.error());
  }
  void pages(const MappedFile& file, std::uint64_t first, std::uint64_t count) override {
    EXPECT_EQ(file.path, wanted_);
    seen.insert(first, count);
    earlier = seen;
  }
  void lost(const MappedFile& file, pid_t /*process*/, const std::string& why) override {
    losses.push_back(file.path + ": " + why);
  }

  pages::PageSet seen;
  pages::PageSet earlier;
  std::vector<pages::PageRun> mappings;
  std::vector<Error> refusals;
  std::vector<std::string> losses;
  std::map<std::string, int> asked;

 private:
  std::string wanted_;
};

// Skips where ptrace(2) or seccomp(2) is refused.
class InterceptedRun : public testing::Test {
 protected:
  InterceptedRun() : null_(::open("/dev/null", O_RDWR | O_CLOEXEC)) {
    chmod(folder_.path().c_str(), 0777);  // another user writes into it
    std::string content(file_pages * pages::page_bytes - 1000, '\0');
    for (std::size_t i = 0; i < content.size(); i += 512) content[i] = static_cast<char>(i >> 9);
    file_ = folder_.write("weights", content);
    chmod(file_.c_str(), 0666);
  }

  void SetUp() override {
    // Ignored where the tests run in the background of a script (sh(1)), and so it would be by all
    // that they start.
    std::signal(SIGINT, SIG_DFL);
    const auto command = Command::start(request({"/bin/true"}));
    if (command) return;
    const bool refused =
        command.error().kind == ErrorKind::denied || command.error().kind == ErrorKind::unsupported;
    if (refused) GTEST_SKIP() << command.error().message;
  }

  Request request(std::vector<std::string> arguments) const {
    std::string path = arguments.front();
    return {.path = std::move(path),
            .arguments = std::move(arguments),
            .environment = {"PATH=/usr/bin:/bin"},
            .input = null_.get(),
            .output = null_.get(),
            .error = null_.get()};
  }
  Request shell(const std::string& script) const { return request({"/bin/sh", "-c", script}); }

  Outcome run(const Request& request, Recorder& recorder,
              const std::function<void()>& tick = {}) const {
    auto command = Command::start(request);
    if (!command) {
      ADD_FAILURE() << command.error().message;
      return {};
    }
    auto outcome = command->run(recorder, tick);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
    return outcome.value_or(Outcome{});
  }

  // What a toucher wrote with --truth.
  pages::PageSet truth() const {
    const auto files = pages::from_text(folder_.read("truth"), "truth");
    if (!files || files->size() != 1) {
      ADD_FAILURE() << "the toucher left no truth";
      return {};
    }
    return files->front().pages;
  }

  static constexpr std::uint64_t file_pages = 2051;  // more than 8 MiB, and a huge page's part
  test::TemporaryFolder folder_;
  std::string file_;
  Descriptor null_;
};

}  // namespace bytepath::intercept
