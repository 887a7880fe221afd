#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bytepath::trace {

struct KernelText {
  std::uint64_t address = 0;
  std::vector<std::uint8_t> bytes;
};

// Reads live kernel text, patched alternatives included: what /boot's vmlinux does not show. Needs
// CAP_BPF and CAP_PERFMON, and CAP_SYSLOG (or kernel.kptr_restrict=0 with
// kernel.perf_event_paranoid<=1) for names; Linux 5.16. Not for two threads at once.
class KernelTextReader {
 public:
  static constexpr std::size_t max_bytes = 4096;

  // About 3 ms; each read is some 20-100 us.
  static Result<KernelTextReader> open();
  KernelTextReader(KernelTextReader&&) noexcept;
  KernelTextReader& operator=(KernelTextReader&&) noexcept;
  ~KernelTextReader();

  // From the beginning of a function; reading goes on past its end. ErrorKind::unsupported when
  // this kernel has no such symbol.
  Result<KernelText> read(std::string_view symbol, std::size_t bytes);
  // ErrorKind::failed when nothing is mapped there.
  Result<KernelText> read_at(std::uint64_t address, std::size_t bytes);

 private:
  struct Session;
  explicit KernelTextReader(std::unique_ptr<Session> session);
  Result<KernelText> run(std::string_view what);
  std::unique_ptr<Session> session_;
};

}  // namespace bytepath::trace
