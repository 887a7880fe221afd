#include "storage/label_source.h"

#include <utility>

#include "pages/page_set.h"
#include "storage/residency_probe.h"
#include "trace/access_tier.h"

namespace bytepath::storage {
namespace {

std::uint64_t between(std::uint64_t begin, std::uint64_t end) {
  return begin != 0 && end > begin ? end - begin : 0;
}

class BpfLabels final : public LabelSource {
 public:
  BpfLabels(trace::OwnAccessTracer& tracer, std::uint32_t file_type)
      : tracer_(tracer), file_type_(file_type) {}

  const char* evidence() const override { return "bpf"; }
  void begin(std::uint64_t offset, std::uint64_t bytes) override {
    tracer_.begin(offset / pages::page_bytes, (offset + bytes - 1) / pages::page_bytes, file_type_);
  }
  Label end() override {
    const bytepath_access access = tracer_.end();
    const Tier tier = bytepath_tier_of_access(&access);
    // A daemon that has the page may read ahead for later, which this access does not wait for.
    const bool waits_for_device = tier == bytepath_tier_block || tier == bytepath_tier_fuse_block;
    return {
        .tier = tier,
        .device_ns = waits_for_device ? between(access.device_begin_ns, access.device_end_ns) : 0,
        .daemon_ns = is_hit(tier) ? 0 : between(access.daemon_begin_ns, access.daemon_end_ns)};
  }

 private:
  trace::OwnAccessTracer& tracer_;
  std::uint32_t file_type_;
};

class MincoreLabels final : public LabelSource {
 public:
  MincoreLabels(ResidencyProbe probe, Tier miss) : probe_(std::move(probe)), miss_(miss) {}

  const char* evidence() const override { return "mincore"; }
  void begin(std::uint64_t offset, std::uint64_t bytes) override {
    is_there_ = probe_.has(offset, bytes);
  }
  Label end() override { return {.tier = is_there_ ? bytepath_tier_cache : miss_}; }

 private:
  ResidencyProbe probe_;
  Tier miss_;
  bool is_there_ = false;
};

class RusageLabels final : public LabelSource {
 public:
  explicit RusageLabels(Tier miss) : miss_(miss) {}

  const char* evidence() const override { return "rusage"; }
  void begin(std::uint64_t, std::uint64_t) override { ::getrusage(RUSAGE_THREAD, &before_); }
  Label end() override {
    rusage after{};
    ::getrusage(RUSAGE_THREAD, &after);
    return {.tier = usage_tells_miss(before_, after) ? miss_ : bytepath_tier_cache};
  }

 private:
  Tier miss_;
  rusage before_{};
};

class LatencyLabels final : public LabelSource {
 public:
  const char* evidence() const override { return "guessed"; }
  void begin(std::uint64_t, std::uint64_t) override {}
  Label end() override { return {}; }
  bool guesses() const override { return true; }
};

}  // namespace

std::unique_ptr<LabelSource> bpf_labels(trace::OwnAccessTracer& tracer, const TargetFile& target) {
  return std::make_unique<BpfLabels>(tracer, target.file_type);
}

Result<std::unique_ptr<LabelSource>> mincore_labels(const TargetFile& target) {
  BYTEPATH_TRY(probe, ResidencyProbe::open(target.file, target.region));
  return std::make_unique<MincoreLabels>(std::move(probe), tier_of_miss(target.behind));
}

std::unique_ptr<LabelSource> rusage_labels(const TargetFile& target) {
  return std::make_unique<RusageLabels>(tier_of_miss(target.behind));
}

std::unique_ptr<LabelSource> latency_labels() { return std::make_unique<LatencyLabels>(); }

}  // namespace bytepath::storage
