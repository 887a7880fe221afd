#include "host/damon.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::host {
namespace {

constexpr std::string_view daemons_path = "/sys/kernel/mm/damon/admin/kdamonds";
constexpr std::uint64_t most_entries = 64;  // of a kind; a saved tree may claim anything

unsigned count(const std::string& path) {
  const auto number = parse_unsigned(read_line_or(path, ""));
  return static_cast<unsigned>(std::min(number.value_or(0), most_entries));
}

void add_context(const std::string& context, unsigned daemon, std::vector<DamonScheme>& schemes) {
  const auto operations = read_line_or(context + "/operations", "");
  const auto folder = context + "/schemes";
  const auto total = count(folder + "/nr_schemes");
  for (unsigned scheme = 0; scheme < total; ++scheme) {
    schemes.push_back({.daemon = daemon,
                       .operations = operations,
                       .action = read_line_or(fmt::format("{}/{}/action", folder, scheme), "")});
  }
}

}  // namespace

bool DamonScheme::evicts() const {
  return action == "pageout" || action == "cold" || action == "lru_deprio" ||
         action == "migrate_cold";
}

std::vector<DamonScheme> find_damon_schemes(const Root& root) {
  std::vector<DamonScheme> schemes;
  const auto daemons = root.at(daemons_path);
  const auto total = count(daemons + "/nr_kdamonds");
  for (unsigned daemon = 0; daemon < total; ++daemon) {
    const auto folder = fmt::format("{}/{}", daemons, daemon);
    if (read_line_or(folder + "/state", "") != "on") continue;
    const auto contexts = count(folder + "/contexts/nr_contexts");
    for (unsigned context = 0; context < contexts; ++context) {
      add_context(fmt::format("{}/contexts/{}", folder, context), daemon, schemes);
    }
  }
  if (read_line_or(root.at("/sys/module/damon_reclaim/parameters/enabled"), "N") == "Y") {
    schemes.push_back({.daemon = total, .operations = "paddr", .action = "pageout"});
  }
  return schemes;
}

bool damon_is_hidden(const Root& root) {
  std::error_code ignored;
  const auto daemons = root.at(daemons_path);
  return std::filesystem::exists(daemons, ignored) && !read_file(daemons + "/nr_kdamonds");
}

}  // namespace bytepath::host
