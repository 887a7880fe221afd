#include "faults/watched_files.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace bytepath::faults {
namespace {

std::optional<struct stat> stat_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return status;
}

trace::FileId id_of(const struct stat& status) {
  return {.device = status.st_dev, .inode = status.st_ino};
}

std::string root_of(std::uint32_t process) { return fmt::format("/proc/{}/root", process); }

// As the process sees it: it may live in another mount namespace.
std::string path_in(std::uint32_t process, const std::string& path) {
  const std::string within = root_of(process) + path;
  return stat_of(within) ? within : path;
}

// The name that the process has for it is the one to show.
void show_as_in(std::uint32_t process, weights::Model& model) {
  const std::string root = root_of(process);
  for (auto& file : model.files) {
    if (file.path.starts_with(root + "/")) file.path.erase(0, root.size());
  }
}

bool has_wildcard(const std::string& word) {
  return word.find_first_of("*?[") != std::string::npos;
}

}  // namespace

Result<WatchedFiles> WatchedFiles::open(const std::vector<std::string>& words, std::uint64_t grid) {
  if (words.empty() && grid != 0) {
    return fail(ErrorKind::usage, "--grid: of which file?", "give it with --model FILE");
  }
  WatchedFiles watched;
  watched.all_ = words.empty();
  watched.grid_ = grid;
  for (const auto& word : words) {
    std::error_code ignored;
    if (has_wildcard(word) && !std::filesystem::exists(word, ignored)) {
      watched.patterns_.push_back(word);
      continue;
    }
    auto model = weights::open_model(word, {.grid = grid});
    if (!model) {
      Error error = std::move(model).error();
      if (error.hint.empty()) error.hint = "give a model file, or a pattern such as '*.gguf'";
      return std::unexpected(std::move(error));
    }
    watched.add(std::make_shared<const Subject>(*std::move(model)));
  }
  return watched;
}

void WatchedFiles::add(std::shared_ptr<const Subject> subject) {
  for (std::uint32_t part = 0; part < subject->model.files.size(); ++part) {
    const auto& file = subject->model.files[part];
    const trace::FileId id{.device = file.device, .inode = file.inode};
    if (known_.contains(id)) continue;  // the same model given twice
    known_[id] = files_.size();
    files_.push_back(
        {.path = file.path, .size = file.size, .id = id, .subject = subject, .part = part});
  }
}

bool WatchedFiles::fits_pattern(const std::string& path) const {
  const std::string name = std::filesystem::path(path).filename().string();
  return std::ranges::any_of(patterns_, [&](const std::string& pattern) {
    const bool of_paths = pattern.contains('/');
    return fnmatch(pattern.c_str(), of_paths ? path.c_str() : name.c_str(), 0) == 0;
  });
}

std::size_t WatchedFiles::find(const trace::FileId& id) const {
  const auto at = known_.find(id);
  return at == known_.end() ? none : at->second;
}

std::size_t WatchedFiles::find(const trace::FileId& id, const std::string& path,
                               std::uint32_t process) {
  if (id.inode == 0) return none;
  const auto at = known_.find(id);
  if (at != known_.end()) return at->second;
  const std::size_t index = take(id, path, process);
  known_[id] = index;
  return index;
}

std::size_t WatchedFiles::find(const trace::Mapping& mapping, std::uint32_t process) {
  if (!mapping.deleted) return find(mapping.file, mapping.path, process);
  if (mapping.file.inode == 0) return none;
  const auto [at, is_new] = known_.try_emplace(mapping.file, none);
  if (is_new) at->second = take_deleted(mapping);
  return at->second;
}

// Its size is not to be had: as large as what is mapped of it.
std::size_t WatchedFiles::take_deleted(const trace::Mapping& mapping) {
  if (!all_ && !fits_pattern(mapping.path)) return none;
  files_.push_back({.path = mapping.path + " (deleted)",
                    .size = mapping.file_offset + (mapping.end - mapping.start),
                    .id = mapping.file,
                    .subject = nullptr,
                    .part = 0});
  return files_.size() - 1;
}

std::size_t WatchedFiles::take(const trace::FileId& id, const std::string& path,
                               std::uint32_t process) {
  const std::string there = path_in(process, path);
  const auto status = stat_of(there);
  if (status) {
    const std::size_t same = find(id_of(*status));
    if (same != none) return same;
  }
  if (!all_ && !fits_pattern(path)) return none;
  auto model = weights::open_model(there, {.grid = all_ ? 0 : grid_});
  if (model) {
    show_as_in(process, *model);
    const std::size_t before = files_.size();
    add(std::make_shared<const Subject>(*std::move(model)));
    if (files_.size() > before) {
      // Of a split model the parts are all known now; which of them this is, its numbers tell.
      const std::size_t mine = status ? find(id_of(*status)) : before;
      return mine == none ? before : mine;
    }
  }
  const auto size = status ? static_cast<std::uint64_t>(status->st_size) : 0;
  files_.push_back({.path = path, .size = size, .id = id, .subject = nullptr, .part = 0});
  return files_.size() - 1;
}

}  // namespace bytepath::faults
