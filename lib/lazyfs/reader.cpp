#include "lazyfs/reader.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <thread>

namespace bytepath::lazyfs {
namespace {

// Two generators of one seed would go in step.
constexpr std::uint64_t l1_seed = 0x6c31;

std::uint64_t now() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

Event begin(EventKind kind, const Node& file, Extent extent) {
  return {.kind = kind,
          .time_ns = now(),
          .path = file.path,
          .inode = file.status.st_ino,
          .offset = extent.offset,
          .length = extent.length,
          .thread = ::gettid()};
}

void end(Event& event, Tier tier, std::int64_t returned) {
  event.tier = tier;
  event.returned = returned;
  event.duration_ns = now() - event.time_ns;
}

std::string chunk_key(const Node& file, Extent chunk) {
  return fmt::format("{:x}/{:x}+{:x}", file.status.st_ino, chunk.offset, chunk.length);
}

}  // namespace

Reader::Reader(const Tree& tree, ChunkFiles* l1, Upstream& upstream, ReaderOptions options,
               ReaderReports reports)
    : tree_(tree),
      l1_(options.chunk_bytes == 0 ? nullptr : l1),
      upstream_(upstream),
      options_(options),
      reports_(std::move(reports)),
      grid_(options.chunk_bytes),
      random_(options.seed ^ l1_seed) {}

std::int64_t Reader::read(EventKind kind, const Node& file, std::uint64_t offset,
                          std::span<char> out) {
  const Extent wanted{.offset = offset, .length = out.size()};
  Event event = begin(kind, file, wanted);
  Tier slowest = Tier::none;
  std::int64_t returned = 0;
  for (const Piece& piece : grid_.pieces(file.bytes(), wanted)) {
    std::int64_t error = 0;
    const Tier tier = read_piece(
        file, piece, out.subspan(static_cast<std::size_t>(returned), piece.length), error);
    slowest = std::max(slowest, tier);
    returned = error < 0 ? error : returned + static_cast<std::int64_t>(piece.length);
    if (error < 0) break;
  }
  end(event, slowest, returned);
  reports_.event(event);
  return returned;
}

std::int64_t Reader::prefetch(const Node& file, Extent extent,
                              const std::function<bool()>& goes_on) {
  Event event = begin(EventKind::prefetch, file, extent);
  Tier slowest = Tier::none;
  std::int64_t returned = 0;
  for (Piece piece : grid_.pieces(file.bytes(), extent)) {
    if (!goes_on()) break;
    returned += static_cast<std::int64_t>(piece.length);
    piece.length = 0;
    std::int64_t error = 0;
    slowest = std::max(slowest, read_piece(file, piece, {}, error));
    if (error < 0) {
      returned = error;
      break;
    }
  }
  end(event, slowest, returned);
  reports_.event(event);
  return returned;
}

Tier Reader::read_piece(const Node& file, const Piece& piece, std::span<char> out,
                        std::int64_t& error) {
  if (read_from_l1(file, piece, out)) return Tier::l1;
  const auto [fetched, joined] =
      flights_.run(chunk_key(file, piece.chunk), [&] { return fetch(file, piece.chunk); });
  if (fetched->bytes) {
    std::ranges::copy(std::string_view(*fetched->bytes).substr(piece.skip, out.size()),
                      out.begin());
  } else {
    error = -EIO;
  }
  return joined ? Tier::joined : fetched->tier;
}

bool Reader::read_from_l1(const Node& file, const Piece& piece, std::span<char> out) {
  if (l1_ == nullptr ||
      !l1_->read(l1_name(file, piece.chunk), piece.chunk.length, piece.skip, out)) {
    return false;
  }
  if (options_.l1_latency != Latency() && !out.empty()) {
    std::unique_lock lock(random_mutex_);
    const auto latency = options_.l1_latency.draw(random_);
    lock.unlock();
    std::this_thread::sleep_for(latency);
  }
  return true;
}

Reader::Fetched Reader::fetch(const Node& file, Extent chunk) {
  // Its last fetch may have ended between our look into L1 and now.
  if (auto found = fetch_from_l1(file, chunk)) return std::move(*found);
  const bool in_nodes = options_.chunk_bytes != 0 && upstream_.has_nodes();
  auto fetched = in_nodes ? fetch_from_nodes(file, chunk) : std::nullopt;
  if (!fetched) {
    fetched = fetch_from_origin(file, chunk);
    if (in_nodes && fetched->bytes) store_in_nodes(file, chunk, *fetched->bytes);
  }
  if (l1_ != nullptr && fetched->bytes) {
    const auto stored = l1_->store(l1_name(file, chunk), *fetched->bytes);
    if (!stored) reports_.l1_failed(stored.error());
  }
  return std::move(*fetched);
}

std::optional<Reader::Fetched> Reader::fetch_from_l1(const Node& file, Extent chunk) {
  if (l1_ == nullptr) return std::nullopt;
  std::string bytes(chunk.length, '\0');
  if (!l1_->read(l1_name(file, chunk), chunk.length, 0, bytes)) return std::nullopt;
  return Fetched{.bytes = std::move(bytes), .tier = Tier::l1};
}

std::optional<Reader::Fetched> Reader::fetch_from_nodes(const Node& file, Extent chunk) {
  Event event = begin(EventKind::fetch, file, chunk);
  auto received = upstream_.from_nodes(chunk_key(file, chunk), chunk.length);
  if (!received) {
    event.kind = EventKind::miss;
    end(event, Tier::l2, 0);
    reports_.event(event);
    return std::nullopt;
  }
  event.node = received->node;
  event.injected_ns = static_cast<std::uint64_t>(received->injected.count());
  end(event, Tier::l2, static_cast<std::int64_t>(received->bytes.size()));
  reports_.event(event);
  return Fetched{.bytes = std::move(received->bytes), .tier = Tier::l2};
}

Reader::Fetched Reader::fetch_from_origin(const Node& file, Extent chunk) {
  Event event = begin(EventKind::fetch, file, chunk);
  auto received = upstream_.from_origin(file.path, chunk);
  event.node = "origin";
  if (!received) {
    end(event, Tier::l3, -EIO);
    reports_.event(event);
    reports_.origin_failed(received.error());
    return {.bytes = std::unexpected(received.error()), .tier = Tier::l3};
  }
  event.injected_ns = static_cast<std::uint64_t>(received->injected.count());
  end(event, Tier::l3, static_cast<std::int64_t>(received->bytes.size()));
  reports_.event(event);
  return {.bytes = std::move(received->bytes), .tier = Tier::l3};
}

void Reader::store_in_nodes(const Node& file, Extent chunk, const std::string& bytes) {
  Event event = begin(EventKind::store, file, chunk);
  const std::uint64_t stored = upstream_.to_nodes(chunk_key(file, chunk), bytes);
  end(event, Tier::l2, static_cast<std::int64_t>(stored));
  reports_.event(event);
}

std::string Reader::l1_name(const Node& file, Extent chunk) const {
  return ChunkFiles::name(tree_.identity(file), options_.chunk_bytes, chunk.offset);
}

}  // namespace bytepath::lazyfs
