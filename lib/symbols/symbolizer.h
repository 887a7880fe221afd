#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/root.h"
#include "symbols/place.h"
#include "trace/mapping_table.h"
#include "trace/missing_part.h"

namespace bytepath::symbols {

// Names what sampled addresses belong to, and reads the code there. Each file is opened once, when
// the first address in it is asked for. Nothing here is an error: what cannot be told stays empty,
// and missing() says why. Not for two threads at once.
class Symbolizer {
 public:
  // root: where /proc is, and the files of processes that have ended.
  explicit Symbolizer(Root root = {});
  Symbolizer(Symbolizer&&) noexcept;
  Symbolizer& operator=(Symbolizer&&) noexcept;
  ~Symbolizer();

  // process: its number as /proc has it, and the mapping that the address lies in. Works for a
  // process that has ended, as long as its files are still there.
  Place user(std::uint32_t process, const trace::Mapping& mapping, std::uint64_t address);

  // Where the kernel hides its names: Place{.image = "[kernel]"} with the address.
  Place kernel(std::uint64_t address);

  // Code for disassembly; false where not all of it can be read. Of a user place from the file, of
  // memory without one from the living process, of the kernel as it runs (trace::KernelTextReader).
  bool user_code(std::uint32_t process, const trace::Mapping& mapping, std::uint64_t address,
                 std::span<std::uint8_t> bytes);
  bool kernel_code(std::uint64_t address, std::span<std::uint8_t> bytes);

  // What could not be told so far, once each, in the order it was found.
  const std::vector<trace::MissingPart>& missing() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bytepath::symbols
