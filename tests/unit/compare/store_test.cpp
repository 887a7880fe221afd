#include "compare/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

#include "support/temporary_folder.h"

namespace bytepath::compare {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Entry entry(std::string time = "20261126T031500Z", std::string commit = "abc123") {
  return {.path = {},
          .branch = "main",
          .machine = "0123456789abcdef",
          .suite = "cli",
          .time = std::move(time),
          .commit = std::move(commit)};
}

Selection of_suite(std::string suite) {
  Selection selection;
  selection.suite = std::move(suite);
  return selection;
}

Selection of_branch(std::string branch, std::string commit = "") {
  Selection selection;
  selection.branch = std::move(branch);
  selection.commit = std::move(commit);
  return selection;
}

std::vector<std::string> paths(const std::vector<Entry>& entries) {
  std::vector<std::string> out;
  for (const auto& each : entries) out.push_back(each.path);
  return out;
}

TEST(Store, FilesARunByItsNameAndFindsItAgain) {
  const test::TemporaryFolder folder;
  const auto stored = store(folder.at("new/base"), "{}", entry());
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->path, "main/0123456789abcdef/cli/20261126T031500Z-abc123.json");
  EXPECT_EQ(folder.read("new/base/" + stored->path), "{}");
  const auto listing = list(folder.at("new/base"), {});
  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->entries.size(), 1U);
  EXPECT_EQ(listing->entries[0].path, stored->path);
  EXPECT_EQ(listing->entries[0].commit, "abc123");
  EXPECT_EQ(listing->foreign, 0U);
}

TEST(Store, ATakenNameGetsANumberAndReplacesNothing) {
  const test::TemporaryFolder folder;
  for (const char* content : {"one", "two", "three"})
    ASSERT_TRUE(store(folder.path(), content, entry()));
  const auto listing = list(folder.path(), {});
  ASSERT_EQ(listing->entries.size(), 3U);
  EXPECT_THAT(listing->entries[2].path, HasSubstr("abc123.3.json"));
  EXPECT_EQ(listing->entries[2].commit, "abc123");
  EXPECT_EQ(folder.read(listing->entries[0].path), "one");
  EXPECT_EQ(folder.read(listing->entries[2].path), "three");
}

TEST(Store, OddNamesStayInsideTheFolderAndComeBackAsTheyWere) {
  const test::TemporaryFolder folder;
  for (const std::string name :
       {"../x", "a/b", "/etc", "...", "100% new", "line\nbreak", "\xc3\xa9", "v1.2", ".x", "-"}) {
    Entry odd = entry();
    odd.branch = odd.suite = odd.machine = odd.commit = name;
    const auto stored = store(folder.at("base"), name, odd);
    ASSERT_TRUE(stored) << name << ": " << stored.error().message;
    const auto found =
        list(folder.at("base"), {.branch = name, .machine = name, .suite = name, .commit = name});
    ASSERT_EQ(found->entries.size(), 1U) << name;
    EXPECT_EQ(found->entries[0].path, stored->path);
    EXPECT_EQ(folder.read("base/" + stored->path), name);
  }
  EXPECT_EQ(list(folder.at("base"), {})->foreign, 0U);
  EXPECT_EQ(folder.names(), std::set<std::string>{"base"});
}

TEST(Store, RefusesWhatIsNoName) {
  const test::TemporaryFolder folder;
  for (const std::string& name : {std::string(), std::string("."), std::string(".."),
                                  std::string(300, 'x'), std::string(90, '/')}) {
    for (auto field : {&Entry::branch, &Entry::machine, &Entry::suite, &Entry::commit}) {
      Entry wrong = entry();
      wrong.*field = name;
      const auto stored = store(folder.path(), "{}", wrong);
      ASSERT_FALSE(stored) << name;
      EXPECT_EQ(stored.error().kind, ErrorKind::usage);
    }
  }
  for (const char* time : {"", "2026-11-26T03:15:00Z", "20261326T031500Z", "20261126T241500Z",
                           "20261126T0315-0Z", "../261126T031500Z"}) {
    EXPECT_FALSE(store(folder.path(), "{}", entry(time))) << time;
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST(Store, JobsAtOnceLoseNothingAndLeaveNoUnfinishedFile) {
  const test::TemporaryFolder folder;
  constexpr int threads = 8;
  constexpr int each = 20;
  const std::string filler(20000, '.');
  std::vector<std::thread> jobs;
  for (int job = 0; job < threads; ++job) {
    jobs.emplace_back([&, job] {
      for (int run = 0; run < each; ++run) {
        EXPECT_TRUE(store(folder.path(), fmt::format("{} {} {}", job, run, filler), entry()));
      }
    });
  }
  for (auto& job : jobs) job.join();
  const auto listing = list(folder.path(), {});
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->entries.size(), std::size_t{threads * each});
  EXPECT_EQ(listing->foreign, 0U);
  std::set<std::string> contents;
  for (const auto& found : listing->entries) contents.insert(folder.read(found.path));
  EXPECT_EQ(contents.size(), std::size_t{threads * each});
  for (const auto& content : contents) EXPECT_TRUE(content.ends_with(' ' + filler));
}

TEST(Store, AFileInItsWayAndAFolderThatIsNotWritableAreErrors) {
  const test::TemporaryFolder folder;
  folder.write("file", "");
  const auto blocked = store(folder.at("file"), "{}", entry());
  ASSERT_FALSE(blocked);
  EXPECT_THAT(blocked.error().message, HasSubstr(folder.at("file")));
  EXPECT_FALSE(store("/proc/self/baselines", "{}", entry()));  // not even root makes folders there
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  std::filesystem::create_directory(folder.at("closed"));
  ::chmod(folder.at("closed").c_str(), 0555);
  const auto refused = store(folder.at("closed"), "{}", entry());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::denied);
}

TEST(List, SelectsSortsByTimeAndCountsWhatIsForeign) {
  const test::TemporaryFolder folder;
  Entry other = entry("20251126T031500Z", "old");
  other.branch = "feature/x";
  for (const auto& made : {entry("20261127T000000Z", "later"), entry(), other})
    ASSERT_TRUE(store(folder.path(), "{}", made));
  for (int number = 0; number < 10; ++number) ASSERT_TRUE(store(folder.path(), "{}", entry()));
  folder.write("README", "");
  folder.write("main/0123456789abcdef/cli/notes.json", "");
  folder.write("main/0123456789abcdef/cli/20261126T031500Z-a.1.json", "");
  folder.write("main/0123456789abcdef/cli/20261126T031500Z-.json", "");
  folder.write("main/0123456789abcdef/cli/20261126T031500Z-a%2g.json", "");
  folder.write("main/0123456789abcdef/cli/20261126T031500Z-a%2f.json", "");
  folder.write("main/0123456789abcdef/cli/.storing-1-1", "");
  std::filesystem::create_directory(folder.at("feature x"));
  const auto all = list(folder.path(), {});
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->foreign, 8U);
  ASSERT_EQ(all->entries.size(), 13U);
  EXPECT_EQ(all->entries.front().branch, "feature/x");
  EXPECT_THAT(all->entries[10].path, HasSubstr("abc123.10.json"));  // as numbers, not as text
  EXPECT_EQ(all->entries.back().commit, "later");
  EXPECT_EQ(list(folder.path(), of_branch("feature/x"))->entries.size(), 1U);
  EXPECT_EQ(list(folder.path(), of_branch("main", "later"))->entries.size(), 1U);
  EXPECT_EQ(list(folder.path(), of_suite("none"))->entries.size(), 0U);
  EXPECT_FALSE(list(folder.at("absent"), {}));
}

TEST(Prune, KeepsTheNewestOfEachGroup) {
  const test::TemporaryFolder folder;
  for (const char* day : {"21", "22", "23"}) {
    ASSERT_TRUE(store(folder.path(), "{}", entry(fmt::format("202611{}T000000Z", day))));
    Entry other = entry(fmt::format("202611{}T000000Z", day));
    other.suite = "other";
    ASSERT_TRUE(store(folder.path(), "{}", other));
  }
  const auto now = std::chrono::sys_days(std::chrono::November / 26 / 2026);
  const Selection cli = of_suite("cli");
  const auto said = prune(folder.path(), cli, {.keep = 1, .older_than = {}, .dry = true}, now);
  EXPECT_EQ(said->size(), 2U);
  EXPECT_EQ(list(folder.path(), {})->entries.size(), 6U);
  const auto done = prune(folder.path(), cli, {.keep = 1, .older_than = {}}, now);
  EXPECT_EQ(paths(*done), paths(*said));
  const auto left = list(folder.path(), cli);
  ASSERT_EQ(left->entries.size(), 1U);
  EXPECT_EQ(left->entries[0].time, "20261123T000000Z");
  EXPECT_EQ(list(folder.path(), {})->entries.size(), 4U);
}

TEST(Prune, RemovesWhatIsOlderAndNothingWithoutARule) {
  const test::TemporaryFolder folder;
  for (const char* day : {"21", "22", "23"})
    ASSERT_TRUE(store(folder.path(), "{}", entry(fmt::format("202611{}T000000Z", day))));
  const auto now = std::chrono::sys_days(std::chrono::November / 24 / 2026);
  EXPECT_TRUE(prune(folder.path(), {}, {}, now)->empty());
  const auto removed = prune(folder.path(), {}, {.keep = {}, .older_than = 48h}, now);
  ASSERT_EQ(removed->size(), 1U);  // that of two days ago is not older than two days
  EXPECT_EQ(removed->at(0).time, "20261121T000000Z");
}

}  // namespace
}  // namespace bytepath::compare
