#include "copy/remedy_trial.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "base/text.h"
#include "process/capture.h"
#include "verdict/copy_measurements.h"
#include "verdict/copy_remedies.h"

namespace bytepath::copy {
namespace {

namespace fs = std::filesystem;
using result::Document;
using result::Value;

struct Trial {
  std::string setting;              // of GLIBC_TUNABLES, or the path of another libc
  std::vector<std::string> loader;  // put before the command
};

// The two remedies, and two settings that are often advised or found and do not help.
std::vector<Trial> tunable_trials() {
  return {{.setting = verdict::threshold_tunable},
          {.setting = verdict::no_erms_tunable},
          {.setting = "glibc.cpu.hwcaps=-FSRM"},
          {.setting = "glibc.cpu.x86_non_temporal_threshold=0x40000000"}};
}

// ld.so is where a folder of libraries has it, and is itself the program that loads another.
Result<Trial> libc_trial(const std::string& path) {
  constexpr const char* loader_name = "ld-linux-x86-64.so.2";
  std::error_code ignored;
  std::string loader = path;
  if (fs::is_directory(path, ignored)) {
    for (const char* below : {"", "lib64", "lib", "lib/x86_64-linux-gnu", "usr/lib64"}) {
      const auto candidate = fs::path(path) / below / loader_name;
      if (fs::exists(candidate, ignored)) {
        loader = candidate.string();
        break;
      }
    }
  }
  if (loader == path && (fs::is_directory(path, ignored) || !fs::exists(path, ignored))) {
    return fail(ErrorKind::usage, fmt::format("--libc: {} holds no {}", path, loader_name),
                "give the dynamic loader of the other C library, or its folder");
  }
  // The other libraries that we need still come from this host, after those of the other libc.
  std::string folders = fs::path(loader).parent_path().string();
  const auto beside = fs::path(loader).parent_path().parent_path() / "lib/x86_64-linux-gnu";
  if (fs::exists(beside / "libc.so.6", ignored)) folders = beside.string() + ":" + folders;
  folders += ":/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64";
  return Trial{.setting = loader, .loader = {loader, "--library-path", folders}};
}

Result<std::string> own_path() {
  std::error_code error;
  const auto path = fs::read_symlink("/proc/self/exe", error);
  if (error) return fail_errno(error.value(), "cannot find this program's file");
  return path.string();
}

Result<Document> run_under(const Trial& trial) {
  BYTEPATH_TRY(program, own_path());
  std::vector<std::string> command = trial.loader;
  command.insert(command.end(), {program, "--quick", "--budget", "1s", "--quiet", "--kernels",
                                 "rep-movsb,memcpy,pread", "--json", "-"});
  process::CaptureOptions options;
  if (trial.loader.empty() && !trial.setting.empty()) {
    const char* present = std::getenv("GLIBC_TUNABLES");
    const std::string kept = present == nullptr ? "" : std::string(present) + ":";
    options.environment = {{"GLIBC_TUNABLES", kept + trial.setting}};
  }
  BYTEPATH_TRY(ran, process::capture(command, options));
  if (ran.exit_status != 0) {
    return fail(ErrorKind::failed,
                fmt::format("this program ended with {} under {}", ran.exit_status, trial.setting));
  }
  return result::from_json(ran.output, trial.setting);
}

double worst_ratio_by_size(const Document& document, std::string_view kernel) {
  double worst = std::numeric_limits<double>::quiet_NaN();
  for (const auto& series : document.series) {
    if (series.name != "ratio_by_size" || verdict::label(series.labels, "kernel") != kernel)
      continue;
    for (const auto& point : series.points) worst = std::fmax(worst, point.median);
  }
  return worst;
}

double worst_ratio_by_offset(const Document& document, std::string_view kernel) {
  double worst = 1;
  for (const auto& slow : verdict::slow_offsets(document)) {
    if (slow.kernel == kernel) worst = std::max(worst, slow.ratio);
  }
  return worst;
}

Value parameter(const Document& document, const std::string& name) {
  const auto found = document.parameters.find(name);
  return found == document.parameters.end() ? Value{} : found->second;
}

// Seen in the child's C library, not believed.
Value accepted(const Trial& trial, const Document& before, const Document& after) {
  if (!trial.loader.empty()) return before.host.libc != after.host.libc;
  const auto equals = trial.setting.find('=');
  const std::string name = trial.setting.substr(0, equals);
  const std::string wanted = trial.setting.substr(equals + 1);
  constexpr std::string_view prefix = "glibc.cpu.x86_";
  if (name.starts_with(prefix)) {
    const auto value = parameter(after, "libc." + name.substr(prefix.size()));
    const auto number = parse_unsigned(wanted, 16);
    if (!number || !std::holds_alternative<std::int64_t>(value)) return {};
    return std::get<std::int64_t>(value) == static_cast<std::int64_t>(*number);
  }
  const auto variant = parameter(after, "variant.memcpy");
  if (std::holds_alternative<std::monostate>(variant)) return {};
  return variant != parameter(before, "variant.memcpy");
}

}  // namespace

Result<> try_remedies(Document& document, const std::string& libc_path, const Progress& progress) {
  auto trials = tunable_trials();
  if (!libc_path.empty()) {
    BYTEPATH_TRY(other, libc_trial(libc_path));
    trials.push_back(std::move(other));
  }
  result::Table table{
      .name = "remedy_trials",
      .title = "Remedies tried here: memcpy before and after, rep movsb and pread after",
      .columns = {{"setting", ""},
                  {"accepted", ""},
                  {"before", "ratio"},
                  {"after", "ratio"},
                  {"helps", ""},
                  {"rep_movsb", "ratio"},
                  {"pread", "ratio"}}};
  const std::size_t steps = trials.size() + 1;
  if (!progress(0, steps, "as it is")) return {};
  BYTEPATH_TRY(before, run_under({}));
  const double slow = worst_ratio_by_size(before, "memcpy");
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (!progress(i + 1, steps, trials[i].setting)) break;
    const auto after = run_under(trials[i]);
    if (!after) {
      document.not_measured.push_back({.what = trials[i].setting,
                                       .reason = after.error().message,
                                       .remedy = after.error().hint});
      continue;
    }
    const double now = worst_ratio_by_size(*after, "memcpy");
    const bool helps = slow >= verdict::severe_factor && now < 2;
    table.rows.push_back({trials[i].setting, accepted(trials[i], before, *after), slow, now, helps,
                          worst_ratio_by_offset(*after, "rep-movsb"),
                          worst_ratio_by_offset(*after, "pread")});
  }
  document.tables.push_back(std::move(table));
  return {};
}

}  // namespace bytepath::copy
