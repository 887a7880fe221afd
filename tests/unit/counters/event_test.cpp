#include "counters/event.h"

#include <gtest/gtest.h>
#include <linux/perf_event.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace bytepath::counters {
namespace {

Event found(std::string_view name) {
  auto event = find_event(name);
  EXPECT_TRUE(event.has_value()) << name << ": " << (event ? "" : event.error().message);
  return event ? *std::move(event) : Event{};
}

Error refused(std::string_view name) {
  auto event = find_event(name);
  EXPECT_FALSE(event.has_value()) << name;
  return event ? Error{} : event.error();
}

struct Encoding {
  std::string name;
  std::uint32_t type;
  std::uint64_t config;
  std::string rusage;
};

void expect_encoding(const Encoding& expected) {
  const Event event = found(expected.name);
  EXPECT_EQ(event.name, expected.name);
  EXPECT_TRUE(event.type == expected.type && event.config == expected.config)
      << expected.name << ": " << event.type << ", " << event.config;
  EXPECT_EQ(event.rusage, expected.rusage) << expected.name;
  const std::string unit = expected.name.ends_with("-clock")  ? "ns"
                           : expected.name.contains("cycles") ? "cycles"
                                                              : "";
  EXPECT_EQ(event.unit, unit) << expected.name;
  EXPECT_FALSE(event.user_only || event.kernel_only) << expected.name;
  EXPECT_EQ(event.absent_pmu, "") << expected.name;
}

TEST(FindEvent, EncodesPerfsOwnNamesAsTheKernelsHeaderHasThem) {
  // linux/perf_event.h, enum perf_sw_ids and perf_hw_id, as numbers.
  const std::vector<Encoding> encodings = {{"cpu-clock", 1, 0, "cpu-time"},
                                           {"task-clock", 1, 1, "cpu-time"},
                                           {"page-faults", 1, 2, "faults"},
                                           {"faults", 1, 2, "faults"},
                                           {"context-switches", 1, 3, "switches"},
                                           {"cs", 1, 3, "switches"},
                                           {"cpu-migrations", 1, 4, ""},
                                           {"migrations", 1, 4, ""},
                                           {"minor-faults", 1, 5, "minflt"},
                                           {"major-faults", 1, 6, "majflt"},
                                           {"alignment-faults", 1, 7, ""},
                                           {"emulation-faults", 1, 8, ""},
                                           {"cycles", 0, 0, ""},
                                           {"instructions", 0, 1, ""},
                                           {"cache-references", 0, 2, ""},
                                           {"cache-misses", 0, 3, ""},
                                           {"branches", 0, 4, ""},
                                           {"branch-misses", 0, 5, ""},
                                           {"bus-cycles", 0, 6, ""},
                                           {"stalled-cycles-frontend", 0, 7, ""},
                                           {"stalled-cycles-backend", 0, 8, ""},
                                           {"ref-cycles", 0, 9, ""},
                                           {"L1-dcache-load-misses", 3, 65536, ""},
                                           {"r0224", 4, 0x224, ""}};
  for (const auto& encoding : encodings) expect_encoding(encoding);
}

void expect_mode(const std::string& name, bool user_only) {
  const Event event = found(name);
  EXPECT_EQ(event.name, name);
  EXPECT_EQ(event.user_only, user_only) << name;
  EXPECT_EQ(event.kernel_only, !user_only) << name;
  EXPECT_EQ(event.config, found(name.substr(0, name.size() - 2)).config);
}

TEST(FindEvent, ReadsTheModeAtTheNamesEnd) {
  for (const std::string name : {"page-faults", "cycles", "spr::LD_BLOCKS:STORE_FORWARD"}) {
    expect_mode(name + ":u", true);
    expect_mode(name + ":k", false);
  }
}

TEST(FindEvent, EncodesTheEventsOfCpusThatAreNotHere) {
  const Event conflict = found("amd64_fam19h_zen3::BAD_STATUS_2:STLI_OTHER");
  EXPECT_EQ(conflict.type, std::uint32_t{PERF_TYPE_RAW});
  EXPECT_EQ(conflict.config, 0x224U);
  EXPECT_EQ(found("spr::LD_BLOCKS:STORE_FORWARD:u").config, 0x8203U);
  EXPECT_EQ(found("icl::IDQ:MS_UOPS").config, 0x3079U);
  // A CPU cannot have been made by both.
  EXPECT_TRUE(conflict.absent_pmu == "amd64_fam19h_zen3" ||
              found("icl::IDQ:MS_UOPS").absent_pmu == "icl");
}

TEST(FindEvent, GivesAKernelEventItsRusageWhoeverEncodedIt) {
  const Event event = found("perf::PERF_COUNT_SW_TASK_CLOCK");
  EXPECT_EQ(event.rusage, "cpu-time");
  EXPECT_EQ(event.unit, "ns");
}

void expect_hint(const std::string& name, const std::string& hint) {
  const Error error = refused(name);
  EXPECT_EQ(error.kind, ErrorKind::usage) << name;
  EXPECT_NE(error.message.find("'" + name + "'"), std::string::npos) << error.message;
  EXPECT_NE(error.hint.find(hint), std::string::npos) << name << ": " << error.hint;
}

TEST(FindEvent, NamesTheNearestKnownEventWhateverItsCase) {
  const std::vector<std::pair<std::string, std::string>> slips = {
      {"page-fault", "page-faults"},
      {"task_clock:u", "task-clock"},
      {"perf::L1-dcache-lods", "perf::L1-DCACHE-LOADS"},
      {"spr::ld_block:STORE_FORWARD", "spr::LD_BLOCKS"},
      {"sprr::LD_BLOCKS", "'spr::'"},
      {"amd64_fam19h_zen33::BAD_STATUS_2", "amd64_fam19h_zen3::"}};
  for (const auto& [name, meant] : slips) expect_hint(name, meant);
}

TEST(FindEvent, NamesTheMasksWhenOneIsMissingOrWrong) {
  expect_hint("spr::LD_BLOCKS", "STORE_FORWARD");
  expect_hint("spr::ld_blocks:nope", "STORE_FORWARD");
}

TEST(FindEvent, NamesOnlyTheNearestOfManyMasks) {
  const Error many = refused("skx::OFFCORE_RESPONSE_0:DMND_DATA_R");
  EXPECT_NE(many.hint.find("'DMND_DATA_RD'"), std::string::npos) << many.hint;
  EXPECT_LT(refused("skx::OFFCORE_RESPONSE_0:zzzzzzzzzzzzzzzzzzzzz").hint.size(), 600U);
}

TEST(FindEvent, RefusesModifiersThatItWouldHaveToDrop) {
  for (const auto* modifier : {"period=1000", "freq=1000", "pinned", "excl", "cpu=1"}) {
    const Error error = refused(std::string("spr::LD_BLOCKS:STORE_FORWARD:") + modifier);
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_NE(error.message.find("modifier"), std::string::npos) << modifier << error.message;
  }
  EXPECT_EQ(refused("perf::CYCLES:precise=2").kind, ErrorKind::usage);
}

TEST(FindEvent, RefusesWhatIsNoNameAtAll) {
  using namespace std::string_literals;
  const std::vector<std::string> odd = {"",
                                        " ",
                                        ":",
                                        "::",
                                        ":::",
                                        ":u",
                                        ":k",
                                        "::u",
                                        "%n",
                                        "%s%s%s%n",
                                        "\xc3\xa9v\xc3\xa9nement",
                                        "page-faults\0x"s,
                                        "page-faults ",
                                        "page-faults\n",
                                        "\x1b[31mred",
                                        "\xff\xfe",
                                        "perf::",
                                        "::page-faults:u:u:u",
                                        "../../etc:passwd",
                                        "a:b:c:d:e:f",
                                        "r",
                                        "r-1",
                                        "nopmu::nothing",
                                        "cpu/event=0x24/",
                                        "page-faults:",
                                        "page-faults:x",
                                        "spr::LD_BLOCKS::STORE_FORWARD",
                                        "spr::LD_BLOCKS:=",
                                        "spr::LD_BLOCKS:STORE_FORWARD:c=",
                                        std::string(1U << 20U, 'a'),
                                        std::string(1U << 20U, ':'),
                                        std::string(250, 'z') + ":u",
                                        "spr::" + std::string(240, 'L')};
  for (const auto& name : odd) {
    const Error error = refused(name);
    EXPECT_EQ(error.kind, ErrorKind::usage) << name.substr(0, 40);
    EXPECT_FALSE(error.message.empty());
    EXPECT_LT(error.message.size(), 400U);
    EXPECT_EQ(error.message.find_first_of(std::string_view("\n\0\x1b", 3)), std::string::npos);
  }
}

TEST(FindEvents, KeepsTheOrderOfTheList) {
  const auto events = find_events("cs,page-faults:u,icl::IDQ:MS_UOPS");
  ASSERT_TRUE(events.has_value());
  ASSERT_EQ(events->size(), 3U);
  EXPECT_EQ(events->at(0).name, "cs");
  EXPECT_TRUE(events->at(1).user_only);
  EXPECT_EQ(events->at(2).config, 0x3079U);
}

TEST(FindEvents, RefusesEmptyEntriesRepetitionsAndUnknownNames) {
  for (const auto* list :
       {"", ",", "cs,", ",cs", "cs,,faults", "cs,faults,cs", "cs,nothing-such"}) {
    const auto events = find_events(list);
    ASSERT_FALSE(events.has_value()) << list;
    EXPECT_EQ(events.error().kind, ErrorKind::usage);
  }
  EXPECT_TRUE(find_events("cs,cs:u").has_value());
}

TEST(KnownEvents, CanAllBeFoundByTheirNames) {
  // Of the events of this host's own PMUs, which are not here, some need a mask.
  const std::map<std::string, std::uint32_t> types = {{"software", PERF_TYPE_SOFTWARE},
                                                      {"hardware", PERF_TYPE_HARDWARE},
                                                      {"perf", PERF_TYPE_HW_CACHE}};
  for (const auto& each : known_events()) {
    const auto type = types.find(each.kind);
    if (type == types.end()) continue;
    EXPECT_EQ(found(each.name).type, type->second) << each.name;
  }
}

TEST(KnownEvents, AreDescribedAndListedOnce) {
  const auto known = known_events();
  EXPECT_GE(known.size(), 22U);
  for (const auto& each : known) {
    EXPECT_FALSE(each.description.empty()) << each.name;
    EXPECT_EQ(std::ranges::count(known, each.name, &KnownEvent::name), 1) << each.name;
  }
}

}  // namespace
}  // namespace bytepath::counters
