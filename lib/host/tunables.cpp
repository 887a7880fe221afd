#include "host/tunables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <limits>

#include "base/text.h"

namespace bytepath::host {
namespace {

constexpr std::size_t max_settings = 1024;
constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

// sysdeps/x86/dl-cacheinfo.h: the bounds of x86_non_temporal_threshold since 2.36.
constexpr std::uint64_t least_non_temporal = 0x4040;
constexpr std::uint64_t most_non_temporal = largest >> 4U;
// The default rep movsb threshold with FSRM (cf2c57526b).
constexpr std::uint64_t default_rep_movsb = 2112;
// minimum_rep_movsb_threshold: a value must be larger than this many vector registers.
constexpr std::uint64_t least_registers = 8;
constexpr std::array<std::size_t, 2> register_range = {16, 64};

// elf/dl-tunables.c before 2.39 stops at the first letter that is no digit, later releases refuse
// the value.
constexpr GlibcVersion strict_numbers{.major = 2, .minor = 39};
constexpr GlibcVersion bounded_non_temporal{.major = 2, .minor = 36};
constexpr GlibcVersion wide_rep_movsb{.major = 2, .minor = 41};  // 61c3450db9

struct Verdict {
  TunableVerdict verdict{};
  std::string why;
};

struct Number {
  std::uint64_t value = 0;
  std::string_view rest;  // what is left behind the digits
};

std::optional<unsigned> digit_of(char letter, unsigned base) {
  unsigned digit = base;
  if (letter >= '0' && letter <= '9') digit = static_cast<unsigned>(letter - '0');
  if (letter >= 'a' && letter <= 'f') digit = static_cast<unsigned>(letter - 'a') + 10;
  if (letter >= 'A' && letter <= 'F') digit = static_cast<unsigned>(letter - 'A') + 10;
  if (digit >= base) return std::nullopt;
  return digit;
}

// As the loader reads numbers (elf/dl-minimal.c, _dl_strtoul): blanks, a sign, 0x or a leading 0
// for octal; too large a number becomes the largest.
Number read_number(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  unsigned base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.starts_with('0')) {
    base = 8;
  }
  std::uint64_t value = 0;
  while (!text.empty()) {
    const auto digit = digit_of(text.front(), base);
    if (!digit) break;
    value = value > (largest - *digit) / base ? largest : value * base + *digit;
    text.remove_prefix(1);
  }
  return {.value = negative && value != largest ? 0 - value : value, .rest = text};
}

bool at_least(const TunableContext& context, GlibcVersion version) {
  return context.version && *context.version >= version;
}

bool before(const TunableContext& context, GlibcVersion version) {
  return context.version && *context.version < version;
}

bool avoids_rep_movsb(const TunableContext& context) {
  if (context.avoids_rep_movsb) return *context.avoids_rep_movsb;
  return infer_amd_selection(context.version).selection == AmdSelection::vector;
}

std::optional<Verdict> too_small(std::uint64_t value, const TunableContext& context) {
  const std::uint64_t vector = context.vector_bytes;
  const std::uint64_t certain = least_registers * (vector != 0 ? vector : register_range[0]);
  const std::uint64_t possible = least_registers * (vector != 0 ? vector : register_range[1]);
  if (value <= certain)
    return Verdict{TunableVerdict::ignored,
                   fmt::format("silently ignored: it must be larger than {}", certain)};
  if (value <= possible)
    return Verdict{TunableVerdict::unknown,
                   fmt::format("ignored when the CPU's vectors are so wide that 8 of them are {} "
                               "bytes or more",
                               value)};
  return std::nullopt;
}

Verdict judge_rep_movsb(std::uint64_t value, const TunableContext& context) {
  if (const auto small = too_small(value, context)) return *small;
  if (avoids_rep_movsb(context))
    return {TunableVerdict::harmful,
            "this glibc avoids rep movsb on AMD by itself: the setting brings it back for every "
            "size above it, up to the non-temporal threshold; remove it"};
  if (value < default_rep_movsb)
    return {TunableVerdict::harmful, "rep movsb begins at even smaller sizes than by default"};
  std::string why =
      "rep movsb runs only above this size, and never once it reaches the stop "
      "threshold (the size of L2)";
  if (value > std::numeric_limits<std::uint32_t>::max() && !at_least(context, wide_rep_movsb))
    why += "; glibc 2.32 to 2.40 without 61c3450db9 keep only the lower 32 bits";
  return {TunableVerdict::accepted, std::move(why)};
}

Verdict judge_non_temporal(std::uint64_t value, const TunableContext& context) {
  const bool outside = value <= least_non_temporal || value > most_non_temporal;
  if (outside && !before(context, bounded_non_temporal))
    return {TunableVerdict::ignored,
            fmt::format("silently ignored: it must be larger than {:#x} and at most {:#x}",
                        least_non_temporal, most_non_temporal)};
  if (avoids_rep_movsb(context))
    return {TunableVerdict::harmful,
            "on AMD this glibc derives the rep movsb threshold from the default of this value; "
            "raised, it lets rep movsb run for the sizes between"};
  return {TunableVerdict::useless, "does not move the sizes that rep movsb handles"};
}

Verdict judge_rep_stosb(std::uint64_t value, const TunableContext&) {
  if (value < 1) return {TunableVerdict::ignored, "silently ignored: it must be at least 1"};
  return {TunableVerdict::accepted, "memset uses rep stosb from about this size"};
}

Verdict judge_hwcap(std::string_view item) {
  if (item == "-ERMS")
    return {TunableVerdict::accepted, "memcpy, memmove and memset use vector loops only"};
  if (item == "-FSRM")
    return {TunableVerdict::useless,
            "the thresholds are computed before the bit is cleared: rep movsb stays; use -ERMS"};
  if (item == "Prefer_FSRM" || item == "Prefer_ERMS")
    return {TunableVerdict::harmful,
            "selects the variant that is rep movsb alone, from the first byte on"};
  if (item.starts_with("-AVX"))
    return {TunableVerdict::useless, "another vector width, the same use of rep movsb"};
  return {TunableVerdict::unknown, "not judged: it is not known to change how bytes are copied"};
}

struct Row {
  std::string_view name;
  GlibcVersion since;
  Verdict (*judge)(std::uint64_t, const TunableContext&);
};

// Since which release: the tags of elf/dl-tunables.list and sysdeps/x86/dl-tunables.list.
constexpr Row number_rows[] = {
    {"glibc.cpu.x86_rep_movsb_threshold", {2, 32}, judge_rep_movsb},
    {"glibc.cpu.x86_rep_stosb_threshold", {2, 32}, judge_rep_stosb},
    {"glibc.cpu.x86_non_temporal_threshold", {2, 29}, judge_non_temporal},
};

Verdict judge_number(const Row& row, std::string_view value, const TunableContext& context) {
  const Number number = read_number(value);
  if (!number.rest.empty() && at_least(context, strict_numbers))
    return {TunableVerdict::ignored, "not a number: ignored with a warning (no suffixes)"};
  Verdict verdict = row.judge(number.value, context);
  if (number.rest.empty() || verdict.verdict == TunableVerdict::ignored) return verdict;
  if (verdict.verdict == TunableVerdict::accepted) verdict.verdict = TunableVerdict::changed;
  verdict.why = fmt::format("glibc before 2.39 reads {} and drops '{}'; {}", number.value,
                            number.rest, verdict.why);
  return verdict;
}

void judge_setting(std::string_view name, std::string_view value, const TunableContext& context,
                   std::vector<TunableFinding>& findings) {
  auto add = [&](std::string_view shown, Verdict verdict) {
    findings.push_back({.tunable = std::string(name),
                        .value = std::string(shown),
                        .verdict = verdict.verdict,
                        .why = std::move(verdict.why)});
  };
  if (!context.glibc) {
    add(value, {TunableVerdict::ignored, "only glibc reads GLIBC_TUNABLES"});
    return;
  }
  if (name == "glibc.cpu.hwcaps") {
    for (const std::string_view item : split(value, ',')) add(item, judge_hwcap(item));
    return;
  }
  const auto* row = std::ranges::find(number_rows, name, &Row::name);
  if (row == std::end(number_rows)) {
    add(value,
        {TunableVerdict::unknown, "not judged: it is not known to change how bytes are copied"});
    return;
  }
  if (before(context, row->since)) {
    add(value, {TunableVerdict::ignored,
                fmt::format("glibc knows it since {}.{}", row->since.major, row->since.minor)});
    return;
  }
  add(value, judge_number(*row, value, context));
}

// 2.39 and later drop the whole variable when one part of it has no name=value form.
bool ill_formed(const std::vector<std::string_view>& settings) {
  return std::ranges::any_of(
             settings,
             [](std::string_view setting) { return std::ranges::count(setting, '=') > 1; }) ||
         (!settings.empty() && !settings.back().contains('='));
}

}  // namespace

std::vector<TunableFinding> judge_tunables(std::string_view variable,
                                           const TunableContext& context) {
  std::vector<std::string_view> settings = split(variable, ':');
  if (settings.size() > max_settings) settings.resize(max_settings);
  std::vector<TunableFinding> findings;
  if (at_least(context, strict_numbers) && ill_formed(settings)) {
    findings.push_back({.tunable = "GLIBC_TUNABLES",
                        .value = std::string(variable),
                        .verdict = TunableVerdict::ignored,
                        .why = "not name=value[:name=value...]: all of it is ignored"});
    return findings;
  }
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const std::size_t equals = settings[i].find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = settings[i].substr(0, equals);
    const std::string_view value = settings[i].substr(equals + 1);
    const bool overridden = std::ranges::any_of(
        settings.begin() + static_cast<std::ptrdiff_t>(i) + 1, settings.end(),
        [&](std::string_view later) {
          return later.starts_with(name) && later.size() > name.size() && later[name.size()] == '=';
        });
    if (overridden)
      findings.push_back({.tunable = std::string(name),
                          .value = std::string(value),
                          .verdict = TunableVerdict::ignored,
                          .why = "set again further on in the variable"});
    else
      judge_setting(name, value, context, findings);
  }
  return findings;
}

std::optional<std::string_view> find_tunables_variable(std::string_view environment) {
  constexpr std::string_view name = "GLIBC_TUNABLES=";
  while (!environment.empty()) {
    const std::size_t end = std::min(environment.find('\0'), environment.size());
    const std::string_view entry = environment.substr(0, end);
    if (entry.starts_with(name)) return entry.substr(name.size());
    environment.remove_prefix(std::min(end + 1, environment.size()));
  }
  return std::nullopt;
}

std::string_view to_text(TunableVerdict verdict) {
  switch (verdict) {
    case TunableVerdict::accepted:
      return "accepted";
    case TunableVerdict::changed:
      return "changed";
    case TunableVerdict::ignored:
      return "ignored";
    case TunableVerdict::unknown:
      return "unknown";
    case TunableVerdict::useless:
      return "useless";
    case TunableVerdict::harmful:
      return "harmful";
  }
  return "unknown";
}

}  // namespace bytepath::host
