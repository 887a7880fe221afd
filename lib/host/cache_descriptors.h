#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "host/cache_leaves.h"
#include "host/tlb_leaves.h"

namespace bytepath::host {

// The one-byte descriptors of leaf 2 that stand for a cache or a TLB: Intel SDM volume 2A table
// 3-12, "Encoding of CPUID Leaf 2 Descriptors". 0xFF (see leaf 4), 0xFE (see leaf 0x18), prefetch
// and trace cache descriptors describe neither.

// The descriptors that the four registers hold: a register with bit 31 set holds none, and the low
// byte of EAX is the old repeat count.
std::vector<std::uint8_t> descriptor_bytes(const Registers& leaf_2);

// The signature decides descriptor 0x49 (L3 on the Xeon MP of family 15 model 6, else L2).
std::optional<Cache> cache_of_descriptor(std::uint8_t byte, const Signature& signature);

// A descriptor may stand for two TLBs (small and 1 GiB pages).
std::vector<Tlb> tlbs_of_descriptor(std::uint8_t byte);

}  // namespace bytepath::host
