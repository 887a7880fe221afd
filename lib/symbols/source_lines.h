#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::symbols {

// The line of source that an address was made from, by DWARF. Not for two threads at once.
class SourceLines {
 public:
  // An ELF file with debug information. Errors: unsupported without any, with more than 1 GiB of
  // it, and in a build without libdw.
  static Result<SourceLines> open(Descriptor file);
  SourceLines(SourceLines&&) noexcept;
  SourceLines& operator=(SourceLines&&) noexcept;
  ~SourceLines();

  // "copy.c:12", of the innermost inlined function; address as linked. Empty: not known.
  std::string at(std::uint64_t address);

 private:
  struct State;
  explicit SourceLines(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bytepath::symbols
