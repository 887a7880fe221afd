#include "weights/torch_zip.h"

#include "base/text.h"
#include "weights/malformed.h"
#include "weights/model_builder.h"
#include "weights/zip_directory.h"

namespace bytepath::weights {
namespace {

bool is_storage(std::string_view name) {
  constexpr std::string_view folder = "/data/";
  const std::size_t last = name.rfind('/');
  return last != std::string_view::npos && name.substr(0, last + 1).ends_with(folder) &&
         parse_unsigned(name.substr(last + 1)).has_value();
}

Result<Tensor> to_tensor(const ByteSource& source, const ZipEntry& entry) {
  if (!entry.stored) {
    return fail(ErrorKind::unsupported,
                fmt::format("cannot read {}: its entry {} is compressed, so that its bytes are no "
                            "tensor's",
                            source.path(), in_quotes(entry.name)),
                "torch.save does not compress; save it again, or use --grid 1MiB");
  }
  BYTEPATH_TRY(offset, zip_data_offset(source, entry));
  return Tensor{.name = entry.name,
                .type = "bytes",
                .shape = {entry.size},
                .offset = offset,
                .size = entry.size};
}

}  // namespace

Result<Model> read_torch_zip(const ByteSource& source) {
  BYTEPATH_TRY(entries, read_zip_directory(source));
  ModelBuilder builder("pytorch");
  const std::uint32_t file = builder.add_file(source.file());
  for (const ZipEntry& entry : entries) {
    if (!is_storage(entry.name)) continue;
    BYTEPATH_TRY(tensor, to_tensor(source, entry));
    tensor.file = file;
    if (auto added = builder.add(std::move(tensor)); !added) {
      return std::unexpected(added.error());
    }
  }
  if (builder.tensor_count() == 0) {
    return fail(
        ErrorKind::unsupported,
        fmt::format("cannot read {}: a zip without the storages of torch.save", source.path()),
        "use --grid 1MiB");
  }
  return builder.finish();
}

}  // namespace bytepath::weights
