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
       .examples = {
           {"tier-probe", "the caches and the memory of this host"},
           {"tier-probe all /mnt/image/weights redis://cache.example",
            "every tier in one table, from the first cache to a server"},
           {"tier-probe io /var/lib/model.bin", "a file, cold, half warm and warm"},
           {"tier-probe io --rate 5000 --poisson /dev/vdb",
            "a device, by requests that do not wait for each other"},
           {"tier-probe trace -- python3 -c 'import json'", "where a command's bytes come from"},
           {"tier-probe net https://cdn.example/file redis://cache.example --key page",
            "an HTTP cache and a RESP server"}}});
  tier_probe::add_cpu(probe);
  tier_probe::add_all(probe);
  tier_probe::add_net(probe);
  tier_probe::add_io(probe);
  tier_probe::add_trace(probe);
  return probe.execute(argc, argv);
}
