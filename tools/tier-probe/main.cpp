// tier-probe: what each tier costs that a byte may come from, from the first cache to a server far
// away.
#include "commands.h"
#include "describe/host_facts.h"

namespace bytepath::tier_probe {

result::Document with_host(result::Document document) {
  result::Document unused;  // of what it could not read nothing is about tiers
  describe::add_host(document, describe::read_identity(unused));
  return document;
}

}  // namespace bytepath::tier_probe

int main(int argc, char** argv) {
  using namespace bytepath;
  cli::Probe probe(
      {.name = "tier-probe",
       .summary = "What each tier costs, from the first cache to a remote one.",
       .description = "Measures what a byte costs from each tier that it may come from, and tells "
                      "by evidence which tier served each access.",
       .examples = {}});
  probe.main([](const cli::Context&) -> Result<result::Document> {
    return fail(ErrorKind::usage, "which of its commands?", "see tier-probe --help");
  });
  return probe.execute(argc, argv);
}
