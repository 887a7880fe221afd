#include <algorithm>

#include "compare/comparison.h"
#include "compare/decision.h"

namespace bytepath::compare {
namespace {

// Refers to both suites, and holds the baseline's benchmarks under their new names.
struct Matched {
  const Benchmark* base = nullptr;
  const Benchmark* now = nullptr;
};

bool holds(const std::vector<Benchmark>& benchmarks, const std::string& name) {
  return std::ranges::find(benchmarks, name, &Benchmark::name) != benchmarks.end();
}

// "'grep', 'sort'": what may be named instead.
std::string names_in(const Suite& suite) {
  constexpr std::size_t most = 5;
  std::string out;
  for (std::size_t i = 0; i < std::min(suite.benchmarks.size(), most); ++i)
    out += fmt::format("{}'{}'", i == 0 ? "" : ", ", suite.benchmarks[i].name);
  const std::size_t more = suite.benchmarks.size() - std::min(suite.benchmarks.size(), most);
  return more == 0 ? out : fmt::format("{} and {} more", out, more);
}

Result<std::vector<Benchmark>> renamed(const Suite& base, const Suite& now, const Rules& rules) {
  std::vector<Benchmark> out = base.benchmarks;
  for (const auto& names : rules.renamed) {
    const auto refuse = [&](const std::string& name, const Suite& suite) {
      return fail(ErrorKind::usage,
                  fmt::format("map '{}={}': {} holds no benchmark '{}'", names.first, names.second,
                              suite.path, name),
                  "it holds " + names_in(suite));
    };
    if (!holds(base.benchmarks, names.first)) return refuse(names.first, base);
    if (!holds(now.benchmarks, names.second)) return refuse(names.second, now);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (base.benchmarks[i].name == names.first) out[i].name = names.second;
    }
  }
  return out;
}

std::string difference(std::string_view what, const std::string& base, const std::string& now) {
  if (base == now || base.empty() || now.empty()) return {};
  return fmt::format("{} {}, now {}", what, base, now);
}

std::string differences(std::string_view other, std::vector<std::string> found) {
  std::erase(found, "");
  if (found.empty()) return fmt::format("{}: the fingerprints differ", other);
  return fmt::format("{}: {}", other, fmt::join(found, "; "));
}

bool differ(const std::string& base, const std::string& now) {
  return !base.empty() && !now.empty() && base != now;
}

Session session_of(const result::Host& base, const result::Host& now, const Rules& rules) {
  Session session;
  if (rules.allow_host_mismatch) return session;
  if (differ(base.machine_hash, now.machine_hash)) {
    session.other_machine = differences(
        "another machine", {difference("cpu", base.cpu.brand, now.cpu.brand),
                            difference("microcode", base.cpu.microcode, now.cpu.microcode),
                            difference("hypervisor", base.hypervisor, now.hypervisor)});
  }
  if (differ(base.software_hash, now.software_hash)) {
    session.other_software = differences(
        "other software",
        {difference("kernel", base.kernel, now.kernel), difference("libc", base.libc, now.libc)});
  }
  return session;
}

// The k-th of a name is matched with the k-th of that name.
std::vector<Matched> match(const std::vector<const Benchmark*>& base,
                           const std::vector<const Benchmark*>& now) {
  std::vector<Matched> out;
  std::vector<const Benchmark*> left = now;
  for (const auto* benchmark : base) {
    const auto found =
        std::ranges::find(left, benchmark->name, [](const auto* other) { return other->name; });
    const bool common = found != left.end();
    out.push_back({.base = benchmark, .now = common ? *found : nullptr});
    if (common) left.erase(found);
  }
  for (const auto* benchmark : left) out.push_back({.base = nullptr, .now = benchmark});
  return out;
}

void compare_common(const Matched& pair, const Session& session, const Rules& rules,
                    std::vector<Comparison>& out) {
  const std::string& name = pair.now->name;
  for (const auto& base : pair.base->metrics) {
    if (const auto* now = find_metric(*pair.now, base.metric)) {
      out.push_back(compare_metric(name, base, *now, session, rules));
    } else if (find_gate(rules.gates, name, base.metric) != nullptr) {
      out.push_back(missing_metric(name, base, rules));
    }
  }
}

Comparison whole_benchmark(const Benchmark& benchmark, Verdict verdict, std::string why) {
  Comparison comparison;
  comparison.benchmark = benchmark.name;
  comparison.better = result::Better::none;
  comparison.margin = std::numeric_limits<double>::quiet_NaN();
  comparison.verdict = verdict;
  comparison.why = std::move(why);
  return comparison;
}

void add_missing(const Benchmark& benchmark, const Rules& rules, std::vector<Comparison>& out) {
  const std::size_t before = out.size();
  for (const auto& base : benchmark.metrics) {
    if (find_gate(rules.gates, benchmark.name, base.metric) != nullptr)
      out.push_back(missing_metric(benchmark.name, base, rules));
  }
  if (out.size() == before)
    out.push_back(whole_benchmark(benchmark, Verdict::missing, "only in the baseline"));
}

std::vector<const Benchmark*> pointers(const std::vector<Benchmark>& benchmarks) {
  std::vector<const Benchmark*> out;
  out.reserve(benchmarks.size());
  for (const auto& benchmark : benchmarks) out.push_back(&benchmark);
  return out;
}

std::unexpected<Error> nothing_in_common(const Suite& base, const Suite& now) {
  std::string hint = "name what belongs together with --map OLD=NEW";
  if (base.benchmarks.size() == 1 && now.benchmarks.size() == 1) {
    hint = fmt::format("if the two are meant, --map '{}={}'", base.benchmarks[0].name,
                       now.benchmarks[0].name);
  }
  return fail(ErrorKind::unsupported,
              fmt::format("{} and {} have no benchmark in common", base.path, now.path),
              std::move(hint));
}

}  // namespace

Result<std::vector<Comparison>> compare_suites(const Suite& base, const Suite& now,
                                               const Rules& rules) {
  BYTEPATH_TRY(old_benchmarks, renamed(base, now, rules));
  const auto all_base = pointers(old_benchmarks);
  const auto all_now = pointers(now.benchmarks);
  BYTEPATH_TRY(chosen_base, filtered(all_base, rules.filter));
  BYTEPATH_TRY(chosen_now, filtered(all_now, rules.filter));
  const Session session = session_of(base.host, now.host, rules);
  const auto pairs = match(chosen_base, chosen_now);
  const bool common = std::ranges::any_of(
      pairs, [](const Matched& pair) { return pair.base != nullptr && pair.now != nullptr; });
  if (!common) return nothing_in_common(base, now);
  std::vector<Comparison> comparisons;
  for (const auto& pair : pairs) {
    if (pair.now == nullptr) {
      add_missing(*pair.base, rules, comparisons);
    } else if (pair.base == nullptr) {
      comparisons.push_back(whole_benchmark(*pair.now, Verdict::added, "not in the baseline"));
    } else {
      compare_common(pair, session, rules, comparisons);
    }
  }
  auto measured = all_base;
  measured.insert(measured.end(), all_now.begin(), all_now.end());
  settle_gates(comparisons, rules, measured);
  return comparisons;
}

std::optional<result::NotMeasured> host_doubt(const Suite& base, const Suite& now) {
  if (!base.host.machine_hash.empty() && !now.host.machine_hash.empty()) return std::nullopt;
  const Suite& silent = base.host.machine_hash.empty() ? base : now;
  return result::NotMeasured{
      .what = "whether both runs are of one host",
      .reason = fmt::format("{} names no host, as {} writes it", silent.path, silent.format),
      .remedy = "measure with run-probe, whose files name it"};
}

}  // namespace bytepath::compare
