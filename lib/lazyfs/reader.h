#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>

#include "lazyfs/chunk_files.h"
#include "lazyfs/grid.h"
#include "lazyfs/latency.h"
#include "lazyfs/single_flight.h"
#include "lazyfs/tree.h"
#include "lazyfs/truth.h"
#include "lazyfs/upstream.h"

namespace bytepath::lazyfs {

// What the reader tells while it works. For several threads.
struct ReaderReports {
  std::function<void(const Event&)> event;
  std::function<void(const Error&)> l1_failed;      // a chunk could not be stored in L1
  std::function<void(const Error&)> origin_failed;  // a chunk could not be fetched at all
};

struct ReaderOptions {
  std::uint64_t chunk_bytes = 0;  // 0: each request for itself, past L1 and L2
  Latency l1_latency;
  std::uint64_t seed = 1;
};

// Answers requests for bytes of the tree's files from the nearest tier that has them. For several
// threads.
class Reader {
 public:
  // l1 may be nullptr.
  Reader(const Tree& tree, ChunkFiles* l1, Upstream& upstream, ReaderOptions options,
         ReaderReports reports);

  // Fills `out` with the file's bytes from `offset` on, up to its end. kind: of the event that this
  // is (read or prefetch). Returns how many there are, or -errno.
  std::int64_t read(EventKind kind, const Node& file, std::uint64_t offset, std::span<char> out);

  // Brings the chunks of a part of the file to the nearest tier, as long as `goes_on` says so.
  // Returns the bytes of it that are there, or -errno.
  std::int64_t prefetch(const Node& file, Extent extent, const std::function<bool()>& goes_on);

 private:
  struct Fetched {
    Result<std::string> bytes;
    Tier tier;
  };
  Tier read_piece(const Node& file, const Piece& piece, std::span<char> out, std::int64_t& error);
  Fetched fetch(const Node& file, Extent chunk);
  Fetched fetch_from_origin(const Node& file, Extent chunk);
  std::optional<Fetched> fetch_from_l1(const Node& file, Extent chunk);
  std::optional<Fetched> fetch_from_nodes(const Node& file, Extent chunk);
  void store_in_nodes(const Node& file, Extent chunk, const std::string& bytes);
  bool read_from_l1(const Node& file, const Piece& piece, std::span<char> out);
  std::string l1_name(const Node& file, Extent chunk) const;

  const Tree& tree_;
  ChunkFiles* l1_;
  Upstream& upstream_;
  ReaderOptions options_;
  ReaderReports reports_;
  Grid grid_;
  SingleFlight<Fetched> flights_;
  std::mutex random_mutex_;
  stats::Random random_;
};

}  // namespace bytepath::lazyfs
