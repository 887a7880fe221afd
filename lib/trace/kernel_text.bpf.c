// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads kernel text as it is executed, with the alternatives patched in at boot.
 *
 * A syscall program (Linux 5.14) may look a symbol up itself (bpf_kallsyms_lookup_name, 5.16),
 * which saves user space from parsing /proc/kallsyms: 80 ms against microseconds. Nothing is
 * attached; BPF_PROG_RUN runs it once per function. Request and answer are the globals below, which
 * user space has mapped.
 */
#include <linux/types.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define TEXT_BYTES 4096

char LICENSE[] SEC("license") = "GPL";

char symbol[128];   /* in: looked up, unless empty */
__u64 address;      /* in when symbol is empty, else out */
__u32 wanted_bytes; /* in: at most TEXT_BYTES */
long lookup_error;  /* out: 0 or -errno */
long read_error;    /* out: 0 or -errno */
__u8 text[TEXT_BYTES];

SEC("syscall")
int read_kernel_text(void* context) {
  __u32 bytes = wanted_bytes;

  lookup_error = 0;
  read_error = 0;
  if (symbol[0]) {
    __u64 found = 0;

    lookup_error = bpf_kallsyms_lookup_name(symbol, sizeof(symbol), 0, &found);
    address = found;
    if (lookup_error) return 0;
  }
  if (bytes > TEXT_BYTES) bytes = TEXT_BYTES;
  read_error = bpf_probe_read_kernel(text, bytes, (void*)address);
  return 0;
}
