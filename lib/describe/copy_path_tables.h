#pragma once
#include "host/kernel_copy_path.h"
#include "host/libc_copy_path.h"
#include "result/document.h"

namespace bytepath::describe {

// Tables "libc_copy" (a row a function), "libc_thresholds" and, when GLIBC_TUNABLES is set,
// "tunables".
void add_libc_tables(result::Document& document, const host::LibcCopyPath& libc);

// Table "kernel_copy".
void add_kernel_tables(result::Document& document, const host::KernelCopyPath& kernel);

}  // namespace bytepath::describe
