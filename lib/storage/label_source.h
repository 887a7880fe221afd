#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "storage/labels.h"
#include "storage/target_file.h"
#include "trace/access_tracer.h"

// What tells where an access was served from.
namespace bytepath::storage {

struct Label {
  Tier tier = bytepath_tier_cache;
  std::uint64_t device_ns = 0;  // a block device worked on it; 0: not known, or it did not
  std::uint64_t daemon_ns = 0;  // a FUSE daemon did, with what it waited for
};

class LabelSource {
 public:
  LabelSource() = default;
  LabelSource(const LabelSource&) = delete;
  LabelSource& operator=(const LabelSource&) = delete;
  virtual ~LabelSource() = default;

  virtual const char* evidence() const = 0;  // "bpf"
  virtual void begin(std::uint64_t offset, std::uint64_t bytes) = 0;
  virtual Label end() = 0;
  // Tells nothing of a single access: all of them together are to be parted by their times.
  virtual bool guesses() const { return false; }
};

// By the kernel's own events, which `tracer` sees. It outlives the labels.
std::unique_ptr<LabelSource> bpf_labels(trace::OwnAccessTracer& tracer, const TargetFile& target);
// mincore(2) before the access. Error (denied): it may not be asked of this file.
Result<std::unique_ptr<LabelSource>> mincore_labels(const TargetFile& target);
// getrusage(2) of this thread before and after it.
std::unique_ptr<LabelSource> rusage_labels(const TargetFile& target);
// The time alone.
std::unique_ptr<LabelSource> latency_labels();

}  // namespace bytepath::storage
