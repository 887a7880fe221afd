#include "weights/tensor_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace bytepath::weights {
namespace {

// "blk": GGUF. "layers": LLaMA and most others. "h": GPT-2, Falcon, BLOOM. "layer": BERT. "blocks":
// MPT, DBRX, vision transformers. "block": T5.
constexpr std::array<std::string_view, 6> layer_words = {"blk",   "layers", "h",
                                                         "layer", "blocks", "block"};
// Before April 2024 GGUF had one tensor an expert: "blk.0.ffn_up.3.weight".
constexpr std::array<std::string_view, 3> old_expert_words = {"ffn_gate", "ffn_up", "ffn_down"};

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// The whole word as a number that a layer or an expert can have, or -1.
int number_of(std::string_view word) {
  constexpr std::size_t most_digits = 6;
  if (word.empty() || word.size() > most_digits) return -1;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  return whole ? static_cast<int>(value) : -1;
}

// "7", and "expert_7" as Switch and NLLB write it.
int expert_number(std::string_view word) {
  constexpr std::string_view prefix = "expert_";
  return number_of(word.starts_with(prefix) ? word.substr(prefix.size()) : word);
}

// ONNX exporters join module names by "/" too.
std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of("./"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

}  // namespace

NameParts read_tensor_name(std::string_view name) {
  NameParts parts;
  std::string_view before;
  while (!name.empty()) {
    const std::string_view word = take_word(name);
    if (parts.layer < 0 && is_one_of(layer_words, before)) {
      parts.layer = number_of(word);
    } else if (before == "experts" && parts.expert < 0) {
      parts.expert = expert_number(word);
      if (parts.expert < 0) parts.stack = NameParts::Stack::first_dimension;
    } else if (parts.layer >= 0 && is_one_of(old_expert_words, before)) {
      parts.expert = number_of(word);
    }
    if (word.ends_with("_exps")) parts.stack = NameParts::Stack::last_dimension;
    before = word;
  }
  return parts;
}

}  // namespace bytepath::weights
