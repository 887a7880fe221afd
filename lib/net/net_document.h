#pragma once
#include <optional>
#include <vector>

#include "base/result.h"
#include "net/measure.h"
#include "net/options.h"
#include "result/document.h"

namespace bytepath::net {

result::Document net_document(const std::vector<Measured>& servers, const Options& options);

// A server none of whose requests was answered: what was measured is worth a report, and the run
// has failed.
std::optional<Error> no_answer(const std::vector<Measured>& servers);

}  // namespace bytepath::net
