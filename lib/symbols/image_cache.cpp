#include "symbols/image_cache.h"

#include <fmt/format.h>
#include <sys/auxv.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/file.h"
#include "symbols/mapped_file.h"

namespace bytepath::symbols {
namespace {

// How many processes are asked for one file.
constexpr std::size_t max_attempts = 8;

// Our own, which is the same in every process of this kernel.
std::unique_ptr<Image> own_vdso() {
  const auto maps = read_file("/proc/self/maps");
  if (!maps) return nullptr;
  for (const trace::Mapping& mapping : trace::parse_maps(*maps)) {
    if (mapping.path != "[vdso]" || mapping.start != getauxval(AT_SYSINFO_EHDR)) continue;
    const auto* begin = reinterpret_cast<const std::uint8_t*>(  // NOLINT(performance-no-int-to-ptr)
        static_cast<std::uintptr_t>(mapping.start));
    auto image = Image::from_bytes({begin, begin + (mapping.end - mapping.start)}, "[vdso]");
    return image ? std::make_unique<Image>(std::move(*image)) : nullptr;
  }
  return nullptr;
}

}  // namespace

Image* ImageCache::find(std::uint32_t process, const trace::Mapping& mapping) {
  Slot& slot = slots_[{.file = mapping.file, .path = mapping.path}];
  if (!slot.opened && slot.refused_for.size() < max_attempts && !slot.refused_for.contains(process))
    open(process, mapping, slot);
  return slot.image.get();
}

void ImageCache::open(std::uint32_t process, const trace::Mapping& mapping, Slot& slot) {
  const FileTrees trees = FileTrees::of(root_, process);
  const std::string what = fmt::format("functions of {}", mapping.path);
  auto descriptor = open_mapped(root_, trees, process, mapping);
  if (!descriptor) {
    slot.refused_for.insert(process);
    missing_->add(what, descriptor.error().message, descriptor.error().hint);
    return;
  }
  slot.opened = true;
  missing_->remove(what);
  auto image = Image::open(std::move(*descriptor), mapping.path, trees);
  if (image) slot.image = std::make_unique<Image>(std::move(*image));
}

Image* ImageCache::vdso() {
  if (!std::exchange(vdso_.opened, true)) vdso_.image = own_vdso();
  return vdso_.image.get();
}

}  // namespace bytepath::symbols
