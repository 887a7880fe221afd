#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/root.h"
#include "symbols/image.h"
#include "symbols/missing_list.h"
#include "trace/mapping_table.h"

namespace bytepath::symbols {

// The images of all processes: one for each file, whoever maps it.
class ImageCache {
 public:
  ImageCache(Root root, MissingList& missing) : root_(std::move(root)), missing_(&missing) {}

  // nullptr: it cannot be opened, which is noted as missing, or is no ELF image, which is not. A
  // file that one process does not let us open is tried again for the next one.
  Image* find(std::uint32_t process, const trace::Mapping& mapping);

  // The code that the kernel maps into every 64-bit process; nullptr: there is none.
  Image* vdso();

 private:
  struct Key {
    trace::FileId file;
    std::string path;
    auto operator<=>(const Key&) const = default;
  };
  struct Slot {
    std::unique_ptr<Image> image;
    bool opened = false;
    std::set<std::uint32_t> refused_for;
  };

  void open(std::uint32_t process, const trace::Mapping& mapping, Slot& slot);

  Root root_;
  MissingList* missing_;
  std::map<Key, Slot> slots_;
  Slot vdso_;
};

}  // namespace bytepath::symbols
