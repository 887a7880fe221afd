#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bytepath::mounts {

using Write = std::function<Result<>(std::string_view)>;

// Text that is written piece by piece, so that little of it is in memory.
class Piecewise {
 public:
  explicit Piecewise(const Write& write) : write_(write) {}

  // To append to; then call step().
  std::string text;

  Result<> step() {
    constexpr std::size_t piece_bytes = std::size_t{1} << 18U;
    return text.size() < piece_bytes ? Result<>() : finish();
  }
  Result<> finish() {
    auto written = write_(text);
    text.clear();
    return written;
  }

 private:
  const Write& write_;
};

}  // namespace bytepath::mounts
