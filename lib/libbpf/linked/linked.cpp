#include <bpf/libbpf.h>

#include "libbpf/libbpf.h"

namespace bytepath::libbpf {

Result<> available() { return {}; }

std::string version() { return libbpf_version_string(); }

}  // namespace bytepath::libbpf
