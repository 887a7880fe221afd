#include "trace/kernel_text.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <utility>

#include "kernel_text.skel.h"
#include "trace/bpf_session.h"

namespace bytepath::trace {

struct KernelTextReader::Session {
  Skeleton<kernel_text_bpf> skeleton;
};

KernelTextReader::KernelTextReader(std::unique_ptr<Session> session)
    : session_(std::move(session)) {}
KernelTextReader::KernelTextReader(KernelTextReader&&) noexcept = default;
KernelTextReader& KernelTextReader::operator=(KernelTextReader&&) noexcept = default;
KernelTextReader::~KernelTextReader() = default;

Result<KernelTextReader> KernelTextReader::open() {
  BYTEPATH_TRY(skeleton, load<kernel_text_bpf>("kernel_text"));
  auto session = std::make_unique<Session>();
  session->skeleton = std::move(skeleton);
  return KernelTextReader(std::move(session));
}

Result<KernelText> KernelTextReader::read(std::string_view symbol, std::size_t bytes) {
  auto& request = *session_->skeleton->bss;
  if (symbol.empty() || symbol.size() >= sizeof request.symbol)
    return fail(ErrorKind::usage, fmt::format("no kernel symbol has the name '{}'", symbol));
  std::ranges::fill(request.symbol, '\0');
  std::ranges::copy(symbol, std::begin(request.symbol));
  request.wanted_bytes = static_cast<std::uint32_t>(std::min(bytes, max_bytes));
  return run(symbol);
}

Result<KernelText> KernelTextReader::read_at(std::uint64_t address, std::size_t bytes) {
  auto& request = *session_->skeleton->bss;
  std::ranges::fill(request.symbol, '\0');
  request.address = address;
  request.wanted_bytes = static_cast<std::uint32_t>(std::min(bytes, max_bytes));
  return run(fmt::format("{:#x}", address));
}

Result<KernelText> KernelTextReader::run(std::string_view what) {
  bpf_test_run_opts options{};  // LIBBPF_OPTS is C that clang refuses in C++
  options.sz = sizeof options;
  const int program = bpf_program__fd(session_->skeleton->progs.read_kernel_text);
  if (const int error = bpf_prog_test_run_opts(program, &options))
    return fail_errno(-error, "cannot run the BPF program that reads kernel text");
  const auto& answer = *session_->skeleton->bss;
  if (answer.lookup_error == -EPERM)
    return fail(ErrorKind::denied, fmt::format("the kernel hides the address of {}", what),
                "run as root, or give CAP_SYSLOG");
  if (answer.lookup_error != 0)
    return fail(ErrorKind::unsupported, fmt::format("this kernel has no symbol {}", what));
  if (answer.read_error != 0)
    return fail_errno(static_cast<int>(-answer.read_error), "cannot read the kernel's text at {}",
                      what);
  return KernelText{
      .address = answer.address,
      .bytes = std::vector<std::uint8_t>(answer.text, answer.text + answer.wanted_bytes)};
}

}  // namespace bytepath::trace
