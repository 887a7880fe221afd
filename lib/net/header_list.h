#pragma once
#include <string>
#include <string_view>
#include <vector>

// Lists in the values of HTTP headers.
namespace bytepath::net {

// Pieces between separators that stand in no quoted string, trimmed; empty ones are left out.
std::vector<std::string_view> split_list(std::string_view value, char separator);

// A member of a list with parameters (RFC 8941 section 3.1, read with indulgence): what it is
// called, and "name" or "name=value" each. Quotes around a value are removed.
struct Member {
  std::string name;
  struct Parameter {
    std::string name;  // in lower case
    std::string value;
  };
  std::vector<Parameter> parameters;

  const Parameter* find(std::string_view parameter) const;
};
Member read_member(std::string_view text);

// In lower case; for a report at most so long, without control characters.
std::string lower_case(std::string_view text);
std::string shortened(std::string_view text);

}  // namespace bytepath::net
