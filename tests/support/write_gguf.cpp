#include <cstdio>
#include <map>
#include <span>
#include <string>

#include "base/text.h"
#include "tests/support/gguf_writer.h"

// write_gguf OUT --kind dense|moe --layers N --embd N --ff N --experts N --used N --groups N
// --vocab N
// --seed N
//
// Sizes that tests and demos use:
//   about 2 MB, dense:  (no options)
//   about 4 MB, experts: --kind moe --ff 128 --experts 8 --used 2
//   1.2 GB, dense:      --layers 22 --embd 2048 --ff 5632 --vocab 32000
//   2.4 GB, experts:    --kind moe --layers 8 --embd 2048 --ff 1408 --experts 32 --used 4
namespace {

int complain(const std::string& message, const std::string& hint) {
  std::fprintf(stderr, "write_gguf: %s\nhint: %s\n", message.c_str(), hint.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  using bytepath::test::RandomModel;
  RandomModel model;
  std::uint32_t experts = 8;
  std::uint32_t used = 2;
  const std::map<std::string, std::uint32_t*> numbers = {{"--layers", &model.layers},
                                                         {"--embd", &model.embedding},
                                                         {"--ff", &model.feed_forward},
                                                         {"--experts", &experts},
                                                         {"--used", &used},
                                                         {"--groups", &model.token_groups},
                                                         {"--vocab", &model.vocabulary}};
  const std::string options =
      "OUT --kind dense|moe --layers|--embd|--ff|--experts|--used|--groups|--vocab|--seed N";
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  if (argc < 2 || argc % 2 != 0) return complain("a file and pairs of options are needed", options);
  bool mixture = false;
  for (std::size_t i = 2; i < arguments.size(); i += 2) {
    const std::string option = arguments[i];
    const std::string value = arguments[i + 1];
    const auto number = bytepath::parse_unsigned(value);
    const auto found = numbers.find(option);
    if (option == "--kind" && (value == "dense" || value == "moe")) {
      mixture = value == "moe";
    } else if (option == "--seed" && number) {
      model.seed = *number;
    } else if (found != numbers.end() && number && *number <= 1'000'000) {
      *found->second = static_cast<std::uint32_t>(*number);
    } else {
      return complain("not understood: " + option + " " + value, options);
    }
  }
  if (mixture) {
    model.experts = experts;
    model.used_experts = used;
  }
  if (auto written = bytepath::test::write_random_gguf(arguments[1], model); !written) {
    std::fprintf(stderr, "write_gguf: %s\n", written.error().message.c_str());
    return 1;
  }
  return 0;
}
