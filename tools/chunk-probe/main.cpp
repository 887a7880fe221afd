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
           "record shows what a start from a lazily loading mount waits for, and which bytes went "
           "which way: the program's pages, the page cache, the requests to the FUSE daemon, what "
           "that fetched. bench, live and stack look at such a mount otherwise. whatif tells from "
           "a trace what other chunk sizes, caches and lists would do, dedup what a chunk size "
           "costs in what is stored.",
       .examples = {
           {"chunk-probe record -m /mnt/image -t start.trace -- chroot /mnt/image python3 -c ''",
            "a start, and what it waited for"},
           {"chunk-probe report --by tier --tier l2=10.0.0.1 start.trace",
            "where each READ came from"},
           {"chunk-probe bench -m /mnt/image -r 10 -- chroot /mnt/image true",
            "cold starts, for probe-compare"},
           {"chunk-probe live -m /mnt/image", "a line a second"},
           {"chunk-probe stack /mnt/image", "what the mount is made of"},
           {"chunk-probe whatif start.trace", "other chunk sizes"},
           {"chunk-probe whatif --policies lru,s3-fifo --l1 1G,4G trace.oracleGeneral",
            "other caches"},
           {"chunk-probe export start.trace --format ranges -o list", "what to fetch before"},
           {"chunk-probe score list other.trace", "what such a list is worth"},
           {"chunk-probe import access.log --format access-log -o log.trace",
            "from a server's log"},
           {"chunk-probe dedup base.img app-*.img", "which chunk size shares most"}}});
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
