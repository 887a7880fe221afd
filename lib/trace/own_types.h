#pragma once
#include "base/result.h"

namespace bytepath::trace {

// What a refused load of a program that reads the kernel's own structures means, where the kernel
// does not tell of their fields: unsupported, and the option that it was built without.
Error explain_types(Error error);

}  // namespace bytepath::trace
