#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "host/libc_image.h"

namespace bytepath::host {
namespace {

struct LoadedSegment {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool executable = false;
};

// One shared object of this process.
struct LoadedObject {
  std::uint64_t wanted = 0;  // an address inside it
  std::uint64_t bias = 0;
  std::vector<LoadedSegment> readable;
  std::string build_id;
  bool found = false;
};

const std::uint8_t* at_address(std::uint64_t address) {
  return reinterpret_cast<const std::uint8_t*>(  // NOLINT(performance-no-int-to-ptr)
      static_cast<std::uintptr_t>(address));
}

// The notes of a segment that the loader has mapped, so its headers can be trusted.
std::string mapped_build_id(std::uint64_t first, std::uint64_t bytes) {
  std::uint64_t at = 0;
  while (at + sizeof(ElfW(Nhdr)) <= bytes) {
    ElfW(Nhdr) note;
    std::memcpy(&note, at_address(first + at), sizeof note);
    const std::uint64_t name = at + sizeof note;
    const std::uint64_t text = name + ((note.n_namesz + 3ULL) & ~3ULL);
    if (text + note.n_descsz > bytes) break;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU &&
        std::memcmp(at_address(first + name), ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0) {
      std::string id;
      for (std::uint64_t i = 0; i < note.n_descsz; ++i)
        id += fmt::format("{:02x}", *at_address(first + text + i));
      return id;
    }
    at = text + ((note.n_descsz + 3ULL) & ~3ULL);
  }
  return {};
}

int take_object(dl_phdr_info* info, std::size_t, void* context) {
  auto& object = *static_cast<LoadedObject*>(context);
  LoadedObject candidate{.wanted = object.wanted, .bias = info->dlpi_addr};
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    const std::uint64_t first = info->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_LOAD && (header.p_flags & PF_R) != 0) {
      const std::uint64_t last = first + header.p_memsz;
      candidate.readable.push_back(
          {.first = first, .last = last, .executable = (header.p_flags & PF_X) != 0});
      candidate.found |= object.wanted >= first && object.wanted < last;
    }
    if (header.p_type == PT_NOTE && candidate.build_id.empty())
      candidate.build_id = mapped_build_id(first, header.p_memsz);
  }
  if (candidate.found) object = std::move(candidate);
  return object.found ? 1 : 0;
}

LoadedObject object_of(const void* address) {
  LoadedObject object{.wanted = reinterpret_cast<std::uintptr_t>(address)};
  dl_iterate_phdr(take_object, &object);
  return object;
}

code::ByteSource memory_of(const LoadedObject& object) {
  return [segments = object.readable](std::uint64_t address, std::span<std::uint8_t> bytes) {
    for (const LoadedSegment& segment : segments) {
      if (address < segment.first || address >= segment.last) continue;
      if (bytes.size() > segment.last - address) return false;
      std::memcpy(bytes.data(), at_address(address), bytes.size());
      return true;
    }
    return false;
  };
}

// glibc's include/ifunc-impl-list.h: one row of __libc_ifunc_impl_list.
struct Implementation {
  const char* name;
  void (*function)();
  bool usable;
};
using ImplementationList = std::size_t (*)(const char*, Implementation*, std::size_t);

struct HandleEnd {
  void operator()(void* handle) const { dlclose(handle); }
};
// The C library itself and not the first definition in the process: a preloaded allocator or a
// sanitizer may have put its own memcpy before it.
using Handle = std::unique_ptr<void, HandleEnd>;

Handle own_handle() {
  for (const char* name : {"libc.so.6", "libc.so"})
    if (void* handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD)) return Handle(handle);
  return nullptr;
}

VariantNames implementation_names(void* handle, std::uint64_t bias) {
  VariantNames names;
  const auto list = reinterpret_cast<ImplementationList>(
      dlvsym(handle, "__libc_ifunc_impl_list", "GLIBC_PRIVATE"));
  if (list == nullptr) return names;
  std::array<Implementation, 64> rows{};
  for (const std::string_view function : copy_functions) {
    const std::size_t count = list(function.data(), rows.data(), rows.size());
    for (std::size_t i = 0; i < std::min(count, rows.size()); ++i)
      names.push_back({.name = rows[i].name,
                       .address = reinterpret_cast<std::uintptr_t>(rows[i].function) - bias,
                       .function = true});
  }
  return names;
}

void take_own_version(void* handle, const LoadedObject& object, LibcCopyPath& path) {
  for (const LoadedSegment& segment : object.readable) {
    if (segment.executable || !path.version.empty()) continue;
    take_version({reinterpret_cast<const char*>(at_address(segment.first)),
                  static_cast<std::size_t>(segment.last - segment.first)},
                 path);
  }
  using VersionFunction = const char* (*)();
  const auto version = reinterpret_cast<VersionFunction>(dlsym(handle, "gnu_get_libc_version"));
  if (path.version.empty() && version != nullptr) path.version = version();
}

}  // namespace

OwnLibc own_libc() {
  const Handle handle = own_handle();
  if (!handle) return {};
  const LoadedObject object = object_of(dlsym(handle.get(), "memcpy"));
  return {.build_id = object.build_id, .names = implementation_names(handle.get(), object.bias)};
}

Result<LibcCopyPath> read_own_libc() {
  const Handle handle = own_handle();
  if (!handle)
    return fail(ErrorKind::unsupported, "this program has no shared C library to look at");
  const LoadedObject object = object_of(dlsym(handle.get(), "memcpy"));
  if (!object.found)
    return fail(ErrorKind::unsupported, "the C library of this program has no memcpy");
  const VariantNames names = implementation_names(handle.get(), object.bias);
  LibcCopyPath path{.kind = names.empty() ? LibcKind::musl : LibcKind::glibc,
                    .build_id = object.build_id,
                    .running = true};
  std::vector<Selected> selected;
  for (const std::string_view function : copy_functions) {
    const void* address = dlsym(handle.get(), function.data());
    if (address == nullptr) continue;
    const auto place = reinterpret_cast<std::uintptr_t>(address);
    Selected one{.function = std::string(function), .address = place};
    if (auto name = name_at(names, place - object.bias, function)) {
      one.variant = std::move(*name);
      one.evidence = NameEvidence::implementation_list;
    }
    selected.push_back(std::move(one));
  }
  Dl_info info{};
  if (dladdr(at_address(*selected.front().address), &info) != 0 && info.dli_fname != nullptr)
    path.path = info.dli_fname;
  take_own_version(handle.get(), object, path);
  const LibcImage image{.bytes = memory_of(object), .bias = object.bias, .where = "libc+"};
  if (auto taken = take_copy_functions(image, selected, path); !taken)
    return std::unexpected(std::move(taken).error());
  const char* variable = std::getenv("GLIBC_TUNABLES");  // NOLINT(concurrency-mt-unsafe)
  take_tunables(variable == nullptr ? std::nullopt : std::optional<std::string_view>(variable),
                path);
  return path;
}

}  // namespace bytepath::host
