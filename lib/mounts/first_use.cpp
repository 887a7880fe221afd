#include "mounts/first_use.h"

#include <algorithm>
#include <map>
#include <set>

#include "mounts/byte_ranges.h"

namespace bytepath::mounts {
namespace {

class RangeOrder {
 public:
  void add(FileId file, std::string_view path, ByteRange range) {
    OneFile& of = files_[file];
    of.path = path;
    for (const ByteRange& part : of.seen.insert(range)) append(file, of, part);
  }

  FirstUses take() {
    FirstUses uses{.ranges = {}, .files = files_.size()};
    for (const Placed& each : order_) {
      if (each.range.first == each.range.end) continue;  // became one with another
      uses.ranges.push_back({.path = std::string(files_[each.file].path),
                             .offset = each.range.first,
                             .bytes = each.range.bytes()});
      uses.bytes += each.range.bytes();
    }
    return uses;
  }

 private:
  struct Placed {
    FileId file;
    ByteRange range;
  };
  struct OneFile {
    std::string_view path;
    ByteRanges seen;
    std::vector<std::size_t> places;  // in order_
  };

  void append(FileId file, OneFile& of, ByteRange part) {
    if (!of.places.empty() && join(order_[of.places.back()].range, part)) {
      fold(of);
      return;
    }
    of.places.push_back(order_.size());
    order_.push_back({.file = file, .range = part});
  }

  static bool join(ByteRange& range, ByteRange next) {
    if (range.end == next.first) {
      range.end = next.end;
    } else if (next.end == range.first) {
      range.first = next.first;
    } else {
      return false;
    }
    return true;
  }

  // The last range of a file may have grown up to the one before it.
  void fold(OneFile& of) {
    while (of.places.size() > 1) {
      ByteRange& last = order_[of.places.back()].range;
      if (!join(order_[of.places[of.places.size() - 2]].range, last)) return;
      last.end = last.first;
      of.places.pop_back();
    }
  }

  std::map<FileId, OneFile> files_;
  std::vector<Placed> order_;
};

// Calls use(touch, path) for those whose path is known; returns how many files' is not.
template <class Use>
std::uint64_t each_named(const std::vector<Touch>& touches, const FileTable& files,
                         const Use& use) {
  std::set<FileId> unnamed;
  for (const Touch& touch : touches) {
    const std::string_view path = files.path_of(touch.file);
    if (path.empty()) {
      unnamed.insert(touch.file);
    } else {
      use(touch, path);
    }
  }
  return unnamed.size();
}

}  // namespace

FirstUses ranges_in_order(const std::vector<Touch>& touches, const FileTable& files) {
  RangeOrder order;
  const auto unnamed = each_named(touches, files, [&](const Touch& touch, std::string_view path) {
    order.add(touch.file, path, touch.range);
  });
  FirstUses uses = order.take();
  uses.unnamed_files = unnamed;
  return uses;
}

FirstUses files_in_order(const std::vector<Touch>& touches, const FileTable& files) {
  FirstUses uses;
  std::set<FileId> listed;
  uses.unnamed_files = each_named(touches, files, [&](const Touch& touch, std::string_view path) {
    if (!listed.insert(touch.file).second) return;
    uses.ranges.push_back({.path = std::string(path), .offset = 0, .bytes = FileRange::to_the_end});
    uses.bytes += std::min<std::uint64_t>(files.find(touch.file)->bytes, INT64_MAX);
  });
  uses.files = uses.ranges.size();
  return uses;
}

}  // namespace bytepath::mounts
