#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "lazyfs/grid.h"

namespace bytepath::lazyfs {

// What a Range header (RFC 9110, section 14.2) asks of a file.
struct RangeAnswer {
  enum class Kind {
    whole,            // no header, or one that is no single range of bytes: it is then ignored
    part,             // 206
    not_satisfiable,  // 416
  };
  Kind kind = Kind::whole;
  Extent extent;  // of whole and part
  bool operator==(const RangeAnswer&) const = default;
};

// header: the value, such as "bytes=0-499", "bytes=500-" or "bytes=-500". Of several ranges none is
// answered, as the RFC allows, but the whole file.
RangeAnswer answer_range(std::optional<std::string_view> header, std::uint64_t file_bytes);

}  // namespace bytepath::lazyfs
