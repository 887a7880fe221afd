#include <grp.h>
#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "process/spawn.h"

namespace bytepath::process {
namespace {

std::optional<std::uint64_t> number_in_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : parse_unsigned(text);
}

// Folders have the execute permission too.
bool is_program(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<Credentials> invoking_user() {
  if (geteuid() != 0) return std::nullopt;
  const auto user = number_in_environment("SUDO_UID");
  const auto group = number_in_environment("SUDO_GID");
  if (!user || !group || *user == 0) return std::nullopt;
  Credentials credentials{.user = static_cast<uid_t>(*user), .group = static_cast<gid_t>(*group)};
  credentials.groups = {credentials.group};
  const passwd* entry = getpwuid(credentials.user);
  if (entry == nullptr) return credentials;
  int count = 0;
  getgrouplist(entry->pw_name, credentials.group, nullptr, &count);
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 1)));
  if (getgrouplist(entry->pw_name, credentials.group, groups.data(), &count) >= 0) {
    groups.resize(static_cast<std::size_t>(count));
    credentials.groups = std::move(groups);
  }
  return credentials;
}

FileRights::FileRights(const std::optional<Credentials>& credentials) {
  if (!credentials) return;
  changed_ = true;
  const int count = getgroups(0, nullptr);
  groups_.resize(static_cast<std::size_t>(std::max(count, 0)));
  if (getgroups(count, groups_.data()) < 0) groups_.clear();
  // The raw call is of this thread alone. It needs a right that goes with the user.
  (void)syscall(SYS_setgroups, credentials->groups.size(), credentials->groups.data());
  (void)setfsgid(credentials->group);
  (void)setfsuid(credentials->user);
}

FileRights::~FileRights() {
  if (!changed_) return;
  (void)setfsuid(geteuid());
  (void)setfsgid(getegid());
  (void)syscall(SYS_setgroups, groups_.size(), groups_.data());
}

Result<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = std::getenv("PATH");
  for (const auto folder : split(path == nullptr ? "/bin:/usr/bin" : path, ':')) {
    // An empty entry stands for the current folder (POSIX.1-2017, 8.3).
    std::string candidate = folder.empty() ? name : fmt::format("{}/{}", folder, name);
    if (!name.empty() && is_program(candidate)) return candidate;
  }
  return fail(ErrorKind::usage, fmt::format("cannot run '{}': No such file or directory", name),
              "it is not in PATH");
}

}  // namespace bytepath::process
