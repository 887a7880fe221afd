#include "verdict/fault_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using testing::HasSubstr;

constexpr double mib = 1024 * 1024;

// Documents as fault-probe writes them, of runs that a test makes up.
struct FaultDocument {
  Document document;

  explicit FaultDocument(const std::string& mode = "run") {
    document.tool = "fault-probe";
    document.parameters["mode"] = mode;
  }
  FaultDocument& metric(const std::string& name, result::Labels labels, double value) {
    document.metrics.push_back({.name = name,
                                .labels = std::move(labels),
                                .unit = "",
                                .median = value,
                                .low = value,
                                .high = value,
                                .count = 1,
                                .samples = {value}});
    return *this;
  }
  FaultDocument& file(const std::string& name, double value, const std::string& path = "m.gguf") {
    return metric(name, {{"file", path}}, value);
  }
  FaultDocument& faults(const std::string& fault_class, double count, double ns) {
    metric("faults_by_class", {{"class", fault_class}}, count);
    return metric("fault_time_by_class", {{"class", fault_class}}, ns);
  }
  FaultDocument& parameter(const std::string& name, result::Value value) {
    document.parameters[name] = std::move(value);
    return *this;
  }
  FaultDocument& call(const std::string& name, double bytes = 0, double ns = 0,
                      const std::string& path = "m.gguf") {
    if (document.tables.empty()) {
      document.tables.push_back(
          {.name = "calls", .columns = {{"call", ""}, {"bytes", "B"}, {"file", ""}}});
    }
    document.tables[0].rows.push_back({name, static_cast<std::int64_t>(bytes), path});
    return metric("call_time", {{"call", name}, {"file", path}}, ns);
  }

  const Document& judged() {
    judge(document);
    return document;
  }
  const result::Finding* finding(std::string_view id) {
    for (const auto& each : judged().findings) {
      if (each.id == id) return &each;
    }
    return nullptr;
  }
};

TEST(FaultsTouched, PutsTheThreeFiguresSideBySide) {
  FaultDocument run;
  run.file("file_bytes", 1000 * mib).file("faults", 25'600).file("mapped_bytes", 950 * mib);
  run.file("touched_bytes", 940 * mib);
  const auto* finding = run.finding("faults.touched");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, result::Severity::note);
  EXPECT_EQ(finding->text,
            "m.gguf, 1000 MiB: faults x 4 KiB (often quoted) 100 MiB (10.0 %), mapped (upper "
            "bound) 950 MiB (95.0 %), touched (exact) 940 MiB (94.0 %)");
  EXPECT_EQ(std::get<double>(finding->evidence.at("faults_times_page_bytes")), 100 * mib);
  EXPECT_EQ(std::get<double>(finding->evidence.at("touched_bytes")), 940 * mib);
}

TEST(FaultsTouched, SaysNotKnownOfWhatIsNot) {
  FaultDocument run;
  run.file("file_bytes", 10 * mib).file("faults", 256);
  const auto* finding = run.finding("faults.touched");
  ASSERT_NE(finding, nullptr);
  EXPECT_THAT(finding->text, HasSubstr("touched (exact) n/a"));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(finding->evidence.at("touched_bytes")));
}

TEST(FaultsTouched, NearlyAllDoesNotReadAsAll) {
  FaultDocument touch("touch");
  touch.file("file_bytes", 100'000).file("touched_bytes", 99'999);
  EXPECT_THAT(touch.finding("faults.touched")->text, HasSubstr("99.999 %"));
}

TEST(FaultsReadaheadOff, NeedsManyFaultsThatReadLittle) {
  const auto speaks = [](double faults, double read) {
    FaultDocument run;
    run.file("file_bytes", 1000 * mib).file("faults", faults).file("read_bytes", read);
    run.faults("disk-read", faults, 1e9);
    return run.finding("faults.readahead-off") != nullptr;
  };
  EXPECT_TRUE(speaks(10'000, 10'000 * 4096.0));
  EXPECT_FALSE(speaks(999, 999 * 4096.0));
  EXPECT_FALSE(speaks(10'000, 10'000 * 65536.0));
}

TEST(FaultsReadaheadWait, NeedsMostOfANoticeableTime) {
  const auto speaks = [](double wait_ns, double disk_ns, double share) {
    FaultDocument run;
    run.faults("readahead-wait", 148, wait_ns).faults("disk-read", 13, disk_ns);
    run.parameter("fault_share_of_wall_percent", share);
    return run.finding("faults.readahead-wait") != nullptr;
  };
  EXPECT_TRUE(speaks(1267e6, 130e6, 80));
  EXPECT_FALSE(speaks(1267e6, 130e6, 4));
  EXPECT_FALSE(speaks(100e6, 130e6, 80));
  EXPECT_FALSE(speaks(0, 0, 80));
}

TEST(FaultsReadAmplification, TakesTheExactFigureWhereItIsKnown) {
  const auto text_of = [](double read, double mapped, double touched,
                          bool bounded = true) -> std::string {
    FaultDocument run;
    run.file("file_bytes", 1000 * mib).file("faults", 1).file("read_bytes", read);
    run.file("mapped_bytes", mapped).parameter("mapped_is_upper_bound", bounded);
    if (touched > 0) run.file("touched_bytes", touched);
    const auto* finding = run.finding("faults.read-amplification");
    return finding == nullptr ? "" : finding->text;
  };
  EXPECT_THAT(text_of(300 * mib, 250 * mib, 100 * mib), HasSubstr("3.00x"));
  EXPECT_EQ(text_of(300 * mib, 250 * mib, 0), "");
  EXPECT_THAT(text_of(600 * mib, 250 * mib, 0), HasSubstr("at most touched"));
  EXPECT_EQ(text_of(200 * mib, 250 * mib, 100 * mib), "");
  EXPECT_EQ(text_of(600 * mib, 250 * mib, 0, false), "") << "more may have been mapped";
}

TEST(FaultsNeedlessPopulate, NeedsACallForAllAndLessThanHalfTouched) {
  const auto speaks = [](const std::string& call, double called, double touched) {
    FaultDocument run;
    run.file("file_bytes", 1000 * mib).file("touched_bytes", touched).call(call, called);
    return run.finding("faults.needless-populate") != nullptr;
  };
  EXPECT_TRUE(speaks("mmap populate", 1000 * mib, 280 * mib));
  EXPECT_TRUE(speaks("madvise willneed", 950 * mib, 280 * mib));
  EXPECT_TRUE(speaks("madvise populate-read", 1001 * mib, 280 * mib));
  EXPECT_FALSE(speaks("mmap", 1000 * mib, 280 * mib));
  EXPECT_FALSE(speaks("mmap populate", 1000 * mib, 600 * mib));
  EXPECT_FALSE(speaks("madvise populate-read", 64.0 * 1024, 280 * mib)) << "a small part of it";
}

TEST(FaultsNeedlessPopulate, HasTheCallsBytesAsEvidence) {
  FaultDocument run;
  run.file("file_bytes", 100 * mib).file("touched_bytes", 10 * mib).call("mlock", 99 * mib);
  const auto* finding = run.finding("faults.needless-populate");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->text,
            "mlock asks for 99.0 MiB of m.gguf, of which 10.0 MiB are touched (10.0 %)");
  EXPECT_EQ(std::get<double>(finding->evidence.at("call_bytes")), 99 * mib);
}

TEST(FaultsNeedlessPopulate, IsAboutTheFileOfTheCall) {
  FaultDocument run;
  run.file("file_bytes", 100).file("touched_bytes", 1).call("mmap populate", 100, 0, "other.gguf");
  EXPECT_EQ(run.finding("faults.needless-populate"), nullptr);
}

TEST(FaultsSmallPages, NeedsManyHitsThatMapLittle) {
  const auto speaks = [](double faults, double mapped) {
    FaultDocument run;
    run.file("file_bytes", 2000 * mib).file("faults", faults).file("mapped_bytes", mapped);
    run.faults("cache-hit", faults, 1e6);
    return run.finding("faults.small-pages") != nullptr;
  };
  EXPECT_TRUE(speaks(16'772, 16'772 * 65536.0));
  EXPECT_FALSE(speaks(16'772, 16'772 * 262144.0));
  EXPECT_FALSE(speaks(900, 900 * 65536.0));
}

TEST(FaultsMemoryPressure, IsReadingTheSameAgain) {
  const auto speaks = [](double again) {
    FaultDocument run;
    run.file("file_bytes", 1000 * mib)
        .file("read_bytes", 500 * mib)
        .file("read_again_bytes", again);
    return run.finding("faults.memory-pressure") != nullptr;
  };
  EXPECT_TRUE(speaks(100 * mib));
  EXPECT_FALSE(speaks(1 * mib));
  EXPECT_FALSE(speaks(0));
}

TEST(FaultsMemoryPressure, IsNotWhatTheProgramDroppedItself) {
  const auto speaks = [](const std::string& call, const std::string& path = "m.gguf") {
    FaultDocument run;
    run.file("file_bytes", 100 * mib).file("read_bytes", 200 * mib);
    run.file("read_again_bytes", 100 * mib).call(call, 0, 0, path);
    return run.finding("faults.memory-pressure") != nullptr;
  };
  EXPECT_TRUE(speaks("mmap"));
  for (const auto* call :
       {"fadvise dontneed", "madvise dontneed", "madvise pageout", "madvise cold"}) {
    EXPECT_FALSE(speaks(call)) << call;
    EXPECT_TRUE(speaks(call, "other.gguf")) << call;
  }
}

TEST(FaultsHostStall, IsOfColdRunsInVirtualMachines) {
  const auto speaks = [](const std::string& hypervisor, double read, double share) {
    FaultDocument run;
    run.document.host.hypervisor = hypervisor;
    run.file("file_bytes", 1000 * mib).file("read_bytes", read);
    run.parameter("fault_share_of_wall_percent", share);
    return run.finding("faults.host-stall") != nullptr;
  };
  EXPECT_TRUE(speaks("KVM", 900 * mib, 10));
  EXPECT_FALSE(speaks("", 900 * mib, 10));
  EXPECT_FALSE(speaks("KVM", 100 * mib, 10));
  EXPECT_FALSE(speaks("KVM", 900 * mib, 90));
}

TEST(FaultsHostStall, IsNotTheTimeInCalls) {
  const auto text_of = [](double call_ns) -> std::string {
    FaultDocument run;
    run.document.host.hypervisor = "KVM";
    run.file("file_bytes", 100 * mib).file("read_bytes", 100 * mib).metric("wall", {}, 200e6);
    run.parameter("fault_share_of_wall_percent", 1.0).call("mmap populate", 100 * mib, call_ns);
    const auto* finding = run.finding("faults.host-stall");
    return finding == nullptr ? "" : finding->text;
  };
  EXPECT_EQ(text_of(161e6), "");
  EXPECT_THAT(text_of(50e6), HasSubstr("explain 1.00 % of the wall time, system calls on the files "
                                       "25.0 %"));
}

TEST(FaultsLostEvents, AreToldAndUnpairedEndsAlone) {
  FaultDocument lost;
  lost.parameter("lost_faults", std::int64_t{3}).parameter("lost_mappings", std::int64_t{1});
  EXPECT_THAT(lost.finding("faults.lost-events")->text, HasSubstr("4 events"));
  FaultDocument unpaired;
  unpaired.parameter("unpaired_faults", std::int64_t{2});
  EXPECT_EQ(unpaired.finding("faults.lost-events"), nullptr);
}

TEST(FaultsNotExact, IsOfTouchOnly) {
  EXPECT_NE(FaultDocument("touch").parameter("exact", false).finding("faults.not-exact"), nullptr);
  EXPECT_EQ(FaultDocument("touch").parameter("exact", true).finding("faults.not-exact"), nullptr);
  EXPECT_EQ(FaultDocument("run").finding("faults.not-exact"), nullptr);
}

TEST(FaultsCommandFailed, SaysTheStatus) {
  FaultDocument run;
  EXPECT_THAT(run.parameter("exit_code", std::int64_t{7}).finding("faults.command-failed")->text,
              HasSubstr("status 7"));
  EXPECT_EQ(
      FaultDocument().parameter("exit_code", std::int64_t{0}).finding("faults.command-failed"),
      nullptr);
}

TEST(FaultVerdict, QuotesTheFileThatWasUsedMost) {
  FaultDocument run;
  run.file("file_bytes", 100 * mib, "small")
      .file("faults", 5, "small")
      .file("mapped_bytes", mib, "small");
  run.file("file_bytes", 100 * mib, "big")
      .file("faults", 50, "big")
      .file("mapped_bytes", 90 * mib, "big");
  run.parameter("fault_share_of_wall_percent", 42.0);
  EXPECT_EQ(run.judged().verdict.state, "waits");
  EXPECT_EQ(run.judged().verdict.text,
            "page faults took 42.0 % of the wall time of the thread that waited most; big: 50 "
            "faults, mapped 90.0 MiB (90.0 %)");
}

TEST(FaultVerdict, SaysTheCallsTimeWhereItIsLarger) {
  const auto text_of = [](double share) {
    FaultDocument run;
    run.file("file_bytes", 100 * mib).file("mapped_bytes", 100 * mib).metric("wall", {}, 200e6);
    run.parameter("fault_share_of_wall_percent", share).call("mmap populate", 100 * mib, 161e6);
    return run.judged().verdict.text;
  };
  EXPECT_THAT(text_of(0), HasSubstr("that waited most, system calls on the files 161 ms (80.5 % of "
                                    "the wall time); m.gguf"));
  EXPECT_THAT(text_of(90), testing::Not(HasSubstr("system calls")));
}

TEST(FaultVerdict, OfTouchIsTheExactFigure) {
  FaultDocument touch("touch");
  touch.file("file_bytes", 1000 * mib).file("touched_bytes", 939.8 * mib).parameter("exact", true);
  EXPECT_EQ(touch.judged().verdict.state, "exact");
  EXPECT_EQ(touch.judged().verdict.text, "940 MiB (94.0 %) of 1000 MiB were touched: m.gguf");
}

// A row of the table "comparisons" as run-probe's engine writes it.
FaultDocument what_if(const std::vector<std::pair<std::string, double>>& verdicts) {
  FaultDocument document("whatif");
  result::Table table{.name = "comparisons",
                      .columns = {{"benchmark", ""},
                                  {"metric", ""},
                                  {"baseline", ""},
                                  {"change", "percent_change"},
                                  {"verdict", ""}}};
  for (const auto& [verdict, change] : verdicts) {
    table.rows.push_back(
        {"policy " + verdict, std::string("wall"), std::string("1.2 s"), change, verdict});
  }
  document.document.tables.push_back(std::move(table));
  return document;
}

TEST(FaultsBetterPolicy, IsTheFastestOfThoseThatAreFaster) {
  auto document = what_if({{"improvement", -10.0}, {"regression", 50.0}, {"improvement", -28.0}});
  EXPECT_EQ(document.judged().verdict.state, "better-policy");
  EXPECT_THAT(document.judged().verdict.text, HasSubstr("28.0 % faster than as-is"));
  EXPECT_NE(document.finding("faults.better-policy"), nullptr);
}

TEST(FaultsBetterPolicy, SaysWhereNothingIsDecided) {
  EXPECT_EQ(what_if({{"inconclusive", -28.0}, {"equivalent", 0.1}}).judged().verdict.state,
            "inconclusive");
  EXPECT_EQ(what_if({{"regression", 28.0}, {"equivalent", 0.1}}).judged().verdict.state, "as-is");
  EXPECT_TRUE(what_if({}).judged().verdict.state.empty());
}

TEST(FaultHeat, SumsUpTheWindows) {
  FaultDocument attach("attach");
  attach.metric("heat_touched_bytes", {}, 120 * mib).metric("heat_experts_per_layer", {}, 4);
  EXPECT_EQ(attach.judged().verdict.text,
            "120 MiB touched in a window (median), 4.0 experts of each layer");
}

TEST(FaultsSelfTest, FailsWithACheck) {
  FaultDocument good("selftest");
  EXPECT_EQ(good.parameter("failed_checks", std::int64_t{0}).judged().verdict.state, "ready");
  FaultDocument bad("selftest");
  EXPECT_NE(bad.parameter("failed_checks", std::int64_t{1}).finding("faults.selftest"), nullptr);
  EXPECT_EQ(bad.document.verdict.state, "broken-instrument");
}

TEST(FaultVerdict, OfNothingIsEmpty) {
  EXPECT_TRUE(FaultDocument().judged().verdict.text.empty());
  EXPECT_TRUE(FaultDocument("map").judged().verdict.text.empty());
}

}  // namespace
}  // namespace bytepath::verdict
