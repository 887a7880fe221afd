#include "storage/labelling.h"

#include <sys/statvfs.h>

#include <utility>

#include "pages/regular_file.h"
#include "pages/residency.h"

namespace bytepath::storage {
namespace {

// Of an access to a FUSE file by io_uring another thread waits.
bool usage_is_blind(const TargetFile& target, const std::string& engine) {
  return engine == "uring" && target.behind != Behind::block_device;
}

}  // namespace

Result<> Labeller::open_bpf() {
  BYTEPATH_TRY(tracer, trace::OwnAccessTracer::start(target_->behind == Behind::fuse));
  tracer_ = std::move(tracer);
  missing_ = tracer_->missing();
  // The daemon of a FUSE mount is known once it has answered.
  struct statvfs status{};
  ::statvfs(target_->path.c_str(), &status);
  return {};
}

Result<Labeller> Labeller::open(Labelling labelling, const TargetFile& target) {
  Labeller labeller(target);
  labeller.labelling_ = labelling;
  const bool told = pages::residency_is_told(target.file) && !target.direct;
  if (labelling == Labelling::mincore && target.direct)
    return fail(ErrorKind::usage, "--label mincore: what is read by O_DIRECT is in no page cache",
                "leave out --direct, or label by rusage");
  if (labelling == Labelling::mincore && !told) return pages::residency_denied();
  if (labelling != Labelling::automatic && labelling != Labelling::bpf) return labeller;
  auto opened = labeller.open_bpf();
  if (!opened && labelling == Labelling::bpf) return std::unexpected(opened.error());
  labeller.labelling_ = opened ? Labelling::bpf : told ? Labelling::mincore : Labelling::rusage;
  if (!opened) {
    labeller.missing_.push_back(
        {.what = "where each access came from, as the kernel saw it, and the device's part of it",
         .reason = opened.error().message,
         .remedy = opened.error().hint});
  }
  return labeller;
}

std::unique_ptr<LabelSource> Labeller::labels_for(const std::string& engine) const {
  switch (labelling_) {
    case Labelling::bpf:
      return bpf_labels(*tracer_, *target_);
    case Labelling::mincore: {
      auto labels = mincore_labels(*target_);
      return labels ? std::move(*labels) : latency_labels();
    }
    case Labelling::rusage:
      return usage_is_blind(*target_, engine) ? latency_labels() : rusage_labels(*target_);
    default:
      return latency_labels();
  }
}

trace::AccessLosses Labeller::losses() const {
  return tracer_ ? tracer_->losses() : trace::AccessLosses{};
}

}  // namespace bytepath::storage
