#include "lazyfs/session.h"

#include <sys/random.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "lazyfs/chunk_files.h"
#include "lazyfs/http_upstream.h"
#include "lazyfs/mountpoint.h"
#include "lazyfs/prefetch_list.h"
#include "lazyfs/stop_signals.h"
#include "lazyfs/tally.h"
#include "lazyfs/truth_file.h"

namespace bytepath::lazyfs {
namespace {

// Who shall not read the source cannot guess it.
Result<std::string> new_secret() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return fail_errno(errno, "cannot get random bytes");
  }
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

// Where events and warnings of all threads come together.
class Journal {
 public:
  Journal(std::optional<TruthFile> truth, const SessionReports& reports)
      : truth_(std::move(truth)), reports_(reports) {}

  void add(const Event& event) {
    const std::lock_guard lock(mutex_);
    tally_.add(event);
    if (truth_) truth_->write(event);
  }
  // A full disk fails every chunk, but is told once.
  void l1_failed(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (l1_failures_++ > 0) return;
    reports_.warning(fmt::format("L1: {}; going on without what does not fit", error.message));
  }
  void origin_failed(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (origin_failures_++ > 0) return;
    reports_.warning(fmt::format("L3: {}; READs of it fail", error.message));
  }
  void not_prefetched(const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (unknown_paths_++ > 0) return;
    reports_.warning(
        fmt::format("--prefetch: there is no file {} in the mount", in_one_line(path)));
  }
  // When no thread adds any more.
  void describe(result::Document& document, std::optional<Error>& late) const {
    tally_.describe(document);
    document.parameters["l1.not_stored"] = static_cast<std::int64_t>(l1_failures_);
    document.parameters["prefetch.unknown_paths"] = static_cast<std::int64_t>(unknown_paths_);
    if (truth_ && !truth_->written()) late = truth_->written().error();
  }

 private:
  std::mutex mutex_;
  std::optional<TruthFile> truth_;
  const SessionReports& reports_;
  Tally tally_;
  std::uint64_t l1_failures_ = 0;
  std::uint64_t origin_failures_ = 0;
  std::uint64_t unknown_paths_ = 0;
};

// Fetches the list beside the requests, in its order.
class Prefetcher {
 public:
  Prefetcher(const std::vector<PrefetchEntry>& list, const Tree& tree, Reader& reader,
             Journal& journal)
      : thread_([&list, &tree, &reader, &journal, this] {
          const auto goes_on = [this] { return !stopped_; };
          for (const auto& entry : list) {
            if (stopped_) return;
            const Node* file = tree.at(entry.path);
            if (file == nullptr || !S_ISREG(file->status.st_mode)) {
              journal.not_prefetched(entry.path);
              continue;
            }
            reader.prefetch(*file, entry.extent, goes_on);
          }
        }) {}
  ~Prefetcher() {
    stopped_ = true;
    thread_.join();
  }
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

 private:
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

Result<std::vector<PrefetchEntry>> read_prefetch_list(const std::string& path) {
  if (path.empty()) return std::vector<PrefetchEntry>();
  auto text = read_file(path);
  if (!text) {
    Error error = text.error();
    error.kind = ErrorKind::usage;
    error.message = "--prefetch: " + error.message;
    return std::unexpected(std::move(error));
  }
  return parse_prefetch_list(*text, path);
}

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

result::Record parameters_of(const SessionOptions& options) {
  return {{"source", options.source},
          {"mountpoint", options.mount.mountpoint},
          {"chunk_bytes", number(options.chunk_bytes)},
          {"l1.bytes", number(options.l1_folder.empty() ? 0 : options.l1_bytes)},
          {"l2.nodes", number(options.l2.nodes)},
          {"l2.dead_nodes", number(options.l2.dead.size())},
          {"l2.bytes", number(options.l2.nodes == 0 ? 0 : options.l2.bytes)},
          {"l2.code", fmt::format("{}/{}", options.code.data, options.code.shards)},
          {"keep_cache", options.mount.keep_cache},
          {"direct_io", options.mount.direct_io},
          {"seed", number(options.seed)}};
}

// The processes that serve, and the client of them.
struct Servers {
  std::unique_ptr<ServerProcess> origin;
  std::unique_ptr<ServerProcess> nodes;  // nullptr: there is no L2

  std::vector<std::uint16_t> node_ports() const {
    return nodes ? nodes->ports() : std::vector<std::uint16_t>();
  }
  void stop() {
    origin.reset();
    nodes.reset();
  }
};

Result<Servers> start_servers(const SessionOptions& options, const std::string& secret) {
  Servers servers;
  OriginOptions l3 = options.l3;
  l3.secret = secret;
  BYTEPATH_TRY(origin, start_origin(options.source, l3));
  servers.origin = std::make_unique<ServerProcess>(std::move(origin));
  if (options.l2.nodes == 0) return servers;
  NodesOptions l2 = options.l2;
  l2.secret = secret;
  BYTEPATH_TRY(nodes, start_nodes(l2));
  servers.nodes = std::make_unique<ServerProcess>(std::move(nodes));
  return servers;
}

// Asked to stop, requests under way get a while to end; then what they wait for goes.
std::function<bool()> stopping(StopSignals& signals, Servers& servers) {
  using Clock = std::chrono::steady_clock;
  return [&signals, &servers, deadline = std::optional<Clock::time_point>()]() mutable {
    if (!signals.came()) return false;
    constexpr auto patience = std::chrono::seconds(2);
    if (!deadline) deadline = Clock::now() + patience;
    if (Clock::now() > *deadline) servers.stop();
    return true;
  };
}

}  // namespace

Result<result::Document> run_session(const SessionOptions& options, const SessionReports& reports,
                                     std::optional<Error>& late) {
  StopSignals signals;
  BYTEPATH_TRY(list, read_prefetch_list(options.prefetch_path));
  BYTEPATH_TRY(tree, Tree::scan(options.source));
  if (auto ready = prepare_mountpoint(options.mount.mountpoint); !ready) {
    return std::unexpected(ready.error());
  }
  if (auto there = check_fuse(); !there) return std::unexpected(there.error());
  BYTEPATH_TRY(secret, new_secret());
  BYTEPATH_TRY(servers, start_servers(options, secret));

  std::optional<ChunkFiles> l1;
  if (!options.l1_folder.empty()) {
    BYTEPATH_TRY(opened, ChunkFiles::open(options.l1_folder, options.l1_bytes));
    l1.emplace(std::move(opened));
  }
  std::optional<TruthFile> truth;
  if (!options.truth_path.empty()) {
    BYTEPATH_TRY(created, TruthFile::create(options.truth_path));
    truth.emplace(std::move(created));
  }
  Journal journal(std::move(truth), reports);
  HttpUpstream upstream({.origin_port = servers.origin->ports().at(0),
                         .node_ports = servers.node_ports(),
                         .code = options.code,
                         .secret = secret});
  Reader reader(
      tree, l1 ? &*l1 : nullptr, upstream,
      {.chunk_bytes = options.chunk_bytes, .l1_latency = options.l1_latency, .seed = options.seed},
      {.event = [&](const Event& event) { journal.add(event); },
       .l1_failed = [&](const Error& error) { journal.l1_failed(error); },
       .origin_failed = [&](const Error& error) { journal.origin_failed(error); }});
  {
    BYTEPATH_TRY(mount, Mount::open(tree, reader, options.mount));
    const auto ready = [&] {
      reports.mounted(fmt::format("mounted {} on {}, {}", options.source, options.mount.mountpoint,
                                  format_quantity(static_cast<double>(tree.bytes()), "B")));
    };
    const Prefetcher prefetcher(list, tree, reader, journal);
    if (auto served = mount.serve(ready, stopping(signals, servers)); !served)
      late = served.error();
  }
  result::Document document{.parameters = parameters_of(options)};
  journal.describe(document, late);
  return document;
}

Result<result::Document> run_origin(const std::string& source, const OriginOptions& options,
                                    const SessionReports& reports) {
  StopSignals signals;
  BYTEPATH_TRY(origin, Origin::start(source, options));
  reports.mounted(fmt::format("serving {} at http://127.0.0.1:{}/", source, origin->port()));
  signals.wait();
  result::Document document{.parameters = {{"source", source}}};
  const auto sent = static_cast<double>(origin->sent_bytes());
  const auto requests = origin->requests();
  const auto metric = [&](const char* name, const char* unit, double value) {
    document.metrics.push_back({.name = name,
                                .unit = unit,
                                .median = value,
                                .low = value,
                                .high = value,
                                .count = requests});
  };
  metric("requests", "", static_cast<double>(requests));
  metric("sent_bytes", "B", sent);
  return document;
}

Result<result::Document> summarize_truth(const std::string& path) {
  constexpr std::size_t most = std::size_t{4} << 30U;
  std::error_code ignored;
  const auto type = std::filesystem::status(path, ignored).type();
  using enum std::filesystem::file_type;
  if (type == not_found || type == directory) {
    return fail(
        ErrorKind::usage,
        fmt::format("cannot open {}: {}", path, std::strerror(type == not_found ? ENOENT : EISDIR)),
        "give what lazyfs mount --truth wrote");
  }
  BYTEPATH_TRY(text, read_file(path, most));
  Tally tally;
  std::size_t line = 0;
  for (const auto each : split(text, '\n')) {
    ++line;
    if (line == 1 && fmt::format("{}\n", each) == truth_header()) continue;
    const auto event = each.empty() ? std::nullopt : from_line(each);
    if (event) tally.add(*event);
    const bool is_last = each.data() + each.size() == text.data() + text.size();
    if (event || (each.empty() && is_last)) continue;
    return fail(ErrorKind::usage, fmt::format("{}:{}: not a line of lazyfs's truth", path, line),
                "give what lazyfs mount --truth wrote");
  }
  result::Document document{.parameters = {{"truth", path}}};
  tally.describe(document);
  return document;
}

}  // namespace bytepath::lazyfs
