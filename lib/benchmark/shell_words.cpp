#include "benchmark/shell_words.h"

#include <algorithm>

namespace bytepath::benchmark {
namespace {

constexpr std::string_view blanks = " \t\n";
// What a backslash inside double quotes takes the meaning from (POSIX.1-2017, 2.2.3).
constexpr std::string_view special_in_double_quotes = "$`\"\\";

class Splitter {
 public:
  explicit Splitter(std::string_view line) : rest_(line) {}

  Result<std::vector<std::string>> words() {
    std::vector<std::string> found;
    for (skip_between_words(); !rest_.empty(); skip_between_words()) {
      std::string word;
      if (!read_word(word)) return fail(ErrorKind::failed, "missing closing quote");
      found.push_back(std::move(word));
    }
    return found;
  }

 private:
  char take() {
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return first;
  }

  void skip_between_words() {
    while (!rest_.empty()) {
      if (rest_.front() == '#') {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (blanks.contains(rest_.front())) {
        rest_.remove_prefix(1);
      } else if (rest_.starts_with("\\\n")) {
        rest_.remove_prefix(2);
      } else {
        return;
      }
    }
  }

  // False where a quote is not closed.
  bool read_word(std::string& word) {
    while (!rest_.empty() && !blanks.contains(rest_.front())) {
      const char character = take();
      if (character == '\'') {
        if (!read_single_quoted(word)) return false;
      } else if (character == '"') {
        if (!read_double_quoted(word)) return false;
      } else if (character == '\\') {
        read_escaped(word);
      } else {
        word += character;
      }
    }
    return true;
  }

  bool read_single_quoted(std::string& word) {
    const std::size_t end = rest_.find('\'');
    if (end == std::string_view::npos) return false;
    word += rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool read_double_quoted(std::string& word) {
    while (!rest_.empty()) {
      const char character = take();
      if (character == '"') return true;
      if (character != '\\') {
        word += character;
      } else if (rest_.empty()) {
        return false;
      } else if (special_in_double_quotes.contains(rest_.front())) {
        word += take();
      } else if (rest_.front() == '\n') {
        rest_.remove_prefix(1);
      } else {
        word += character;
      }
    }
    return false;
  }

  // After a backslash outside quotes: the end of a line joins it to the next one, and a backslash
  // that ends the text stands for itself, as in sh.
  void read_escaped(std::string& word) {
    const char character = rest_.empty() ? '\\' : take();
    if (character != '\n') word += character;
  }

  std::string_view rest_;
};

bool is_plain(char character) {
  const bool letter =
      (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
  const bool digit = character >= '0' && character <= '9';
  return letter || digit || std::string_view("_-+./:,@%=").contains(character);
}

std::string quote(std::string_view word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return std::string(word);
  std::string quoted = "'";
  for (const char character : word) {
    if (character == '\'') {
      quoted += "'\\''";
    } else {
      quoted += character;
    }
  }
  return quoted + "'";
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view line) {
  return Splitter(line).words();
}

std::string join_words(std::span<const std::string> words) {
  std::string line;
  for (const auto& word : words) {
    if (!line.empty()) line += ' ';
    line += quote(word);
  }
  return line;
}

}  // namespace bytepath::benchmark
