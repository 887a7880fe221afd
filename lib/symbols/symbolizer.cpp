#include "symbols/symbolizer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/descriptor.h"
#include "symbols/image_cache.h"
#include "symbols/jit_names.h"
#include "symbols/kernel_symbols.h"
#include "symbols/missing_list.h"
#include "trace/kernel_text.h"

namespace bytepath::symbols {
namespace {

// A 32-bit process has a vDSO of its own, below this address.
constexpr std::uint64_t end_of_32_bits = std::uint64_t{1} << 32;

std::uint64_t offset_in_file(const trace::Mapping& mapping, std::uint64_t address) {
  return address - mapping.start + mapping.file_offset;
}

// Memory that a program may have filled with code: what has no file but the kernel's own pages, and
// files without a name, which .NET puts its code into.
bool is_made_at_run_time(const trace::Mapping& mapping) {
  if (mapping.file.inode == 0) return mapping.path != "[vdso]" && mapping.path != "[vsyscall]";
  return mapping.path.starts_with("/memfd:") || mapping.path == "/dev/zero";
}

}  // namespace

struct Symbolizer::State {
  explicit State(Root where) : root(std::move(where)), images(root, missing), jit(root, missing) {}

  void note_stripped(const Image& image, const trace::Mapping& mapping) {
    missing.add(
        fmt::format("functions of {}", mapping.path),
        image.build_id().empty()
            ? "it is stripped, and has no build id to find its symbols by"
            : fmt::format("it is stripped, and /usr/lib/debug has no symbols for build id {}",
                          image.build_id()),
        "install its debug symbols (Debian: the package NAME-dbgsym or NAME-dbg)");
  }

  Image* image_of(std::uint32_t process, const trace::Mapping& mapping) {
    if (mapping.file.inode != 0) return images.find(process, mapping);
    if (mapping.path == "[vdso]" && mapping.start >= end_of_32_bits) return images.vdso();
    return nullptr;
  }

  const KernelSymbols* kernel_symbols() {
    if (!std::exchange(kernel_read, true)) {
      auto read = KernelSymbols::read(root);
      if (read)
        kernel = std::move(*read);
      else
        missing.add("functions of the kernel", read.error().message, read.error().hint);
    }
    return kernel ? &*kernel : nullptr;
  }

  trace::KernelTextReader* kernel_text() {
    if (!std::exchange(text_opened, true)) {
      auto opened = trace::KernelTextReader::open();
      if (opened)
        text = std::move(*opened);
      else
        missing.add("instructions of the kernel", opened.error().message, opened.error().hint);
    }
    return text ? &*text : nullptr;
  }

  Root root;
  MissingList missing;
  ImageCache images;
  JitNames jit;
  std::optional<KernelSymbols> kernel;
  bool kernel_read = false;
  std::optional<trace::KernelTextReader> text;
  bool text_opened = false;
};

Symbolizer::Symbolizer(Root root) : state_(std::make_unique<State>(std::move(root))) {}
Symbolizer::Symbolizer(Symbolizer&&) noexcept = default;
Symbolizer& Symbolizer::operator=(Symbolizer&&) noexcept = default;
Symbolizer::~Symbolizer() = default;

Place Symbolizer::user(std::uint32_t process, const trace::Mapping& mapping,
                       std::uint64_t address) {
  const std::uint64_t offset = offset_in_file(mapping, address);
  if (Image* image = state_->image_of(process, mapping))
    if (const auto linked = image->linked_address(offset)) {
      Place place = image->find(*linked);
      if (place.function.empty() && image->is_stripped()) state_->note_stripped(*image, mapping);
      return place;
    }
  Place place{.image = mapping.path.empty() ? "[anonymous]" : mapping.path,
              .address = mapping.file.inode == 0 ? address : offset};
  if (is_made_at_run_time(mapping)) {
    if (auto name = state_->jit.find(process, address)) {
      place.function = std::move(name->text);
      place.address = address;
      place.function_address = name->start;
    }
  }
  return place;
}

Place Symbolizer::kernel(std::uint64_t address) {
  if (const KernelSymbols* symbols = state_->kernel_symbols()) return symbols->find(address);
  return {.image = "[kernel]", .address = address};
}

bool Symbolizer::user_code(std::uint32_t process, const trace::Mapping& mapping,
                           std::uint64_t address, std::span<std::uint8_t> bytes) {
  if (const Image* image = state_->image_of(process, mapping)) {
    const auto linked = image->linked_address(offset_in_file(mapping, address));
    return linked && image->read(*linked, bytes);
  }
  if (!is_made_at_run_time(mapping)) return false;
  const std::string path = state_->root.at(fmt::format("/proc/{}/mem", process));
  const Descriptor memory(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return memory && ::pread(memory.get(), bytes.data(), bytes.size(), static_cast<off_t>(address)) ==
                       static_cast<ssize_t>(bytes.size());
}

bool Symbolizer::kernel_code(std::uint64_t address, std::span<std::uint8_t> bytes) {
  trace::KernelTextReader* reader = state_->kernel_text();
  while (reader != nullptr && !bytes.empty()) {
    const auto text =
        reader->read_at(address, std::min(bytes.size(), trace::KernelTextReader::max_bytes));
    if (!text || text->bytes.empty()) return false;
    std::ranges::copy(text->bytes, bytes.begin());
    address += text->bytes.size();
    bytes = bytes.subspan(text->bytes.size());
  }
  return reader != nullptr;
}

const std::vector<trace::MissingPart>& Symbolizer::missing() const {
  return state_->missing.parts();
}

}  // namespace bytepath::symbols
