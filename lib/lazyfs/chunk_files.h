#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "base/result.h"
#include "lazyfs/byte_lru.h"

namespace bytepath::lazyfs {

// L1: a directory with a file for each chunk, which together never have more bytes than its size,
// those that are being written included. What was used longest ago goes first. For several
// threads; a second mount cannot have the directory at the same time.
class ChunkFiles {
 public:
  // Takes over what an earlier mount left there, as if it had been used in the order in which it
  // was written, removes what that one had not written to its end, and leaves other files alone.
  // Errors: usage (no directory, in use), denied or failed.
  static Result<ChunkFiles> open(const std::string& folder, std::uint64_t bytes);
  ChunkFiles(ChunkFiles&&) noexcept;

  // The name of a chunk's file. identity: of the file that it is a part of.
  static std::string name(std::string_view identity, std::uint64_t chunk_bytes,
                          std::uint64_t offset);

  // Reads a part of the chunk, which has `chunk_bytes`; false: it is not there.
  bool read(const std::string& name, std::uint64_t chunk_bytes, std::uint64_t skip,
            std::span<char> out);

  // Replaces the chunk's file if there is one; one larger than all of L1 is left out. Not for two
  // threads and one name at once. Error: it could not be written (a full disk); it is then not
  // there.
  Result<> store(const std::string& name, std::string_view chunk);

  std::uint64_t used();

 private:
  ChunkFiles(std::string folder, Descriptor handle, std::uint64_t bytes);
  Result<> take_over();
  Result<> write(const std::string& name, std::string_view chunk);
  void remove(const std::string& name);

  std::string folder_;
  Descriptor handle_;
  std::mutex mutex_;
  ByteLru lru_;
};

}  // namespace bytepath::lazyfs
