#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace bytepath::host {

struct GlibcVersion {
  unsigned major = 0;
  unsigned minor = 0;
  auto operator<=>(const GlibcVersion&) const = default;
};

std::optional<GlibcVersion> parse_glibc_version(std::string_view text);  // "2.36"

struct GlibcBanner {
  std::string package;  // "Debian GLIBC 2.36-9+deb12u14"
  std::string version;  // "2.36"
};

// The line that every glibc carries in its read-only data (csu/version.c): "GNU C Library (PACKAGE)
// stable release version VERSION." Nothing when text does not hold it.
std::optional<GlibcBanner> find_glibc_banner(std::string_view text);

// musl keeps its version as a string of its own ("1.2.3") beside its name; nothing when text does
// not hold exactly one that looks like it.
std::optional<std::string> find_musl_version(std::string_view text);

// What a glibc release does on an AMD CPU that has ERMS, when no tunable is set. From the release
// tags and branches up to 2026-01, sysdeps/x86/dl-cacheinfo.h; the thresholds in force say more
// than this table, which is for a libc that is not running.
enum class AmdSelection {
  not_known,           // older than 2.32: not in the table
  rep_movsb,           // rep movsb above 2048*(VEC/16), no upper stop on the release tag
  rep_movsb_window,    // rep movsb for 2113 .. L2 size - 1
  by_branch_snapshot,  // 2.39: the tag has the window, the branch since 2024-04-04 does not
  vector,              // rep_movsb_threshold = non_temporal_threshold on AMD (commit 0c0d39fe4a)
};

struct AmdInference {
  AmdSelection selection = AmdSelection::not_known;
  std::string text;    // one sentence
  std::string source;  // the commits
};

AmdInference infer_amd_selection(std::optional<GlibcVersion> version);

}  // namespace bytepath::host
