#pragma once
#include <sys/types.h>

#include <memory>

#include "base/result.h"
#include "copies/copy_sites.h"
#include "trace/copy_sampler.h"

// The samples of CopySampler for who may not load BPF programs: each is handed to this process with
// its registers, which an ordinary user may have of own programs; their kernel half is left out.
namespace bytepath::copies {

class RegisterSamples {
 public:
  // As CopySampler. Errors: denied, unsupported (a kernel without perf events), failed.
  static Result<RegisterSamples> open(const trace::TracedTree& tree, unsigned rate);
  RegisterSamples(RegisterSamples&&) noexcept;
  RegisterSamples& operator=(RegisterSamples&&) noexcept;
  ~RegisterSamples();

  // Has to be called some times a second.
  void drain();

  // Whether only programs are sampled, and not what the kernel does for them.
  bool user_only() const;
  // What has come so far; of samples that found no room dropped_copies has the number.
  trace::CopySamples samples() const;
  NamedCopies named() const;

 private:
  struct State;
  explicit RegisterSamples(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bytepath::copies
