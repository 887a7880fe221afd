#pragma once
#include "base/root.h"
#include "mounts/mount_stack.h"
#include "result/document.h"

namespace bytepath::chunks {

// `chunk-probe stack`: what a mount is made of, as far as it can be seen without asking it.
result::Document stack_document(const mounts::MountStack& stack, const Root& root);

}  // namespace bytepath::chunks
