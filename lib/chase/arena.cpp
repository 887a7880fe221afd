#include "chase/arena.h"

#include <sys/mman.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::chase {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

constexpr std::array<std::pair<PageKind, std::string_view>, 3> names = {
    {{PageKind::small, "4k"}, {PageKind::transparent_huge, "thp"}, {PageKind::huge, "hugetlb"}}};

}  // namespace

std::string_view name(PageKind kind) { return names[static_cast<std::size_t>(kind)].second; }

Result<PageKind> page_kind(std::string_view name) {
  for (const auto& [kind, known] : names) {
    if (name == known) return kind;
  }
  return fail(ErrorKind::usage, fmt::format("--pages: unknown kind '{}'", name),
              "give 4k, thp or hugetlb");
}

Result<Arena> Arena::map(std::size_t size, PageKind kind) {
  Arena arena;
  arena.size_ = (size + huge_page - 1) / huge_page * huge_page;
  arena.mapped_ = arena.size_ + huge_page;
  const int huge = kind == PageKind::huge ? MAP_HUGETLB : 0;
  void* mapping = ::mmap(nullptr, arena.mapped_, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | huge, -1, 0);
  if (mapping == MAP_FAILED) {
    const int error = errno;
    arena.mapped_ = 0;
    if (kind == PageKind::huge) {
      return fail(ErrorKind::unsupported,
                  fmt::format("cannot map {} MiB of huge pages: {}", arena.size_ >> 20U,
                              std::strerror(error)),
                  fmt::format("reserve them: sysctl vm.nr_hugepages={}, or use --pages thp",
                              (arena.size_ + huge_page) / huge_page));
    }
    return fail_errno(error, "cannot map {} MiB of memory", arena.size_ >> 20U);
  }
  arena.mapping_ = static_cast<std::byte*>(mapping);
  const auto address = reinterpret_cast<std::uintptr_t>(mapping);
  arena.data_ = arena.mapping_ + (huge_page - address % huge_page) % huge_page;
  // Refused by a kernel without transparent huge pages: then they are small, which is said.
  if (kind != PageKind::huge) {
    (void)::madvise(arena.data_, arena.size_,
                    kind == PageKind::small ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
  }
  // Not zeros: a page of zeros is one and the same for a host that merges pages.
  for (std::size_t page = 0; page < arena.size_; page += 4096) {
    std::memcpy(arena.data_ + page + 64, &page, sizeof page);
  }
  return arena;
}

Arena::Arena(Arena&& other) noexcept
    : mapping_(std::exchange(other.mapping_, nullptr)),
      mapped_(std::exchange(other.mapped_, 0)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  std::swap(mapping_, other.mapping_);
  std::swap(mapped_, other.mapped_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Arena::~Arena() {
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_);
}

std::size_t Arena::huge_bytes() const {
  const auto text = read_file("/proc/self/smaps");
  const auto begin = reinterpret_cast<std::uintptr_t>(data_);
  return text ? huge_bytes_of(*text, begin, begin + size_) : 0;
}

std::size_t huge_bytes_of(std::string_view smaps, std::size_t begin, std::size_t end) {
  constexpr int hexadecimal = 16;
  bool overlaps = false;
  std::size_t kib = 0;
  for (const auto line : split(smaps, '\n')) {
    const auto fields = words(line);
    if (fields.empty()) continue;
    const auto dash = fields[0].find('-');
    const auto first = parse_unsigned(fields[0].substr(0, dash), hexadecimal);
    if (dash != std::string_view::npos && first) {
      const auto last = parse_unsigned(fields[0].substr(dash + 1), hexadecimal);
      overlaps = last && *first < end && *last > begin;
    } else if (overlaps && fields.size() >= 2 &&
               (fields[0] == "AnonHugePages:" || fields[0] == "Private_Hugetlb:")) {
      kib += parse_unsigned(fields[1]).value_or(0);
    }
  }
  return kib * 1024;
}

}  // namespace bytepath::chase
