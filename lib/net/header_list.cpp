#include "net/header_list.h"

#include <algorithm>

#include "base/text.h"

namespace bytepath::net {
namespace {

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::string(text);
  std::string out;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

}  // namespace

std::vector<std::string_view> split_list(std::string_view value, char separator) {
  std::vector<std::string_view> pieces;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= value.size(); ++i) {
    const bool end = i == value.size() || (!quoted && value[i] == separator);
    if (end) {
      if (const auto piece = trim(value.substr(begin, i - begin)); !piece.empty())
        pieces.push_back(piece);
      begin = i + 1;
    } else if (quoted && value[i] == '\\') {
      if (i + 1 < value.size()) ++i;  // the next stands for itself
    } else if (value[i] == '"') {
      quoted = !quoted;
    }
  }
  return pieces;
}

const Member::Parameter* Member::find(std::string_view parameter) const {
  const auto found = std::ranges::find(parameters, parameter, &Parameter::name);
  return found == parameters.end() ? nullptr : &*found;
}

Member read_member(std::string_view text) {
  Member member;
  bool first = true;
  for (const auto piece : split_list(text, ';')) {
    if (first) {
      member.name = unquoted(piece);
      first = false;
      continue;
    }
    const auto equals = piece.find('=');
    member.parameters.push_back({.name = lower_case(trim(piece.substr(0, equals))),
                                 .value = equals == std::string_view::npos
                                              ? ""
                                              : unquoted(trim(piece.substr(equals + 1)))});
  }
  return member;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t most = 64;
  return in_one_line(std::string(trim(text).substr(0, most)));
}

}  // namespace bytepath::net
