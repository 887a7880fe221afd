// chunk-probe: what a mount that loads lazily fetches, and what other chunks and caches would do.
#include "commands.h"
#include "describe/host_facts.h"

namespace bytepath::chunk_probe {

result::Document with_host(result::Document document) {
  result::Document unused;  // of what it could not read nothing is about images and traces
  describe::add_host(document, describe::read_identity(unused));
  return document;
}

}  // namespace bytepath::chunk_probe

int main(int argc, char** argv) {
  using namespace bytepath;
  cli::Probe probe(
      {.name = "chunk-probe",
       .summary = "What a lazy mount fetches, and what other chunk sizes and caches would do.",
       .description =
           "dedup reads images and tells for each chunk size which part is zero, unique and "
           "shared, "
           "so that a chunk size can be chosen on what is stored. whatif replays a trace of "
           "requests against caches of several policies and sizes.",
       .examples = {
           {"chunk-probe dedup base.img app-*.img", "which chunk size shares most"},
           {"chunk-probe dedup --grid 64K,512K,4M a.erofs b.erofs", "of these only"},
           {"chunk-probe whatif trace.oracleGeneral", "miss ratios by policy and size"},
           {"chunk-probe whatif --policies lru,s3-fifo --capacity 1G,4G trace.oracleGeneral",
            "of these only"}}});
  probe.main([](const cli::Context&) -> Result<result::Document> {
    return fail(ErrorKind::usage, "which of its commands?", "see chunk-probe --help");
  });
  chunk_probe::add_record(probe);
  chunk_probe::add_report(probe);
  chunk_probe::add_bench(probe);
  chunk_probe::add_live(probe);
  chunk_probe::add_stack(probe);
  chunk_probe::add_dedup(probe);
  chunk_probe::add_what_if(probe);
  chunk_probe::add_export(probe);
  chunk_probe::add_import(probe);
  chunk_probe::add_score(probe);
  return probe.execute(argc, argv);
}
