#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/root.h"
#include "symbols/place.h"

namespace bytepath::symbols {

// The functions of the running kernel, its modules and its BPF programs: /proc/kallsyms as it was
// when it was read.
class KernelSymbols {
 public:
  // Errors: denied where the kernel hides the addresses (kernel/kallsyms.c, kallsyms_show_value: it
  // shows them to CAP_SYSLOG, or to everybody with kernel.kptr_restrict=0 and
  // kernel.perf_event_paranoid<=1); unsupported where it has no such file (CONFIG_KALLSYMS).
  static Result<KernelSymbols> read(const Root& root = {});

  // Lines "ADDRESS TYPE NAME[\t[MODULE]]" in any order; what has not the form is left out.
  // Functions are the types t T w W (nm(1)); all others only bound them.
  static Result<KernelSymbols> parse(std::string text);

  // function is empty where no function is known to be. Of several names for one address the first
  // one counts, in the order of the file.
  Place find(std::uint64_t address) const;

  // Of the first function with that name.
  std::optional<std::uint64_t> address_of(std::string_view name) const;

  std::size_t size() const { return functions_.size(); }

 private:
  struct Function {
    std::uint64_t address = 0;
    std::uint32_t bytes = 0;
    std::uint32_t name_at = 0;  // in text_
    std::uint16_t name_bytes = 0;
    std::uint16_t module = 0;  // in modules_
  };

  std::string_view name_of(const Function& function) const {
    return std::string_view(text_).substr(function.name_at, function.name_bytes);
  }

  void order(const std::vector<std::uint64_t>& bounds);

  std::vector<Function> functions_;  // by address, and as in the file where that is the same
  std::string text_;
  std::vector<std::string> modules_;  // as Place::image has them; the first is the kernel itself
};

}  // namespace bytepath::symbols
