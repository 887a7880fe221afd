#include "process/process_tree.h"

#include <csignal>
#include <filesystem>
#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::process {
namespace {

// Each thread has its own list.
std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> children;
  std::error_code error;
  std::filesystem::directory_iterator each(fmt::format("/proc/{}/task", process), error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
    const auto list = read_file(each->path() / "children");
    if (!list) continue;
    for (const auto word : words(*list)) {
      if (const auto child = parse_unsigned(word)) children.push_back(static_cast<pid_t>(*child));
    }
  }
  return children;
}

}  // namespace

void signal_tree(pid_t process, int number) {
  // All are found before the first is told: the children of one that has ended are nobody's.
  std::vector<pid_t> tree = {process};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const auto children = children_of(tree[i]);
    tree.insert(tree.end(), children.begin(), children.end());
  }
  for (const pid_t each : tree) ::kill(each, number);
}

}  // namespace bytepath::process
