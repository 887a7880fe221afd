#include "compare/store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <tuple>

#include "base/descriptor.h"
#include "base/file.h"
#include "compare/entry_name.h"

namespace bytepath::compare {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 255;  // NAME_MAX of Linux's file systems
constexpr unsigned most_of_one_name = 100000;

Result<> check_part(std::string_view what, std::string_view value) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::usage, fmt::format("the {} '{:.60}' {}", what, value, why),
                "it becomes the name of a folder or file");
  };
  if (value.empty()) return refuse("is empty");
  if (value == "." || value == "..") return refuse("is a folder of every folder");
  if (encode_part(value).size() > longest_name) return refuse("is too long");
  return {};
}

Result<> check(const Entry& entry) {
  const std::array<std::pair<std::string_view, const std::string*>, 4> parts = {
      {{"branch", &entry.branch},
       {"machine", &entry.machine},
       {"suite", &entry.suite},
       {"commit", &entry.commit}}};
  for (const auto& [what, value] : parts) {
    if (auto checked = check_part(what, *value); !checked) return checked;
  }
  if (!parse_time(entry.time)) {
    return fail(ErrorKind::usage, fmt::format("the time '{:.60}' is of another form", entry.time),
                "give UTC as 20261126T031500Z");
  }
  if (file_name(entry, most_of_one_name).size() > longest_name)
    return fail(ErrorKind::usage, fmt::format("the commit '{:.60}' is too long", entry.commit));
  return {};
}

std::string folder_of(const Entry& entry) {
  return fmt::format("{}/{}/{}", encode_part(entry.branch), encode_part(entry.machine),
                     encode_part(entry.suite));
}

// As of any report: that it may not be written is a failure, and not a run that cannot be judged.
std::unexpected<Error> not_stored(int error, const std::string& folder) {
  return fail(ErrorKind::failed,
              fmt::format("cannot store in {}: {}", folder, std::strerror(error)),
              "give a --directory that you may write to");
}

// A file of one process's own, removed when it goes out of scope. Created by its final mode's rules
// (umask), which mkostemp does not follow.
class Scratch {
 public:
  static Result<Scratch> create(const std::string& folder) {
    static std::atomic<unsigned> counter = 0;
    for (unsigned tries = 0; tries < most_of_one_name; ++tries) {
      Scratch scratch;
      scratch.path_ = fmt::format("{}/.storing-{}-{}", folder, ::getpid(), ++counter);
      scratch.file_ =
          Descriptor(::open(scratch.path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (scratch.file_) return scratch;
      const int error = errno;
      scratch.path_.clear();  // it is somebody else's
      if (error != EEXIST) return not_stored(error, folder);
    }
    return fail(ErrorKind::failed, fmt::format("{} is full of unfinished files", folder),
                "remove .storing-*");
  }
  Scratch(Scratch&& other) noexcept
      : path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  const std::string& path() const { return path_; }
  int fd() const { return file_.get(); }

 private:
  Scratch() = default;
  std::string path_;
  Descriptor file_;
};

struct Found {
  Entry entry;
  unsigned number = 1;

  auto key() const {
    return std::tie(entry.time, entry.branch, entry.machine, entry.suite, entry.commit, number);
  }
};

bool takes(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

bool takes(const Selection& selection, const Entry& entry) {
  return takes(selection.branch, entry.branch) && takes(selection.machine, entry.machine) &&
         takes(selection.suite, entry.suite) && takes(selection.commit, entry.commit);
}

class Walk {
 public:
  std::vector<Found> found;
  std::size_t foreign = 0;

  // Down the levels branch, machine and suite, and no further; parts holds the names so far.
  // NOLINTNEXTLINE(misc-no-recursion): three deep
  Result<> enter(const fs::path& folder, const std::vector<std::string>& parts) {
    std::error_code error;
    for (fs::directory_iterator entries(folder, error), end; !error && entries != end;
         entries.increment(error)) {
      if (auto visited = visit(*entries, parts); !visited) return visited;
    }
    if (error) return fail_errno(error.value(), "cannot list {}", folder.string());
    return {};
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): three deep
  Result<> visit(const fs::directory_entry& entry, const std::vector<std::string>& parts) {
    const std::string name = entry.path().filename().string();
    std::error_code ignored;
    if (parts.size() == 3) {
      const auto parsed = parse_file_name(name);
      if (!parsed || !entry.is_regular_file(ignored)) {
        ++foreign;
        return {};
      }
      Entry made{.path = {},
                 .branch = parts[0],
                 .machine = parts[1],
                 .suite = parts[2],
                 .time = parsed->time,
                 .commit = parsed->commit};
      if (file_name(made, parsed->number) != name) {
        ++foreign;
        return {};
      }
      made.path = fmt::format("{}/{}", folder_of(made), name);
      found.push_back({.entry = std::move(made), .number = parsed->number});
      return {};
    }
    const auto part = decode_part(name);
    if (!part || encode_part(*part) != name || !entry.is_directory(ignored)) {
      ++foreign;
      return {};
    }
    auto deeper = parts;
    deeper.push_back(*part);
    return enter(entry.path(), deeper);
  }
};

}  // namespace

Result<Entry> store(const std::string& folder, std::string_view content, Entry entry) {
  if (auto checked = check(entry); !checked) return std::unexpected(checked.error());
  const std::string below = folder_of(entry);
  const std::string target = folder + "/" + below;
  std::error_code error;
  fs::create_directories(target, error);
  if (error) return not_stored(error.value(), target);
  BYTEPATH_TRY(scratch, Scratch::create(target));
  if (auto written = write_all(scratch.fd(), content, target); !written)
    return std::unexpected(written.error());
  for (unsigned number = 1; number <= most_of_one_name; ++number) {
    const std::string name = file_name(entry, number);
    // A link never replaces a file, and shows it with all that is in it.
    const std::string path = fmt::format("{}/{}", target, name);
    if (::link(scratch.path().c_str(), path.c_str()) == 0) {
      entry.path = fmt::format("{}/{}", below, name);
      return entry;
    }
    const int linked = errno;
    if (linked == EPERM || linked == EOPNOTSUPP) {
      return fail(ErrorKind::failed,
                  fmt::format("cannot store in {}: {}", target, std::strerror(linked)),
                  "the file system must allow hard links");
    }
    if (linked != EEXIST) return not_stored(linked, target);
  }
  return fail(ErrorKind::failed, fmt::format("{} holds too many entries of one name", target));
}

Result<Listing> list(const std::string& folder, const Selection& selection) {
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) {
    return fail(ErrorKind::unsupported, fmt::format("there is no store {}", folder),
                "file a run with probe-compare store");
  }
  Walk walk;
  if (auto entered = walk.enter(folder, {}); !entered) return std::unexpected(entered.error());
  std::ranges::sort(walk.found, {}, [](const Found& found) { return found.key(); });
  Listing listing{.entries = {}, .foreign = walk.foreign};
  for (auto& found : walk.found) {
    if (takes(selection, found.entry)) listing.entries.push_back(std::move(found.entry));
  }
  return listing;
}

Result<std::vector<Entry>> prune(const std::string& folder, const Selection& selection,
                                 const Pruning& pruning,
                                 std::chrono::system_clock::time_point now) {
  BYTEPATH_TRY(listing, list(folder, selection));
  std::map<std::string, std::size_t> left;  // of each branch, machine and suite
  for (const auto& entry : listing.entries) ++left[folder_of(entry)];
  std::vector<Entry> removed;
  for (auto& entry : listing.entries) {
    auto& rest = left[folder_of(entry)];
    const auto time = parse_time(entry.time);
    const bool surplus = pruning.keep && rest > *pruning.keep;
    // In seconds: nanoseconds end in 2262, and a name may say any year.
    const auto today = std::chrono::floor<std::chrono::seconds>(now);
    const bool old = pruning.older_than && time && today - *time > *pruning.older_than;
    if (!surplus && !old) continue;
    const std::string path = folder + "/" + entry.path;
    // ENOENT: another job prunes the same folder.
    if (!pruning.dry && ::unlink(path.c_str()) != 0 && errno != ENOENT)
      return fail_errno(errno, "cannot remove {}", path);
    --rest;
    removed.push_back(std::move(entry));
  }
  return removed;
}

}  // namespace bytepath::compare
