#include "chunks/stack_document.h"

#include "mounts/fuse_daemons.h"
#include "result/document_parts.h"

namespace bytepath::chunks {

using result::Document;
using result::Value;
using result::whole;

namespace {

Value known(std::uint64_t number) { return number > 0 ? whole(number) : Value(); }

std::string text(const mounts::Peer& peer) {
  return peer.family == "inet6" ? fmt::format("[{}]:{}", peer.address, peer.port)
                                : fmt::format("{}:{}", peer.address, peer.port);
}

void add_daemons(Document& document, result::Table& table, const mounts::StackedMount& mount,
                 const Root& root) {
  const auto found = mounts::daemons_of(mount.entry.device, root);
  for (const auto& daemon : found.daemons) {
    std::string peers;
    for (const auto& peer : daemon.peers) peers += (peers.empty() ? "" : " ") + text(peer);
    table.rows.push_back({mount.entry.path, whole(daemon.process), daemon.name, peers});
  }
  if (!found.daemons.empty()) return;
  document.not_measured.push_back(
      {.what = fmt::format("the daemon of {}", mount.entry.path),
       .reason = found.hidden > 0
                     ? fmt::format("the descriptors of {} processes may not be seen", found.hidden)
                     : "no process that can be seen here has the mount's connection open, or the "
                       "kernel does not tell (before Linux 6.0)",
       .remedy = found.hidden > 0 ? "run as root" : "chunk-probe record finds it by its answers"});
}

}  // namespace

Document stack_document(const mounts::MountStack& stack, const Root& root) {
  Document document;
  document.parameters["mode"] = std::string("stack");
  document.parameters["mount"] = stack.front().entry.path;
  result::Table table{.name = "mounts",
                      .title = "What the mount is made of",
                      .columns = {{"depth", ""},
                                  {"path", ""},
                                  {"type", ""},
                                  {"source", ""},
                                  {"reached_by", ""},
                                  {"content", "B"},
                                  {"readahead", "B"},
                                  {"max_background", ""},
                                  {"congestion_threshold", ""}},
                      .rows = {}};
  result::Table daemons{.name = "daemons",
                        .title = "Who serves it",
                        .columns = {{"mount", ""}, {"process", ""}, {"name", ""}, {"peers", ""}},
                        .rows = {}};
  bool has_fuse = false;
  for (const auto& mount : stack) {
    table.rows.push_back({whole(mount.depth), mount.entry.path, mount.entry.type,
                          mount.entry.source, mount.through, known(mount.bytes),
                          known(mount.readahead_bytes), known(mount.max_background),
                          known(mount.congestion_threshold)});
    if (!mount.entry.is_fuse()) continue;
    has_fuse = true;
    add_daemons(document, daemons, mount, root);
  }
  document.tables.push_back(std::move(table));
  if (!daemons.rows.empty()) document.tables.push_back(std::move(daemons));
  if (has_fuse) {
    document.not_measured.push_back(
        {.what = "whether opens keep the page cache, or go past it (direct, passthrough)",
         .reason = "only the daemon's answers to opens say so",
         .remedy = "chunk-probe record shows them"});
  }
  return document;
}

}  // namespace bytepath::chunks
