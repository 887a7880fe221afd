#include "mounts/overlaybd_trace.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace bytepath::mounts {
namespace {

constexpr std::uint32_t magic = 3270449184U;
constexpr std::uint64_t most_bytes_a_read = std::uint64_t{1} << 20U;

struct Head {
  std::uint32_t magic;
  std::uint32_t unused;
  std::uint64_t data_bytes;
  std::uint32_t checksum;
  std::uint32_t unused_too;
};
static_assert(sizeof(Head) == 24);

struct Record {
  char operation;
  char unused[3];
  std::uint32_t layer;
  std::uint64_t count;
  std::int64_t offset;
};
static_assert(sizeof(Record) == 24);

constexpr std::array<std::uint32_t, 256> crc_table() {
  constexpr std::uint32_t castagnoli = 0x82F63B78;  // 0x1EDC6F41, its lowest bit first
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1U ^ ((value & 1U) != 0 ? castagnoli : 0);
    table[byte] = value;
  }
  return table;
}

std::uint32_t checksum(std::string_view bytes) {
  static constexpr auto table = crc_table();
  std::uint32_t crc = 0;
  for (const char byte : bytes)
    crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ crc >> 8U;
  return crc;
}

template <class T>
void append(const T& value, std::string& to) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

bool is_overlaybd_trace(std::string_view bytes) {
  std::uint32_t first = 0;
  if (bytes.size() < sizeof first) return false;
  std::memcpy(&first, bytes.data(), sizeof first);
  return first == magic;
}

Result<std::vector<FileRange>> entries_from_overlaybd(std::string_view bytes,
                                                      std::string_view name) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorKind::usage, fmt::format("{}: {}", name, why),
                "a trace that overlaybd recorded, or chunk-probe export --format overlaybd-trace");
  };
  if (!is_overlaybd_trace(bytes)) return wrong("is no blob trace of overlaybd");
  Head head{};
  if (bytes.size() < sizeof head) return wrong("the blob trace is cut off");
  std::memcpy(&head, bytes.data(), sizeof head);
  const std::string_view data = bytes.substr(sizeof head);
  if (data.size() != head.data_bytes || data.size() % sizeof(Record) != 0)
    return wrong("the blob trace has not the length that it says");
  if (checksum(data) != head.checksum) return wrong("the blob trace is damaged");
  std::vector<FileRange> entries;
  for (std::size_t at = 0; at < data.size(); at += sizeof(Record)) {
    Record record{};
    std::memcpy(&record, data.data() + at, sizeof record);
    if (record.operation != 'R' || record.offset < 0)
      return wrong(fmt::format("record {} is no read", at / sizeof record));
    if (record.layer != 0)
      return wrong(fmt::format("record {} is of layer {}, and only images of one layer are known",
                               at / sizeof record, record.layer));
    entries.push_back(
        {.path = "", .offset = static_cast<std::uint64_t>(record.offset), .bytes = record.count});
  }
  return entries;
}

Result<WrittenList> overlaybd_of_entries(std::span<const FileRange> entries) {
  std::string data;
  for (const FileRange& entry : entries) {
    if (entry.path != entries.front().path) {
      return fail(ErrorKind::usage,
                  fmt::format("{} and {} were read, and a blob trace is about one file",
                              entries.front().path, entry.path),
                  "--format ranges, or --mount with a mount that has the layer's blob");
    }
    for (std::uint64_t done = 0; done < entry.bytes;) {
      const std::uint64_t bytes = std::min(entry.bytes - done, most_bytes_a_read);
      append(Record{.operation = 'R',
                    .unused = {},
                    .layer = 0,
                    .count = bytes,
                    .offset = static_cast<std::int64_t>(entry.offset + done)},
             data);
      done += bytes;
    }
  }
  WrittenList list;
  append(Head{.magic = magic,
              .unused = 0,
              .data_bytes = data.size(),
              .checksum = checksum(data),
              .unused_too = 0},
         list.bytes);
  list.bytes += data;
  return list;
}

}  // namespace bytepath::mounts
