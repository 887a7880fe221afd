// memcpy-probe: is rep movsb slow at some offsets on this host, who is hit, what mends it.
#include "commands.h"
#include "describe/host_facts.h"

namespace bytepath::memcpy_probe {

result::Document with_host(result::Document document) {
  result::Document unused;  // of what it could not read nothing is about copies
  describe::add_host(document, describe::read_identity(unused));
  return document;
}

}  // namespace bytepath::memcpy_probe

int main(int argc, char** argv) {
  using namespace bytepath;
  cli::Probe probe(
      {.name = "memcpy-probe",
       .summary = "Is rep movsb slow at some offsets on this host, who is hit, what mends it.",
       .description =
           "Times every way to copy memory here over the size and over (destination - source) mod "
           "4096, finds the slow offsets from the times, and says which copies of the C library "
           "and of the kernel are hit, at which sizes, by how much.",
       .examples = {
           {"memcpy-probe", "the verdict for this host, in three seconds"},
           {"memcpy-probe --verify", "and which settings of the C library mend it"},
           {"memcpy-probe --quick --fail-on any", "a gate for scripts, in 0.3 s"},
           {"memcpy-probe --against old.json", "did a ratio change since that run"},
           {"memcpy-probe --output report.html", "a page with maps to hover over"},
           {"memcpy-probe trace --all -d 10s", "which processes lose time to it now"},
           {"memcpy-probe trace -- tar -cf /dev/null /usr", "does a command"},
           {"memcpy-probe scan /usr/bin/python3", "rep movs that a program has inlined"}}});
  memcpy_probe::add_sweep(probe);
  memcpy_probe::add_trace(probe);
  memcpy_probe::add_scan(probe);
  return probe.execute(argc, argv);
}
