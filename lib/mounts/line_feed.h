#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace bytepath::mounts {

// Cuts pieces of a text into lines. What is longer than any line of a log is cut off, so that
// memory stays bounded.
class LineFeed {
 public:
  static constexpr std::size_t longest_line = std::size_t{64} << 10U;

  // take(line, cut): without its line break and a carriage return before that.
  using Take = std::function<void(std::string_view line, bool cut)>;
  explicit LineFeed(Take take) : take_(std::move(take)) {}

  void add(std::string_view piece);
  // The last line may end without a break.
  void finish();

 private:
  void end_line();

  Take take_;
  std::string line_;
  bool begun_ = false;
  bool cut_ = false;
};

}  // namespace bytepath::mounts
