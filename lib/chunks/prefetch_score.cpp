#include "chunks/prefetch_score.h"

#include <algorithm>
#include <map>
#include <set>

#include "mounts/byte_ranges.h"

namespace bytepath::chunks {
namespace {

using mounts::ByteRange;
using mounts::ByteRanges;
using mounts::FileId;
using mounts::FileRange;
using mounts::Touch;

constexpr std::size_t most_unknown_paths = 20;

std::uint64_t sum(std::uint64_t one, std::uint64_t other) {
  return other > UINT64_MAX - one ? UINT64_MAX : one + other;
}

// One file of the trace, and what is known of it on both sides.
struct Side {
  std::string path;
  std::uint64_t bytes = 0;  // 0: not known
  ByteRanges used;
  ByteRanges listed;
  std::uint64_t requests = 0;
  std::uint64_t ready_requests = 0;
};

class Scorer {
 public:
  Scorer(const mounts::Touches& uses, const mounts::MountTrace& trace) {
    for (const mounts::File& file : trace.files) {
      if (file.id.device != uses.device || file.path.empty()) continue;
      Side& side = sides_[file.id];
      side.path = file.path;
      side.bytes = std::min<std::uint64_t>(std::max(side.bytes, file.bytes), INT64_MAX);
    }
    for (const Touch& touch : uses.touches) {
      Side& side = sides_[touch.file];
      side.used.insert(touch.range);
      if (touch.waited) ++side.requests;
    }
    for (auto& [id, side] : sides_) {
      used_bytes_ += side.used.bytes();
      if (side.used.bytes() > 0) {
        ++used_files_;
        last_used_ = &side;
      }
      if (!side.path.empty()) by_path_.emplace(side.path, &side);
    }
  }

  void add(const FileRange& entry) {
    const std::uint64_t before = fetched_;
    if (entry.path.empty()) {
      if (Side* only = only_used()) fetch(*only, entry);
    } else if (const auto found = by_path_.find(entry.path); found != by_path_.end()) {
      fetch(*found->second, entry);
    } else if (!fetch_folder(entry)) {
      add_unknown(entry);
    }
    if (fetched_ != before) score_.progress.push_back({.fetched = fetched_, .ready = ready_});
  }

  // The only file that was used; null: none, or several.
  Side* only_used() { return used_files_ == 1 ? last_used_ : nullptr; }

  PrefetchScore take(const std::vector<Touch>& touches) {
    for (const Touch& touch : touches) {
      Side& side = sides_[touch.file];
      if (touch.waited && side.listed.contains(touch.range)) ++side.ready_requests;
    }
    FileScore& all = score_.all;
    for (const auto& [id, side] : sides_) {
      FileScore file{.path = side.path,
                     .used = side.used.bytes(),
                     .listed = side.listed.bytes(),
                     .requests = side.requests,
                     .ready_requests = side.ready_requests};
      for (const auto& part : side.listed.within({.first = 0, .end = UINT64_MAX})) {
        for (const auto& both : side.used.within(part)) file.ready += both.bytes();
      }
      all.used = sum(all.used, file.used);
      all.listed = sum(all.listed, file.listed);
      all.ready = sum(all.ready, file.ready);
      all.requests += file.requests;
      all.ready_requests += file.ready_requests;
      if (file.used + file.listed > 0) score_.files.push_back(std::move(file));
    }
    for (const auto& [path, ranges] : unknown_) all.listed = sum(all.listed, ranges.bytes());
    std::ranges::sort(score_.files, {}, &FileScore::path);
    score_.unknown = unknown_.size();
    return std::move(score_);
  }

 private:
  void fetch(Side& side, const FileRange& entry) {
    ByteRange range{.first = entry.offset, .end = sum(entry.offset, entry.bytes)};
    if (side.bytes != 0) {
      range.end = std::min(range.end, side.bytes);
    } else if (entry.bytes == FileRange::to_the_end) {
      const auto used = side.used.within({.first = 0, .end = UINT64_MAX});
      if (used.empty()) return;
      if (side.listed.bytes() == 0) ++score_.guessed_sizes;
      range.end = used.back().end;
    }
    for (const ByteRange& part : side.listed.insert(range)) {
      for (const ByteRange& ready : side.used.within(part)) {
        add_ready(fetched_ + (ready.first - part.first), ready.bytes());
      }
      fetched_ = sum(fetched_, part.bytes());
    }
  }

  // `bytes` that are used are there from `fetched` bytes of the list on, one after another.
  void add_ready(std::uint64_t fetched, std::uint64_t bytes) {
    constexpr std::uint64_t most = 90;
    const auto reach = [&](std::optional<std::uint64_t>& reached, std::uint64_t percent) {
      // Rounded up: so many bytes are that part, and not less.
      const std::uint64_t wanted =
          used_bytes_ / 100 * percent + (used_bytes_ % 100 * percent + 99) / 100;
      if (!reached && ready_ + bytes >= wanted) reached = fetched + (wanted - ready_);
    };
    reach(score_.for_half, 50);
    reach(score_.for_most, most);
    ready_ += bytes;
  }

  bool fetch_folder(const FileRange& entry) {
    if (entry.bytes != FileRange::to_the_end) return false;
    if (folders_.contains(entry.path)) return true;
    const std::string inside = entry.path == "/" ? "/" : entry.path + "/";
    auto at = by_path_.lower_bound(inside);
    const bool is_folder = at != by_path_.end() && at->first.starts_with(inside);
    for (; at != by_path_.end() && at->first.starts_with(inside); ++at) fetch(*at->second, entry);
    if (is_folder) folders_.insert(entry.path);
    return is_folder;
  }

  void add_unknown(const FileRange& entry) {
    const auto [found, is_new] = unknown_.try_emplace(entry.path);
    if (is_new && score_.unknown_paths.size() < most_unknown_paths)
      score_.unknown_paths.push_back(entry.path);
    if (entry.bytes == FileRange::to_the_end) {
      if (is_new) ++score_.unsized;
      return;
    }
    const ByteRange range{.first = entry.offset, .end = sum(entry.offset, entry.bytes)};
    for (const ByteRange& part : found->second.insert(range))
      fetched_ = sum(fetched_, part.bytes());
  }

  std::map<FileId, Side> sides_;
  std::map<std::string, Side*, std::less<>> by_path_;
  std::map<std::string, ByteRanges> unknown_;  // listed, by path
  std::set<std::string> folders_;              // that were fetched
  std::size_t used_files_ = 0;
  Side* last_used_ = nullptr;
  std::uint64_t used_bytes_ = 0;
  std::uint64_t fetched_ = 0;
  std::uint64_t ready_ = 0;
  PrefetchScore score_;
};

}  // namespace

Result<PrefetchScore> score_list(const mounts::PrefetchList& list, const mounts::Touches& uses,
                                 const mounts::MountTrace& trace) {
  Scorer scorer(uses, trace);
  const bool of_one_file = std::ranges::any_of(list.entries, &std::string::empty, &FileRange::path);
  if (of_one_file && scorer.only_used() == nullptr) {
    return fail(ErrorKind::usage,
                "the list is about the only file of a mount, and not one file was used",
                "name the mount that has the layer's blob with --mount");
  }
  for (const FileRange& entry : list.entries) scorer.add(entry);
  return scorer.take(uses.touches);
}

}  // namespace bytepath::chunks
