#include "mounts/process_children.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::mounts {
namespace {

namespace fs = std::filesystem;

// "PID (NAME) STATE PPID ...": a name may have blanks and parentheses.
std::uint64_t parent_in(std::string_view stat) {
  const auto end = stat.rfind(')');
  if (end == std::string_view::npos) return 0;
  const auto fields = words(stat.substr(end + 1));
  return fields.size() > 1 ? parse_unsigned(fields[1]).value_or(0) : 0;
}

}  // namespace

std::vector<std::uint32_t> with_children(std::vector<std::uint32_t> processes, const Root& root) {
  std::map<std::uint64_t, std::vector<std::uint32_t>> children;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root.at("/proc"), error)) {
    const auto number = parse_unsigned(entry.path().filename().string());
    if (!number || *number > UINT32_MAX) continue;
    children[parent_in(read_line_or((entry.path() / "stat").string(), ""))].push_back(
        static_cast<std::uint32_t>(*number));
  }
  std::set<std::uint32_t> all(processes.begin(), processes.end());
  while (!processes.empty()) {
    const std::uint32_t process = processes.back();
    processes.pop_back();
    for (const std::uint32_t child : children[process])
      if (all.insert(child).second) processes.push_back(child);
  }
  return {all.begin(), all.end()};
}

}  // namespace bytepath::mounts
