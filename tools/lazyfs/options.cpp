#include "options.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "lazyfs/grid.h"

namespace bytepath::lazyfs_tool {
namespace {

constexpr std::uint64_t most_nodes = 100;
constexpr std::uint64_t last_port = 65535;

// The value of an option, whose name an error says.
template <class T>
Result<T> value_of(const char* option, Result<T> value) {
  if (!value) value.error().message = fmt::format("{}: {}", option, value.error().message);
  return value;
}

Result<std::vector<std::size_t>> dead_nodes(const MountWords& words) {
  std::vector<std::size_t> dead;
  for (const auto& word : words.dead) {
    const auto node = parse_unsigned(word);
    if (!node || *node >= words.l2_nodes) {
      return fail(ErrorKind::usage,
                  fmt::format("--dead: '{}' is no node; there are {}", word, words.l2_nodes),
                  words.l2_nodes == 0
                      ? "give --l2-nodes"
                      : fmt::format("they are numbered 0 to {}", words.l2_nodes - 1));
    }
    dead.push_back(*node);
  }
  std::ranges::sort(dead);
  const auto [first, last] = std::ranges::unique(dead);
  dead.erase(first, last);
  return dead;
}

Result<> check(const MountWords& words, const lazyfs::SessionOptions& options) {
  const auto refuse = [](std::string message, std::string hint) {
    return fail(ErrorKind::usage, std::move(message), std::move(hint));
  };
  if (words.places.size() != 2) {
    return refuse(fmt::format("a source and a mount point, not {} words", words.places.size()),
                  "lazyfs mount SOURCE MOUNTPOINT");
  }
  const bool has_tiers = words.l2_nodes > 0 || !words.l1.empty();
  if (options.chunk_bytes == 0 && has_tiers) {
    return refuse("--chunk none keeps nothing, so there is no use for --l1 and --l2-nodes",
                  "give a chunk size, or none of them");
  }
  if (options.code.shards > std::max<std::uint64_t>(words.l2_nodes, 1)) {
    return refuse(fmt::format("--ec: {} shards need as many nodes; there are {}",
                              options.code.shards, words.l2_nodes),
                  fmt::format("--l2-nodes {} or more", options.code.shards));
  }
  if (!words.prefetch.empty() && !has_tiers) {
    return refuse("--prefetch: there is no tier to keep what it fetches",
                  "give --l1 or --l2-nodes");
  }
  if (words.l2_port != 0 && words.l2_port + words.l2_nodes > last_port + 1) {
    return refuse(fmt::format("--l2-port: {} nodes from {} on are beyond port {}", words.l2_nodes,
                              words.l2_port, last_port),
                  "give a lower port");
  }
  return {};
}

}  // namespace

void add_mount_options(cli::Command& command, MountWords& words) {
  command
      .positionals("places", words.places, "the image file or directory, and the mount point", true)
      .text("--chunk", words.chunk, "SIZE",
            "fetch in chunks of this size, 4K to 64M; none: as asked [512K]")
      .text("--l1", words.l1, "DIR", "keep chunks as files in this directory")
      .size("--l1-size", words.l1_size, "of so many bytes")
      .text("--l1-latency", words.l1_latency, "LATENCY",
            "hold back each answer of L1: constant:TIME or lognormal:MEDIAN:SIGMA")
      .number("--l2-nodes", words.l2_nodes, "keep chunks on so many servers too [0]", 0, most_nodes)
      .size("--l2-size", words.l2_size, "of so many bytes together")
      .text("--l2-latency", words.l2_latency, "LATENCY", "hold back each answer of L2")
      .number("--l2-port", words.l2_port, "their first port; else any that are free", 1, last_port)
      .text("--ec", words.code, "K/N",
            "cut each chunk of L2 into K shards, with N = K + 1 one of parity [1/1]")
      .texts("--dead", words.dead, "NODE", "this node of L2 refuses connections; repeatable")
      .text("--l3-latency", words.l3_latency, "LATENCY", "hold back each answer of the origin")
      .number("--l3-port", words.l3_port, "its port; else any that is free", 1, last_port)
      .size("--rate", words.rate, "bytes a second that the origin sends")
      .flag("--keep-cache", words.keep_cache, "the kernel keeps a file's pages (the default)")
      .flag("--no-keep-cache", words.no_keep_cache, "the kernel drops a file's pages at each open")
      .flag("--direct-io", words.direct_io, "no pages in the kernel: each read(2) is a READ")
      .size("--max-readahead", words.max_readahead, "of the kernel; above 128K for root only", 4096,
            1U << 30U)
      .duration("--attribute-timeout", words.attribute_timeout,
                "the kernel may keep names and attributes so long [1h]")
      .text("--prefetch", words.prefetch, "FILE",
            "fetch these, after mounting: lines of path, offset and length")
      .text("--truth", words.truth, "FILE", "write down each READ and fetch, as CSV")
      .number("--seed", words.seed, "of the latencies that are drawn [1]", 0, UINT64_MAX)
      .exclusive("--keep-cache", "--no-keep-cache")
      .needs("--l1-size", "--l1")
      .needs("--l1-latency", "--l1");
}

Result<lazyfs::SessionOptions> session_options(const MountWords& words) {
  lazyfs::SessionOptions options{.l1_folder = words.l1,
                                 .l1_bytes = words.l1_size,
                                 .prefetch_path = words.prefetch,
                                 .truth_path = words.truth,
                                 .seed = words.seed};
  BYTEPATH_TRY(chunk, value_of("--chunk", lazyfs::parse_chunk(words.chunk)));
  BYTEPATH_TRY(l1, value_of("--l1-latency", lazyfs::Latency::parse(words.l1_latency)));
  BYTEPATH_TRY(l2, value_of("--l2-latency", lazyfs::Latency::parse(words.l2_latency)));
  BYTEPATH_TRY(l3, value_of("--l3-latency", lazyfs::Latency::parse(words.l3_latency)));
  BYTEPATH_TRY(code, value_of("--ec", lazyfs::parse_erasure_code(words.code)));
  BYTEPATH_TRY(dead, dead_nodes(words));
  options.chunk_bytes = chunk;
  options.l1_latency = l1;
  options.code = code;
  options.l2 = {.nodes = words.l2_nodes,
                .dead = dead,
                .bytes = words.l2_size,
                .first_port = static_cast<std::uint16_t>(words.l2_port),
                .latency = l2,
                .seed = words.seed};
  options.l3 = {.port = static_cast<std::uint16_t>(words.l3_port),
                .latency = l3,
                .bytes_per_second = words.rate,
                .seed = words.seed};
  if (auto right = check(words, options); !right) return std::unexpected(right.error());
  options.source = words.places[0];
  std::error_code ignored;
  if (std::filesystem::equivalent(words.truth, options.source, ignored)) {
    return fail(ErrorKind::usage,
                fmt::format("--truth: {} is the source, which it would replace", words.truth),
                "give another file");
  }
  options.mount = {.mountpoint = words.places[1],
                   .keep_cache = !words.no_keep_cache,
                   .direct_io = words.direct_io,
                   .attribute_timeout = words.attribute_timeout};
  if (words.max_readahead != 0) options.mount.max_readahead = words.max_readahead;
  return options;
}

void add_serve_options(cli::Command& command, ServeWords& words) {
  command.positionals("source", words.sources, "the file or directory", true)
      .number("--port", words.port, "on 127.0.0.1; else any that is free", 1, last_port)
      .text("--latency", words.latency, "LATENCY",
            "hold back each answer: constant:TIME or lognormal:MEDIAN:SIGMA")
      .size("--rate", words.rate, "bytes a second that are sent")
      .number("--seed", words.seed, "of the latencies that are drawn [1]", 0, UINT64_MAX);
}

Result<lazyfs::OriginOptions> origin_options(const ServeWords& words) {
  if (words.sources.size() != 1) {
    return fail(ErrorKind::usage, fmt::format("one source, not {}", words.sources.size()),
                "lazyfs serve SOURCE");
  }
  BYTEPATH_TRY(latency, value_of("--latency", lazyfs::Latency::parse(words.latency)));
  return lazyfs::OriginOptions{.port = static_cast<std::uint16_t>(words.port),
                               .latency = latency,
                               .bytes_per_second = words.rate,
                               .seed = words.seed};
}

}  // namespace bytepath::lazyfs_tool
