#include "storage/document_notes.h"

#include <fmt/format.h>

namespace bytepath::storage {

void add_missing(result::Document& document, const std::vector<trace::MissingPart>& missing) {
  for (const auto& part : missing)
    document.not_measured.push_back(
        {.what = part.what, .reason = part.reason, .remedy = part.remedy});
}

void add_losses(result::Document& document, const trace::AccessLosses& losses) {
  const std::uint64_t lost = losses.threads + losses.requests;
  document.parameters["lost_events"] = static_cast<std::int64_t>(lost);
  document.parameters["unpaired_faults"] = static_cast<std::int64_t>(losses.unpaired);
  if (losses.threads > 0)
    document.not_measured.push_back(
        {.what = fmt::format("{} accesses and processes", losses.threads),
         .reason = "more threads read at once than the tracer has room for",
         .remedy = ""});
  if (losses.requests > 0)
    document.not_measured.push_back(
        {.what = fmt::format("where {} requests to devices and daemons went", losses.requests),
         .reason = "more were under way at once than the tracer has room for",
         .remedy = ""});
}

}  // namespace bytepath::storage
