#include "host/glibc_version.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace bytepath::host {
namespace {

constexpr std::string_view banner_begin = "GNU C Library (";
constexpr std::string_view version_begin = " release version ";
constexpr std::size_t longest_banner = 256;

bool is_digit(char letter) { return std::isdigit(static_cast<unsigned char>(letter)) != 0; }

bool is_version_letter(char letter) { return letter == '.' || is_digit(letter); }

std::string_view leading_version(std::string_view text) {
  const auto* end = std::ranges::find_if_not(text, is_version_letter);
  text = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  while (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<GlibcVersion> parse_glibc_version(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(dot + 1);
  const auto major = parse_unsigned(text.substr(0, dot));
  const auto minor = parse_unsigned(rest.substr(0, std::min(rest.find('.'), rest.size())));
  constexpr std::uint64_t largest = 100'000;
  if (!major || !minor || *major > largest || *minor > largest) return std::nullopt;
  return GlibcVersion{.major = static_cast<unsigned>(*major),
                      .minor = static_cast<unsigned>(*minor)};
}

std::optional<GlibcBanner> find_glibc_banner(std::string_view text) {
  for (std::size_t at = text.find(banner_begin); at != std::string_view::npos;
       at = text.find(banner_begin, at + 1)) {
    std::string_view line = text.substr(at + banner_begin.size(), longest_banner);
    line = line.substr(0, std::min(line.find_first_of(std::string_view("\0\n", 2)), line.size()));
    const std::size_t version = line.find(version_begin);
    const std::size_t close = line.substr(0, version).rfind(')');
    if (version == std::string_view::npos || close == std::string_view::npos) continue;
    return GlibcBanner{
        .package = std::string(line.substr(0, close)),
        .version = std::string(leading_version(line.substr(version + version_begin.size())))};
  }
  return std::nullopt;
}

std::optional<std::string> find_musl_version(std::string_view text) {
  std::optional<std::string> found;
  constexpr std::string_view begin("\0001.", 3);
  for (std::size_t at = text.find(begin); at != std::string_view::npos;
       at = text.find(begin, at + 1)) {
    const std::string_view candidate = text.substr(at + 1, 16);
    const std::string_view version = leading_version(candidate);
    const bool whole = version.size() < candidate.size() && candidate[version.size()] == '\0';
    if (!whole || std::ranges::count(version, '.') != 2 || version.contains("..")) continue;
    if (found && *found != version) return std::nullopt;
    found = version;
  }
  return found;
}

AmdInference infer_amd_selection(std::optional<GlibcVersion> version) {
  if (!version || *version < GlibcVersion{.major = 2, .minor = 32})
    return {.selection = AmdSelection::not_known,
            .text = "what this version selects on AMD is not known without running it"};
  if (*version < GlibcVersion{.major = 2, .minor = 34})
    return {.selection = AmdSelection::rep_movsb,
            .text =
                "on an AMD CPU with ERMS, memcpy uses rep movsb above 2 to 8 KiB, on the "
                "release tag without an upper stop",
            .source = "glibc 3f4b61a0b8"};
  if (*version < GlibcVersion{.major = 2, .minor = 39})
    return {.selection = AmdSelection::rep_movsb_window,
            .text =
                "on an AMD CPU with ERMS and FSRM, memcpy uses rep movsb from 2113 bytes up to "
                "the size of L2, unless the distribution patched it",
            .source = "glibc cf2c57526b, 6e02b3e932; not fixed on these branches as of 2026-01"};
  if (*version == GlibcVersion{.major = 2, .minor = 39})
    return {.selection = AmdSelection::by_branch_snapshot,
            .text =
                "on AMD, rep movsb from 2113 bytes up to L2 or never: 2.39 was fixed on its "
                "branch on 2024-04-04, so it depends on the snapshot",
            .source = "glibc aa4249266e"};
  return {.selection = AmdSelection::vector,
          .text =
              "on AMD, memcpy uses vector loops: the rep movsb threshold equals the "
              "non-temporal threshold",
          .source = "glibc 0c0d39fe4a"};
}

}  // namespace bytepath::host
