#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "compare/store.h"

// How an entry's fields become names of folders and files, and back.
namespace bytepath::compare {

// Letters, digits and . _ - + = , @ stay, every other byte is %XX: "feature/x" is "feature%2Fx".
std::string encode_part(std::string_view text);

// Nothing for what encode_part does not write.
std::optional<std::string> decode_part(std::string_view name);

// TIME-COMMIT.json, and TIME-COMMIT.2.json for the second of that name. A dot in the commit is %2E.
std::string file_name(const Entry& entry, unsigned number);

struct FileName {
  std::string time;
  std::string commit;
  unsigned number = 1;
};
std::optional<FileName> parse_file_name(std::string_view name);

// "20261126T031500Z"; nothing for another form or a day that no calendar has.
std::optional<std::chrono::sys_seconds> parse_time(std::string_view time);

}  // namespace bytepath::compare
