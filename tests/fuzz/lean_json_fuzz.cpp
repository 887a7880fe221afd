#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fleet/lean_json.h"
#include "result/document.h"

// Any bytes in; what is a document as a whole is one without the arrays that a fleet does not look
// at, with all else as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bytepath;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string lean = fleet::lean_json(text);
  if (lean.size() > text.size() || fleet::lean_json(lean) != lean) std::abort();
  const auto whole = result::from_json(text, "fuzz.json");
  if (!whole) return 0;
  const auto less = result::from_json(lean, "fuzz.json");
  if (!less) std::abort();
  if (less->tool != whole->tool || less->findings.size() != whole->findings.size() ||
      less->metrics.size() != whole->metrics.size() || less->parameters != whole->parameters) {
    std::abort();
  }
  return 0;
}
