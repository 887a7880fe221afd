#include <unistd.h>

#include <utility>

#include "trace/access_programs.h"

namespace bytepath::trace {

struct OwnAccessTracer::Parts {
  std::vector<MissingPart> missing;
  Skeleton<access_tracer_bpf> skeleton;
};

OwnAccessTracer::OwnAccessTracer(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)), access_(&parts_->skeleton->bss->own_access) {}
OwnAccessTracer::~OwnAccessTracer() = default;

Result<std::unique_ptr<OwnAccessTracer>> OwnAccessTracer::start(bool daemons) {
  auto parts = std::make_unique<Parts>();
  BYTEPATH_TRY(skeleton,
               attach_access_programs({.root = ::getpid(), .own = true, .daemons = daemons},
                                      parts->missing));
  parts->skeleton = std::move(skeleton);
  if (parts->skeleton->rodata->pid_namespace == 0)
    parts->skeleton->data->root_tgid = static_cast<std::uint32_t>(::getpid());
  else
    parts->skeleton->bss->finding_root = 1;
  return std::unique_ptr<OwnAccessTracer>(new OwnAccessTracer(std::move(parts)));
}

AccessLosses OwnAccessTracer::losses() const { return losses_of(*parts_->skeleton); }
const std::vector<MissingPart>& OwnAccessTracer::missing() const { return parts_->missing; }

}  // namespace bytepath::trace
