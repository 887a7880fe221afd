#pragma once
#include <memory>
#include <vector>

#include "base/result.h"
#include "storage/io_measurement.h"
#include "storage/label_source.h"

namespace bytepath::storage {

// Makes the labels of runs, by the best evidence that there is.
class Labeller {
 public:
  // Error (denied, unsupported): what was asked for by name cannot be had.
  static Result<Labeller> open(Labelling labelling, const TargetFile& target);

  // For a run of this engine.
  std::unique_ptr<LabelSource> labels_for(const std::string& engine) const;
  // What better evidence is missing, and why.
  const std::vector<trace::MissingPart>& missing() const { return missing_; }
  trace::AccessLosses losses() const;

 private:
  explicit Labeller(const TargetFile& target) : target_(&target) {}
  Result<> open_bpf();

  const TargetFile* target_;
  Labelling labelling_ = Labelling::automatic;
  std::unique_ptr<trace::OwnAccessTracer> tracer_;
  std::vector<trace::MissingPart> missing_;
};

}  // namespace bytepath::storage
