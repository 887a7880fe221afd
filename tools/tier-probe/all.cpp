#include <optional>

#include "chase/cpu_survey.h"
#include "commands.h"
#include "net/measure.h"
#include "net/net_document.h"
#include "storage/io_document.h"
#include "storage/io_measurement.h"
#include "storage/nameless_file.h"
#include "tiers/all_tiers.h"

namespace bytepath::tier_probe {
namespace {

using tiers::Part;

struct Options {
  std::vector<std::string> places;
  std::optional<std::string> directory;
  std::uint64_t file_bytes = std::uint64_t{64} << 20;
  std::uint64_t accesses = 2000;
  std::uint64_t requests = 100;
  std::uint64_t seed = 1;
  std::optional<std::string> key;
  bool no_file = false;

  std::string folder() const { return directory.value_or("/var/tmp"); }
};

bool is_url(const std::string& place) { return place.find("://") != std::string::npos; }

Result<Part> cpu_part(const Options& options, const Progress& progress) {
  // Latencies alone: what else tier-probe cpu knows is no tier.
  BYTEPATH_TRY(document,
               chase::survey_cpu({.parts = {"bandwidth"}, .seed = options.seed}, progress));
  return Part{.name = "cpu", .document = std::move(document)};
}

Result<Part> file_part(const Options& options, const std::string& name, const std::string& path,
                       const Progress& progress) {
  // Half of it in the page cache: both tiers within one run.
  const storage::IoOptions wanted{.target = {.path = path},
                                  .engines = {"pread"},
                                  .states = {storage::CacheStart::mixed},
                                  .accesses = options.accesses,
                                  .seed = options.seed};
  BYTEPATH_TRY(measured, storage::measure_io(wanted, progress));
  if (measured.error) return std::unexpected(*measured.error);
  return Part{.name = name, .document = storage::io_document(wanted, measured)};
}

Result<Part> server_part(const Options& options, const std::string& place,
                         const Progress& progress) {
  BYTEPATH_TRY(url, net::parse_url(place));
  net::Options wanted;
  wanted.requests = options.requests;
  wanted.pipeline = 1;
  wanted.key = options.key;
  wanted.seed = options.seed;
  wanted.user_agent = fmt::format("bytepath-tier-probe/{}", cli::version());
  BYTEPATH_TRY(measured, net::measure({url}, wanted, progress));
  if (auto error = net::no_answer(measured)) return std::unexpected(*error);
  Part part{.name = url.shown(), .document = net::net_document(measured, wanted)};
  // Waiting is no tier, and the option that would show it is one of net.
  std::erase_if(part.document.not_measured,
                [](const auto& gap) { return gap.remedy.starts_with("--rate"); });
  return part;
}

// What is wrong with the command line, before anything is measured.
Result<> check(const Options& options) {
  if (options.key && options.key->empty())
    return fail(ErrorKind::usage, "--key: it is empty", "the name of a key that is there");
  for (const auto& place : options.places) {
    if (is_url(place)) {
      if (auto url = net::parse_url(place); !url) return std::unexpected(url.error());
    } else if (auto target = storage::open_target({.path = place}); !target) {
      return std::unexpected(target.error());
    }
  }
  return {};
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  if (auto checked = check(options); !checked) return std::unexpected(checked.error());
  std::vector<Part> parts;
  result::Document document;
  document.parameters["mode"] = std::string("all");
  const auto add = [&](const char* what, Result<Part> part) {
    if (part) {
      parts.push_back(*std::move(part));
    } else {
      document.not_measured.push_back(
          {.what = what, .reason = part.error().message, .remedy = part.error().hint});
    }
  };
  std::optional<storage::NamelessFile> own;
  if (!options.no_file) {
    auto made = storage::NamelessFile::create(options.folder(), options.file_bytes);
    // A folder that was asked for is a mistake to be told at once; of ours this host has no use.
    if (!made && options.directory) return std::unexpected(made.error());
    if (made)
      own = *std::move(made);
    else
      add("a file of ours", std::unexpected(made.error()));
  }
  add("the caches and the memory", cpu_part(options, context.progress));
  if (own)
    add("a file of ours", file_part(options, options.folder(), own->path(), context.progress));
  std::vector<net::Secret> secrets;
  for (const auto& place : options.places) {
    if (is_url(place)) {
      if (const auto url = net::parse_url(place)) {
        secrets.push_back({.text = place, .shown = url->shown()});
        add("a server", server_part(options, place, context.progress));
      }
    } else {
      add("a file", file_part(options, place, place, context.progress));
    }
  }
  add_all_tiers(document, parts);
  document = with_host(std::move(document));
  document.arguments = net::redacted(context.arguments, secrets);
  return document;
}

}  // namespace

void add_all(cli::Probe& probe) {
  static Options options;
  constexpr std::uint64_t most = 1'000'000;
  probe
      .command("all", "every tier of this host in one table, and of files and servers given",
               [](const cli::Context& context) { return run(options, context); })
      .positionals("PLACE", options.places, "files, such as one on a mount, and URLs as of net",
                   false)
      .text("--directory", options.directory, "DIR",
            "where a nameless file of 64 MiB is made to be read; default: /var/tmp")
      .flag("--no-file", options.no_file, "make none")
      .number("-n,--accesses", options.accesses, "reads of each file", 1, most)
      .text("--key", options.key, "KEY", "of redis: one that is there, for hits")
      .number("--requests", options.requests, "requests to each server", 1, most)
      .number("--seed", options.seed, "of all orders", 0, UINT64_MAX);
}

}  // namespace bytepath::tier_probe
