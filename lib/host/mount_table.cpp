#include "host/mount_table.h"

#include <sys/sysmacros.h>

#include <algorithm>

#include "base/text.h"

namespace bytepath::host {
namespace {

constexpr std::size_t first_optional_field = 6;

bool is_octal(char letter) { return letter >= '0' && letter <= '7'; }

// Blanks, tabs, line ends and backslashes are written as \040 and the like.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) &&
                         is_octal(text[i + 2]) && is_octal(text[i + 3]);
    if (!escaped) {
      plain += text[i];
      continue;
    }
    plain +=
        static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return plain;
}

bool read_device(std::string_view text, std::uint64_t& device) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto major = parse_unsigned(text.substr(0, colon));
  const auto minor = parse_unsigned(text.substr(colon + 1));
  if (!major || !minor || *major > UINT32_MAX || *minor > UINT32_MAX) return false;
  device = gnu_dev_makedev(static_cast<unsigned>(*major), static_cast<unsigned>(*minor));
  return true;
}

bool lies_below(std::string_view path, std::string_view folder) {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

std::string MountEntry::option(std::string_view name) const {
  for (const auto word : split(options, ',')) {
    if (word.starts_with(name) && word.size() > name.size() && word[name.size()] == '=')
      return unescape(word.substr(name.size() + 1));
  }
  return {};
}

std::vector<MountEntry> mounts_from_text(std::string_view mountinfo) {
  std::vector<MountEntry> mounts;
  for (const auto line : split(mountinfo, '\n')) {
    const auto fields = words(line);
    if (fields.size() <= first_optional_field) continue;
    const auto dash = std::find(fields.begin() + first_optional_field, fields.end(), "-");
    if (fields.end() - dash < 3) continue;
    MountEntry entry;
    if (!read_device(fields[2], entry.device)) continue;
    entry.root = unescape(fields[3]);
    entry.path = unescape(fields[4]);
    entry.type = unescape(dash[1]);
    entry.source = unescape(dash[2]);
    if (fields.end() - dash > 3) entry.options = dash[3];
    mounts.push_back(std::move(entry));
  }
  return mounts;
}

const MountEntry* mount_of_path(const std::vector<MountEntry>& mounts, std::string_view path) {
  const MountEntry* longest = nullptr;
  for (const auto& mount : mounts) {
    if (!lies_below(path, mount.path)) continue;
    if (longest == nullptr || mount.path.size() >= longest->path.size()) longest = &mount;
  }
  return longest;
}

}  // namespace bytepath::host
