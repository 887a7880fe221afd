// lazyfs: a mount that fetches lazily from known tiers, and tells what it did.
#include "cli/probe.h"
#include "describe/host_facts.h"
#include "lazyfs/session.h"
#include "options.h"
#include "report/printable.h"

namespace bytepath::lazyfs_tool {
namespace {

result::Document with_host(result::Document document) {
  result::Document unused;  // of what it could not read nothing is about a mount
  describe::add_host(document, describe::read_identity(unused));
  return document;
}

lazyfs::SessionReports reports_to(const cli::Context& context) {
  const auto complain = [&context](const std::string& line) {
    context.console->complain(fmt::format("{}: {}\n", context.program, report::printable(line)));
  };
  return {.mounted =
              [&context, complain](const std::string& line) {
                if (!context.quiet) complain(line);
              },
          .warning = complain};
}

Result<result::Document> mount(const MountWords& words, const cli::Context& context) {
  BYTEPATH_TRY(options, session_options(words));
  BYTEPATH_TRY(document, lazyfs::run_session(options, reports_to(context), *context.late_error));
  return with_host(std::move(document));
}

Result<result::Document> serve(const ServeWords& words, const cli::Context& context) {
  BYTEPATH_TRY(options, origin_options(words));
  BYTEPATH_TRY(document, lazyfs::run_origin(words.sources.front(), options, reports_to(context)));
  return with_host(std::move(document));
}

Result<result::Document> summary(const std::vector<std::string>& truths) {
  if (truths.size() != 1) {
    return fail(ErrorKind::usage, fmt::format("one truth, not {}", truths.size()),
                "lazyfs summary FILE");
  }
  BYTEPATH_TRY(document, lazyfs::summarize_truth(truths.front()));
  return with_host(std::move(document));
}

}  // namespace
}  // namespace bytepath::lazyfs_tool

int main(int argc, char** argv) {
  using namespace bytepath;
  lazyfs_tool::MountWords mount_words;
  lazyfs_tool::ServeWords serve_words;
  std::vector<std::string> truths;
  cli::Probe probe(
      {.name = "lazyfs",
       .summary = "A small mount that fetches lazily from known tiers, and tells what it did.",
       .description =
           "mount shows an image file or a directory read-only and fetches what is read in chunks, "
           "from a directory (L1), from shard servers (L2) or from an origin (L3), each with the "
           "latency that was asked for. It is there to try and to test profilers of such mounts.",
       .examples = {
           {"lazyfs mount --l1 cache --truth truth.csv base.img mnt", "chunks of 512 KiB, kept"},
           {"lazyfs mount --chunk none --l3-latency constant:2ms rootfs mnt",
            "each READ for itself"},
           {"lazyfs mount --l1 cache --l1-size 32M --l2-nodes 20 --ec 4/5 --dead 3 base.img mnt",
            "three tiers, with a node down"},
           {"lazyfs serve --port 8080 --rate 25M images", "the origin alone"},
           {"lazyfs summary truth.csv", "what a truth comes to"}}});
  probe.main([](const cli::Context&) -> Result<result::Document> {
    return fail(ErrorKind::usage, "which of its commands?", "see lazyfs --help");
  });
  auto mount = probe.command(
      "mount", "mount a file or a directory until Ctrl-C or an unmount",
      [&](const cli::Context& context) { return lazyfs_tool::mount(mount_words, context); });
  lazyfs_tool::add_mount_options(mount, mount_words);
  auto serve = probe.command(
      "serve", "serve files as the origin does, by HTTP on this host",
      [&](const cli::Context& context) { return lazyfs_tool::serve(serve_words, context); });
  lazyfs_tool::add_serve_options(serve, serve_words);
  auto summary = probe.command("summary", "what came from where, by a truth that mount wrote",
                               [&](const cli::Context&) { return lazyfs_tool::summary(truths); });
  summary.positionals("truth", truths, "a file of mount --truth", true);
  return probe.execute(argc, argv);
}
