#pragma once
#include "mounts/prefetch_list.h"

// The blob trace that overlaybd replays before a container starts, for an image of one layer: reads
// of the layer's blob, in their order. Little-endian (containerd/overlaybd, src/prefetch.cpp at
// 0753065: TraceHeader and TraceFormat as a 64-bit compiler lays them out):
//
//   u32 3270449184   4 bytes unused   u64 bytes of all records   u32 CRC-32C   4 bytes unused
//   record...        'R'   3 bytes unused   u32 layer   u64 count   i64 offset
//
// The CRC-32C of the records is theirs: it begins with 0 and is not inverted.
namespace bytepath::mounts {

bool is_overlaybd_trace(std::string_view bytes);

// Of layer 0. Errors (usage): damaged, a record that is no read, or a layer other than 0.
Result<std::vector<FileRange>> entries_from_overlaybd(std::string_view bytes,
                                                      std::string_view name);

// In reads of at most 1 MiB, which is what the replay has room for. Error (usage): several files.
Result<WrittenList> overlaybd_of_entries(std::span<const FileRange> entries);

}  // namespace bytepath::mounts
