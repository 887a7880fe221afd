#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "report/report.h"
#include "verdict/judge.h"

// --replay: any bytes in, and whatever is accepted is judged, rendered in every format, written and
// read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bytepath;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto document = result::from_json(text, "fuzz.json");
  if (!document) return 0;
  verdict::judge(*document);
  for (const bool verbose : {false, true}) {
    for (const auto& format : report::formats()) {
      (void)format.render(*document, {.color = verbose, .verbose = verbose});
    }
  }
  // What we write we can read, and judging it again changes nothing.
  const auto written = result::to_json(*document);
  auto again = result::from_json(written, "fuzz.json");
  if (!again) std::abort();
  verdict::judge(*again);
  if (result::to_json(*again) != written) std::abort();
  return 0;
}
