#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace bytepath::report {

// ANSI attributes (ECMA-48, SGR), or nothing where the target has no colours.
class Style {
 public:
  explicit Style(bool color) : color_(color) {}

  std::string bold(std::string_view text) const { return sgr("1", text); }
  std::string dim(std::string_view text) const { return sgr("2", text); }
  std::string bad(std::string_view text) const { return sgr("1;31", text); }
  std::string good(std::string_view text) const { return sgr("1;32", text); }
  std::string caution(std::string_view text) const { return sgr("1;33", text); }
  std::string alarm(std::string_view text) const { return sgr("1;97;41", text); }
  std::string green(std::string_view text) const { return sgr("32", text); }
  std::string yellow(std::string_view text) const { return sgr("33", text); }
  std::string blue(std::string_view text) const { return sgr("34", text); }
  std::string magenta(std::string_view text) const { return sgr("35", text); }
  std::string cyan(std::string_view text) const { return sgr("36", text); }
  // One of xterm's 256 colours.
  std::string palette(int index, std::string_view text) const {
    return sgr(fmt::format("38;5;{}", index), text);
  }
  bool color() const { return color_; }

 private:
  std::string sgr(std::string_view attribute, std::string_view text) const {
    if (!color_ || text.empty()) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", attribute, text);
  }
  bool color_;
};

}  // namespace bytepath::report
