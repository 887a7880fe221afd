// The integers that BPF programs and C++ share.
#pragma once
#ifdef __bpf__
#include <linux/types.h>
typedef __u64 bytepath_u64;
typedef __u32 bytepath_u32;
typedef __u16 bytepath_u16;
typedef __u8 bytepath_u8;
#else
#include <stdint.h>
// NOLINTBEGIN(modernize-use-using): C, for BPF
typedef uint64_t bytepath_u64;
typedef uint32_t bytepath_u32;
typedef uint16_t bytepath_u16;
typedef uint8_t bytepath_u8;
// NOLINTEND(modernize-use-using)
#endif
