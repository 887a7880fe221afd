#include "weights/format.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "weights/byte_reader.h"
#include "weights/gguf.h"
#include "weights/grid.h"
#include "weights/malformed.h"
#include "weights/onnx.h"
#include "weights/safetensors.h"
#include "weights/torch_zip.h"

namespace bytepath::weights {
namespace {

// A format is known by how its files begin. A file that does not, and has the format's suffix, is
// read as such all the same, so that the error says what is wrong with it. Without a suffix the
// beginning alone decides: ".pt" and ".bin" are pickles too.
struct Format {
  std::string_view suffix;
  bool (*begins)(const ByteSource& source, std::string_view head);
  Result<Model> (*read)(const ByteSource& source, const Opener& open);
};

// The head of a file that is long enough for it: the length of the header and its first characters.
bool is_safetensors(const ByteSource& source, std::string_view head) {
  std::uint64_t length = 0;
  if (head.size() <= sizeof length) return false;
  std::memcpy(&length, head.data(), sizeof length);
  return head[sizeof length] == '{' && length <= source.size();
}

constexpr std::array<Format, 5> formats = {{
    {.suffix = ".gguf",
     .begins = [](const ByteSource&, std::string_view head) { return head.starts_with("GGUF"); },
     .read = read_gguf},
    {.suffix = "",
     .begins = [](const ByteSource&, std::string_view head) { return head.starts_with("PK\3\4"); },
     .read = [](const ByteSource& source, const Opener&) { return read_torch_zip(source); }},
    {.suffix = ".safetensors",
     .begins = is_safetensors,
     .read = [](const ByteSource& source, const Opener&) { return read_safetensors(source); }},
    {.suffix = ".json",
     .begins =
         [](const ByteSource&, std::string_view head) {
           const std::size_t first = head.find_first_not_of(" \t\r\n");
           return first != std::string_view::npos && head[first] == '{';
         },
     .read = read_safetensors_index},
    {.suffix = ".onnx",
     .begins = [](const ByteSource& source, std::string_view) { return looks_like_onnx(source); },
     .read = read_onnx},
}};

}  // namespace

Result<Model> read_model(const ByteSource& source, const Opener& open, const OpenOptions& options) {
  if (source.size() == 0) return malformed(source.path(), "it is empty");
  if (options.grid != 0) return read_grid(source, options.grid);
  constexpr std::uint64_t head_bytes = 64;
  ByteReader reader(source);
  BYTEPATH_TRY(head, reader.text(std::min(head_bytes, source.size()), "its head"));
  for (const Format& format : formats) {
    if (format.begins(source, head)) return format.read(source, open);
  }
  for (const Format& format : formats) {
    if (!format.suffix.empty() && source.path().ends_with(format.suffix))
      return format.read(source, open);
  }
  return fail(ErrorKind::unsupported,
              fmt::format("cannot read {}: it is no GGUF, safetensors, ONNX or torch.save file",
                          source.path()),
              "--grid 1MiB counts any file in equal pieces");
}

Result<Model> open_model(const std::string& path, const OpenOptions& options) {
  BYTEPATH_TRY(source, open_file(path));
  return read_model(*source, open_file, options);
}

}  // namespace bytepath::weights
