#include "weights/gguf.h"

#include <optional>

#include "base/text.h"
#include "weights/gguf_part.h"
#include "weights/malformed.h"
#include "weights/model_builder.h"

namespace bytepath::weights {
namespace {

// "model-00002-of-00003.gguf" as llama.cpp writes it (llama_split_path): parts count from 1.
struct PartName {
  std::string prefix;  // "model"
  std::uint64_t number = 0;
  std::uint64_t count = 0;

  std::string path_of(std::uint64_t part) const {
    return fmt::format("{}-{:05}-of-{:05}.gguf", prefix, part, count);
  }
};

std::optional<PartName> read_part_name(const std::string& path) {
  constexpr std::size_t digits = 5;
  constexpr std::string_view shape = "-00000-of-00000.gguf";
  if (path.size() < shape.size()) return std::nullopt;
  const std::string_view tail = std::string_view(path).substr(path.size() - shape.size());
  const auto number = parse_unsigned(tail.substr(1, digits));
  const auto count = parse_unsigned(tail.substr(shape.find("00000.gguf"), digits));
  if (!number || !count || *number == 0 || *number > *count) return std::nullopt;
  PartName name{
      .prefix = path.substr(0, path.size() - shape.size()), .number = *number, .count = *count};
  return name.path_of(*number) == path ? std::optional(name) : std::nullopt;
}

Result<> check_part(const std::string& path, const GgufPart& part, std::uint64_t number,
                    std::uint64_t count) {
  if (part.part_count == count && part.part_number.value_or(0) == number - 1) return {};
  if (!part.part_count && count == 1) return {};
  return malformed(
      path,
      fmt::format("its name says part {} of {}, and its header part {} of {}", number, count,
                  part.part_number.value_or(0) + 1, part.part_count.value_or(1)),
      "give it its old name back");
}

Result<> add_part(ModelBuilder& builder, const ByteSource& source, GgufPart&& part) {
  const std::uint32_t file = builder.add_file(source.file());
  for (Tensor& tensor : part.tensors) {
    tensor.file = file;
    if (auto added = builder.add(std::move(tensor)); !added) return added;
  }
  return {};
}

Result<> add_parts(ModelBuilder& builder, const PartName& name, const Opener& open) {
  std::optional<std::uint64_t> expected;
  for (std::uint64_t number = 1; number <= name.count; ++number) {
    auto source = open(name.path_of(number));
    if (!source) {
      return malformed(
          name.path_of(name.number),
          fmt::format("it is part {} of {}; {}", name.number, name.count, source.error().message),
          "all parts have to lie in one folder");
    }
    BYTEPATH_TRY(part, read_gguf_part(**source));
    if (auto checked = check_part((*source)->path(), part, number, name.count); !checked) {
      return checked;
    }
    if (!expected) expected = part.tensors_of_all_parts;
    if (auto added = add_part(builder, **source, std::move(part)); !added) return added;
  }
  if (expected && *expected != builder.tensor_count()) {
    return malformed(name.path_of(1),
                     fmt::format("it says that all parts have {} tensors, and they "
                                 "have {}",
                                 *expected, builder.tensor_count()));
  }
  return {};
}

}  // namespace

Result<Model> read_gguf(const ByteSource& source, const Opener& open) {
  ModelBuilder builder("gguf");
  if (const auto name = read_part_name(source.path())) {
    if (auto added = add_parts(builder, *name, open); !added) {
      return std::unexpected(added.error());
    }
    return builder.finish();
  }
  BYTEPATH_TRY(part, read_gguf_part(source));
  const std::uint64_t parts = part.part_count.value_or(1);
  if (parts > 1) {
    return malformed(source.path(),
                     fmt::format("it is part {} of {}, and its name does not say so",
                                 part.part_number.value_or(0) + 1, parts),
                     "name the parts as they were: NAME-00001-of-0000N.gguf");
  }
  if (auto added = add_part(builder, source, std::move(part)); !added) {
    return std::unexpected(added.error());
  }
  return builder.finish();
}

}  // namespace bytepath::weights
