#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "compare/gate.h"

namespace {

using namespace bytepath::compare;

// Whatever is accepted has a usable margin and can be asked about any name.
void use(const std::vector<Gate>& gates) {
  for (const auto& gate : gates) {
    if (gate.metric.empty() || !(gate.margin >= 0)) std::abort();
    (void)gate.names("memcpy/4096 --size=64K 'a b' aaaaaaaaaaaaaaaaaaaaaaaa", gate.metric);
    // The text of a gate from a file is one that an option takes, and means the same.
    const auto again = parse_gate(gate.text);
    if (!again || again->metric.empty() || again->margin != gate.margin) std::abort();
  }
  (void)find_gate(gates, "memcpy", "wall");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto gate = parse_gate(text)) use({*gate});
  const auto gates = read_gates(text, "fuzz.toml");
  if (gates) {
    use(*gates);
  } else if (gates.error().message.find("fuzz.toml") != 0) {
    std::abort();
  }
  (void)parse_rename(text);
  return 0;
}
