// map, cache and selftest.
#include "faults/model_document.h"
#include "faults/self_test.h"
#include "options.h"

namespace bytepath::fault_probe {
namespace {

Result<faults::WatchedFiles> open_models(const Options& options) {
  BYTEPATH_TRY(watched, faults::WatchedFiles::open(options.words, options.grid));
  if (!watched.files().empty()) return watched;
  return fail(ErrorKind::usage, fmt::format("{}: no such file", options.words.front()),
              "a pattern is of files that get mapped; here give the files themselves");
}

}  // namespace

Result<result::Document> map(const Options& options) {
  BYTEPATH_TRY(touched, read_touched(options.touched));
  BYTEPATH_TRY(watched, open_models(options));
  if (auto used = check_touched(options, touched, watched.files()); !used) {
    return std::unexpected(used.error());
  }
  return with_host(faults::map_document(watched, touched));
}

Result<result::Document> cache(const Options& options) {
  BYTEPATH_TRY(watched, open_models(options));
  BYTEPATH_TRY(document, faults::cache_document(watched));
  return with_host(std::move(document));
}

Result<result::Document> selftest(const Options& options, const cli::Context& context) {
  BYTEPATH_TRY(document, faults::self_test(options.directory, context.progress));
  return with_host(std::move(document));
}

}  // namespace bytepath::fault_probe
