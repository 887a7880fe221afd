#include "chunks/trace_notes.h"

namespace bytepath::chunks {

void add_trace_notes(const mounts::MountTrace& trace, std::uint64_t impossible,
                     result::Document& document) {
  const auto note = [&](std::string what, std::string reason) {
    document.not_measured.push_back(
        {.what = std::move(what), .reason = std::move(reason), .remedy = "record the start again"});
  };
  if (!trace.whole) note("the end of the trace", "the file was cut off");
  if (trace.damaged_blocks > 0)
    note(fmt::format("{} of the trace's blocks", trace.damaged_blocks), "damaged");
  if (trace.losses.any())
    note("events of the trace", "the recorder lost some; what is missing may be among them");
  if (impossible > 0) {
    note(fmt::format("{} of the trace's records", impossible),
         "an offset beyond the end of any file");
  }
}

}  // namespace bytepath::chunks
