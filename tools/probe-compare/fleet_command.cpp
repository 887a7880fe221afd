#include "fleet_command.h"

#include <unistd.h>

#include <algorithm>

#include "describe/host_facts.h"
#include "fleet/fleet_document.h"

namespace bytepath::probe_compare {
namespace {

constexpr double percent = 100;

// The documents of all inputs together.
Result<fleet::Reading> read_inputs(const std::vector<std::string>& inputs,
                                   const fleet::Take& take) {
  fleet::Reading all;
  for (const auto& input : inputs) {
    BYTEPATH_TRY(reading, input == "-" ? fleet::read_lines(STDIN_FILENO, "standard input", take)
                                       : fleet::read_folder(input, take));
    all.documents += reading.documents;
    all.broken += reading.broken;
    all.examples.insert(all.examples.end(), reading.examples.begin(), reading.examples.end());
  }
  if (all.examples.size() > fleet::most_examples) all.examples.resize(fleet::most_examples);
  return all;
}

}  // namespace

Result<result::Document> compare_fleet(const FleetOptions& options, const cli::Context& context) {
  const auto& inputs = options.inputs;
  if (std::ranges::count(inputs, "-") > 1) {
    return fail(ErrorKind::usage, "standard input cannot be read twice", "give - once");
  }
  fleet::Fleet fleet;
  std::size_t seen = 0;
  const auto take = [&](const result::Document& document, std::string source) {
    fleet.add(document, std::move(source));
    constexpr std::size_t step = 64;  // a progress call costs more than a document is worth
    return ++seen % step != 0 || context.progress(seen, 0, "reading documents");
  };
  BYTEPATH_TRY(reading, read_inputs(inputs, take));
  if (reading.documents == 0) {
    std::string why =
        inputs.front() == "-" ? "it is empty" : "there is no *.json or *.ndjson in it";
    if (!reading.examples.empty()) {
      why = fmt::format("none of {} can be read: {}: {}", reading.broken,
                        reading.examples[0].source, reading.examples[0].reason);
    }
    return fail(ErrorKind::unsupported,
                fmt::format("fleet: no document in {}: {}",
                            inputs.front() == "-" ? "standard input" : inputs.front(), why),
                "collect files that probes wrote with --json or -o FILE.ndjson");
  }
  result::Document document;
  describe::add_host(document, describe::read_host(document));
  document.not_measured.clear();  // what this host tells of itself is of no interest here
  fleet::describe_fleet(document, fleet,
                        {.fewest_hosts = options.fewest_hosts,
                         .false_alarms = options.false_alarms.value_or(5) / percent,
                         .margin = options.margin.value_or(5) / percent},
                        reading);
  return document;
}

}  // namespace bytepath::probe_compare
