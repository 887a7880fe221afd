#include "trace/own_types.h"

#include <unistd.h>

#include "libbpf/libbpf.h"

namespace bytepath::trace {

Error explain_types(Error error) {
  if (auto library = libbpf::available(); !library) return library.error();
  if (error.kind == ErrorKind::denied || ::access("/sys/kernel/btf/vmlinux", R_OK) == 0)
    return error;
  return {.kind = ErrorKind::unsupported,
          .message =
              "this kernel shows no types of its own for BPF programs "
              "(/sys/kernel/btf/vmlinux, CONFIG_DEBUG_INFO_BTF)",
          .hint = ""};
}

}  // namespace bytepath::trace
