#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "trace/mapping_table.h"
#include "weights/model.h"
#include "weights/range_index.h"

namespace bytepath::faults {

// A model and its ranges.
struct Subject {
  explicit Subject(weights::Model opened) : model(std::move(opened)), index(model) {}
  weights::Model model;
  weights::RangeIndex index;
};

struct WatchedFile {
  std::string path;
  std::uint64_t size = 0;
  trace::FileId id;
  std::shared_ptr<const Subject> subject;  // nullptr: a file without a structure that we know
  std::uint32_t part = 0;                  // of the subject's files

  // Of this file; empty without a subject.
  std::span<const weights::Range> ranges() const {
    return subject ? subject->index.of_file(part) : std::span<const weights::Range>{};
  }
};

// Which files a run is about: those of the models given, those whose path a pattern fits, or, with
// neither, every file that gets mapped.
class WatchedFiles {
 public:
  // A word that names a file is a model; else, with one of *?[ in it, a pattern of paths (glob(7);
  // without a slash it is one of names). Errors: those of open_model(); a word that is neither
  // (usage).
  static Result<WatchedFiles> open(const std::vector<std::string>& words, std::uint64_t grid);

  const std::vector<WatchedFile>& files() const { return files_; }
  bool all() const { return all_; }
  // Files may come that are not known yet.
  bool may_grow() const { return all_ || !patterns_.empty(); }

  static constexpr std::size_t none = SIZE_MAX;
  // The index of a mapped file in files(), which grows when a pattern (or "all") takes it. Some
  // file systems (btrfs, overlayfs) show other numbers in mappings than stat(2) does: then the path
  // decides, as that process sees it, and the numbers are remembered.
  std::size_t find(const trace::FileId& id, const std::string& path, std::uint32_t process);
  // A file without a name any more is known by its numbers alone: another may have its path by now.
  std::size_t find(const trace::Mapping& mapping, std::uint32_t process);
  // Only by its numbers: of a file that was seen or given.
  std::size_t find(const trace::FileId& id) const;
  // From now on these numbers are that file's too.
  void add_numbers(const trace::FileId& id, std::size_t index) { known_[id] = index; }
  bool knows(const trace::FileId& id) const { return known_.contains(id); }

 private:
  void add(std::shared_ptr<const Subject> subject);
  std::size_t take(const trace::FileId& id, const std::string& path, std::uint32_t process);
  std::size_t take_deleted(const trace::Mapping& mapping);
  bool fits_pattern(const std::string& path) const;

  bool all_ = false;
  std::uint64_t grid_ = 0;
  std::vector<std::string> patterns_;
  std::vector<WatchedFile> files_;
  std::map<trace::FileId, std::size_t> known_;  // none: seen, and not one of ours
};

}  // namespace bytepath::faults
