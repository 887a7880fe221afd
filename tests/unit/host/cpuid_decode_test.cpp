#include "host/cpuid_decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/associativity.h"
#include "host/cache_descriptors.h"
#include "host/cpuid_text.h"
#include "unit/host/saved_dumps.h"

namespace bytepath::host {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Pair;

// A processor of the given vendor with room for every leaf.
LogicalCpu cpu_of(std::string_view vendor, std::uint32_t version) {
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      value |= std::uint32_t{static_cast<unsigned char>(vendor.at(at + i))} << (8 * i);
    }
    return value;
  };
  LogicalCpu cpu;
  cpu.leaves[{0x0, 0}] = {.eax = 0x23, .ebx = word(0), .ecx = word(8), .edx = word(4)};
  cpu.leaves[{0x1, 0}].eax = version;
  cpu.leaves[{0x80000000, 0}].eax = 0x80000026;
  return cpu;
}

constexpr std::uint32_t milan = 0x00a00f11;
constexpr std::uint32_t lunar_lake = 0x000b06d1;

TEST(DecodeSignature, folds_the_extended_fields_in) {
  EXPECT_EQ(decode_signature(0x00a20f12),
            (Signature{.family = 0x19, .model = 0x21, .stepping = 2}));
  EXPECT_EQ(decode_signature(0x000b06d1), (Signature{.family = 6, .model = 0xbd, .stepping = 1}));
  EXPECT_EQ(decode_signature(0x000307b5), (Signature{.family = 7, .model = 0x3b, .stepping = 5}));
  EXPECT_EQ(decode_signature(0x0f300543), (Signature{.family = 5, .model = 4, .stepping = 3}))
      << "no extended fields before family 6";
}

TEST(Microarchitecture, says_how_sure_it_is) {
  const auto of = [](Vendor vendor, Signature signature) {
    return microarchitecture_of(vendor, signature, CoreType::uniform);
  };
  EXPECT_EQ(of(Vendor::amd, {0x19, 0x01, 1}),
            (Microarchitecture{"Zen 3", "Milan", Confidence::exact}));
  EXPECT_EQ(of(Vendor::amd, {0x19, 0x02, 1}), (Microarchitecture{"Zen 3", "", Confidence::range}));
  EXPECT_EQ(of(Vendor::amd, {0x1a, 0x12, 0}), (Microarchitecture{"Zen 5c", "", Confidence::range}));
  EXPECT_EQ(of(Vendor::amd, {0x1b, 0, 0}), (Microarchitecture{"unknown", "", Confidence::unknown}));
  EXPECT_EQ(of(Vendor::intel, {0x19, 0x01, 1}).confidence, Confidence::unknown);
  EXPECT_EQ(of(Vendor::intel, {6, 0x55, 4}).code_name, "Skylake-SP");
  EXPECT_EQ(of(Vendor::intel, {6, 0x55, 7}).code_name, "Cascade Lake");
  EXPECT_EQ(of(Vendor::intel, {6, 0x55, 11}).code_name, "Cooper Lake");
  EXPECT_EQ(of(Vendor::hygon, {0x18, 0x10, 0}).name, "Zen (Hygon)");
}

TEST(Microarchitecture, names_the_small_cores_of_hybrids) {
  const Signature signature{.family = 6, .model = 0xbd, .stepping = 1};
  EXPECT_EQ(microarchitecture_of(Vendor::intel, signature, CoreType::performance).name,
            "Lion Cove");
  EXPECT_EQ(microarchitecture_of(Vendor::intel, signature, CoreType::efficiency).name, "Skymont");
}

TEST(Susceptibility, is_a_hint_by_family_of_amd_alone) {
  EXPECT_EQ(susceptibility_of(Vendor::amd, {0x19, 0x11, 1}), Susceptibility::known);
  EXPECT_EQ(susceptibility_of(Vendor::amd, {0x1a, 0x44, 0}), Susceptibility::not_known);
  EXPECT_EQ(susceptibility_of(Vendor::amd, {0x17, 0x71, 0}), Susceptibility::no_evidence);
  EXPECT_EQ(susceptibility_of(Vendor::intel, {0x19, 0x11, 1}), Susceptibility::no_evidence);
}

TEST(Features, takes_each_repeat_bit_from_its_own_place) {
  struct Case {
    std::string_view name;
    LeafKey key;
    Registers registers;
  };
  const std::vector<Case> cases = {
      {"erms", {7, 0}, {.eax = 1, .ebx = 1U << 9U}},
      {"fsrm", {7, 0}, {.eax = 1, .edx = 1U << 4U}},
      {"fzrm", {7, 1}, {.eax = 1U << 10U}},
      {"fsrs", {7, 1}, {.eax = 1U << 11U}},
      {"fsrc", {7, 1}, {.eax = 1U << 12U}},
      {"amd_fsrs", {0x80000021, 0}, {.eax = 1U << 10U}},
      {"amd_fsrc", {0x80000021, 0}, {.eax = 1U << 11U}},
      {"amd_ermsb", {0x80000021, 0}, {.eax = 1U << 15U}},
      {"amd_fsrsc", {0x80000021, 0}, {.eax = 1U << 19U}},
      {"prefetch_control_msr", {0x80000021, 0}, {.eax = 1U << 13U}},
      {"nonstop_tsc", {0x80000007, 0}, {.edx = 1U << 8U}},
  };
  for (const Case& one : cases) {
    LogicalCpu cpu = cpu_of("AuthenticAMD", milan);
    cpu.leaves[{7, 0}].eax = 1;
    for (const LeafKey& key : {LeafKey{7, 1}, LeafKey{0x80000001, 0}, LeafKey{0x80000007, 0},
                               LeafKey{0x80000008, 0}, LeafKey{0x80000021, 0}}) {
      cpu.leaves[key] = {};
    }
    cpu.leaves[one.key] = one.registers;
    for (const auto& [name, set] : decode_features(cpu.leaves)) {
      EXPECT_EQ(set, name == one.name) << name << " with only " << one.name;
    }
  }
}

TEST(Features, leaves_out_what_the_dump_left_out) {
  LogicalCpu cpu = cpu_of("GenuineIntel", lunar_lake);
  EXPECT_FALSE(decode_features(cpu.leaves).contains("erms"));
  cpu.leaves[{7, 0}] = {.eax = 1, .ebx = 0, .ecx = 0, .edx = 0};
  Features features = decode_features(cpu.leaves);
  EXPECT_THAT(features, Contains(Pair("erms", false)));
  EXPECT_FALSE(features.contains("fsrs")) << "subleaf 1 exists and is not recorded";
  cpu.leaves[{7, 0}].eax = 0;
  cpu.leaves[{7, 1}].eax = ~0U;
  features = decode_features(cpu.leaves);
  EXPECT_THAT(features, Contains(Pair("fsrs", false))) << "subleaf 1 is above the maximum";
}

TEST(Caches, deterministic_leaf_gives_every_field) {
  LogicalCpu cpu = cpu_of("AuthenticAMD", milan);
  cpu.leaves[{0x8000001d, 0}] = {
      .eax = 0x3c163, .ebx = 0x03c0003f, .ecx = 0x7fff, .edx = 1};  // L3 of a Ryzen 9 5950X
  const auto caches = deterministic_caches(cpu.leaves, 0x8000001d);
  ASSERT_EQ(caches.size(), 1U);
  EXPECT_EQ(caches[0], (Cache{.level = 3,
                              .type = CacheType::unified,
                              .size_bytes = 32U << 20U,
                              .line_bytes = 64,
                              .ways = 16,
                              .fully_associative = false,
                              .shared_by = 16,
                              .source = "leaf 0x8000001d"}));
}

TEST(Caches, contradictions_are_data) {
  const auto dump = saved_dump("amd-19h-11h-zen4-genoa-kvm-guest");
  ASSERT_TRUE(dump);
  const CpuIdentity identity = decode(dump->cpus[0]);
  EXPECT_THAT(identity.contradictions, Contains(Contradiction{.what = "L3 unified size",
                                                              .unit = "B",
                                                              .first_source = "leaf 0x8000001d",
                                                              .first_value = 32U << 20U,
                                                              .second_source = "leaf 0x80000006",
                                                              .second_value = 320U << 20U}));
}

TEST(Caches, older_leaves_fill_what_the_deterministic_leaf_leaves_out) {
  const auto dump = saved_dump("intel-06h-3ah-ivybridge");
  ASSERT_TRUE(dump);
  const CpuIdentity identity = decode(dump->cpus[0]);
  ASSERT_EQ(identity.caches.size(), 2U);
  EXPECT_EQ(identity.caches[0].source, "leaf 0x4");
  EXPECT_EQ(identity.caches[1].source, "leaf 0x80000006");
  EXPECT_EQ(identity.caches[1].size_bytes, 256U << 10U);
  EXPECT_TRUE(identity.contradictions.empty());
}

TEST(Descriptors, skip_the_repeat_count_and_invalid_registers) {
  EXPECT_EQ(descriptor_bytes({.eax = 0x76035a01, .ebx = 0x80f0b0ff, .ecx = 0, .edx = 0x00ca0000}),
            (std::vector<std::uint8_t>{0x5a, 0x03, 0x76, 0xca}));
}

TEST(Descriptors, one_byte_may_stand_for_two_tlbs_and_0x49_for_two_caches) {
  EXPECT_EQ(tlbs_of_descriptor(0xc3).size(), 2U);
  EXPECT_EQ(tlbs_of_descriptor(0xff).size(), 0U);
  EXPECT_EQ(cache_of_descriptor(0x49, {.family = 6, .model = 0x17, .stepping = 0})->level, 2U);
  EXPECT_EQ(cache_of_descriptor(0x49, {.family = 15, .model = 6, .stepping = 0})->level, 3U);
  EXPECT_FALSE(cache_of_descriptor(0xff, {}));
}

TEST(Descriptors, disagreement_with_leaf_4_is_a_contradiction) {
  LogicalCpu cpu = cpu_of("GenuineIntel", lunar_lake);
  cpu.leaves[{4, 0}] = {.eax = 0x121, .ebx = 0x01c0003f, .ecx = 63, .edx = 0};  // 32 KiB, 8 ways
  cpu.leaves[{2, 0}].eax = 0x00000e01;                                          // 24 KiB, 6 ways
  const CpuIdentity identity = decode(cpu);
  EXPECT_THAT(identity.contradictions, Contains(Field(&Contradiction::what, "L1 data size")));
  EXPECT_THAT(identity.contradictions,
              Contains(Field(&Contradiction::what, "L1 data associativity")));
}

TEST(Associativity, codes) {
  EXPECT_EQ(associativity_of_code(0x6).ways, 8U);
  EXPECT_EQ(associativity_of_code(0xe).ways, 128U);
  EXPECT_EQ(associativity_of_code(0x9).ways, 0U) << "see the deterministic leaf";
  EXPECT_TRUE(associativity_of_code(0xf).full);
}

TEST(Tlbs, zen_5_counts_the_second_level_in_units_of_32) {
  LogicalCpu cpu = cpu_of("AuthenticAMD", 0x00b40f40);
  cpu.leaves[{0x80000006, 0}].ebx = 0x60804040;
  const auto second_level_data = [&] { return fixed_format_tlbs(cpu.leaves).back().entries; };
  EXPECT_EQ(second_level_data(), 128U);
  cpu.leaves[{0x80000021, 0}].eax = 1U << 14U;
  EXPECT_EQ(second_level_data(), 4096U);
}

TEST(Tlbs, leaf_0x18_gives_level_kind_and_pages) {
  const auto dump = saved_dump("intel-06h-6ah-icelake-sp");
  ASSERT_TRUE(dump);
  const CpuIdentity identity = decode(dump->cpus[0]);
  EXPECT_THAT(identity.tlbs, Contains(Tlb{.level = 2,
                                          .kind = TlbKind::unified,
                                          .pages = page_4k | page_2m | page_4m,
                                          .entries = 1024,
                                          .ways = 8,
                                          .fully_associative = false,
                                          .source = "leaf 0x18"}));
}

TEST(Hypervisor, is_named_by_its_signature) {
  LogicalCpu cpu = cpu_of("AuthenticAMD", milan);
  cpu.leaves[{0x40000000, 0}] = {
      .eax = 0x40000001, .ebx = 0x4b4d564b, .ecx = 0x564b4d56, .edx = 0x4d};
  EXPECT_EQ(decode(cpu).hypervisor, Hypervisor{}) << "without the bit the leaf means nothing";
  cpu.leaves[{1, 0}].ecx = 1U << 31U;
  EXPECT_EQ(decode(cpu).hypervisor,
            (Hypervisor{.present = true, .signature = "KVMKVMKVM", .name = "KVM"}));
  cpu.leaves[{0x40000000, 0}] = {.eax = 0, .ebx = 0x1b5b1b5b, .ecx = 0, .edx = 0};
  EXPECT_EQ(decode(cpu).hypervisor.name, "[?[?") << "no control characters";
  cpu.leaves.erase({0x40000000, 0});
  EXPECT_EQ(decode(cpu).hypervisor.name, "unnamed");
}

TEST(CoreTypes, come_from_the_leaf_of_the_vendor) {
  LogicalCpu cpu = cpu_of("GenuineIntel", lunar_lake);
  cpu.leaves[{0x1a, 0}].eax = 0x20000003;
  EXPECT_EQ(decode(cpu).core_type, CoreType::uniform) << "not a hybrid";
  cpu.leaves[{7, 0}].edx = 1U << 15U;
  EXPECT_EQ(decode(cpu).core_type, CoreType::efficiency);
  cpu = cpu_of("AuthenticAMD", 0x00b20f40);
  cpu.leaves[{0x80000026, 0}] = {.eax = 1, .ebx = 0x10000002, .ecx = 0x100, .edx = 0};
  EXPECT_EQ(decode(cpu).core_type, CoreType::uniform) << "the cores do not differ";
  cpu.leaves[{0x80000026, 1}] = {.eax = 0x40000004, .ebx = 0x10000008, .ecx = 0x201, .edx = 0};
  EXPECT_EQ(decode(cpu).core_type, CoreType::efficiency);
  EXPECT_EQ(decode(cpu).microarchitecture.name, "Zen 5c");
}

TEST(Facts, group_equal_cpus_and_list_what_differs) {
  LogicalCpu first = cpu_of("AuthenticAMD", milan);
  first.leaves[{7, 0}].ebx = 1U << 9U;
  LogicalCpu second = first;
  second.number = 1;
  second.leaves[{1, 0}].ebx = 0x01000000;  // its APIC id
  LogicalCpu third = first;
  third.number = 2;
  third.leaves[{7, 0}].ebx = 0;
  const CpuFacts facts = decode(CpuidDump{.cpus = {first, second, third}});
  ASSERT_EQ(facts.classes.size(), 2U);
  EXPECT_EQ(facts.classes[0].cpus, (std::vector<std::uint32_t>{0, 1}));
  ASSERT_EQ(facts.differences.size(), 1U);
  EXPECT_EQ(facts.differences[0].what, "erms");
  EXPECT_EQ(facts.differences[0].values, (std::vector<std::string>{"yes", "no"}));
}

TEST(Hostile, registers_full_of_ones_decode) {
  LogicalCpu cpu = cpu_of("AuthenticAMD", milan);
  const Registers ones{.eax = ~0U, .ebx = ~0U, .ecx = ~0U, .edx = ~0U};
  for (const std::uint32_t leaf :
       {0x2U, 0x4U, 0x7U, 0x18U, 0x1aU, 0x40000000U, 0x80000000U, 0x80000005U, 0x80000006U,
        0x80000019U, 0x8000001dU, 0x80000021U, 0x80000026U}) {
    for (std::uint32_t subleaf = 0; subleaf < 64; ++subleaf) cpu.leaves[{leaf, subleaf}] = ones;
  }
  for (const std::string_view vendor : {"AuthenticAMD", "GenuineIntel", "Who are you?"}) {
    cpu.leaves[{0, 0}] = cpu_of(vendor, milan).leaves[{0, 0}];
    cpu.leaves[{0, 0}].eax = ~0U;
    EXPECT_THAT(to_text(decode(CpuidDump{.cpus = {cpu}})), HasSubstr(std::string(vendor)));
  }
}

TEST(Hostile, a_cache_of_2_to_the_64_bytes_is_left_out) {
  LogicalCpu cpu = cpu_of("GenuineIntel", lunar_lake);
  cpu.leaves[{4, 0}] = {.eax = 0x121, .ebx = ~0U, .ecx = ~0U, .edx = 0};
  cpu.leaves[{4, 1}] = {.eax = 0x143, .ebx = 0x01c0003f, .ecx = 0x3ff, .edx = 0};
  const auto caches = deterministic_caches(cpu.leaves, 4);
  ASSERT_EQ(caches.size(), 1U) << "and does not hide the next one";
  EXPECT_EQ(caches[0].size_bytes, 512U << 10U);
}

TEST(Hostile, zero_geometry_divides_nothing) {
  LogicalCpu cpu = cpu_of("GenuineIntel", lunar_lake);
  cpu.leaves[{4, 0}] = {.eax = 0x121, .ebx = 0, .ecx = 0, .edx = 0};
  cpu.leaves[{0x18, 0}] = {.eax = ~0U, .ebx = 0xf, .ecx = 0, .edx = 0x21};
  const CpuIdentity identity = decode(cpu);
  ASSERT_EQ(identity.caches.size(), 1U);
  EXPECT_EQ(identity.caches[0].size_bytes, 1U);
  EXPECT_TRUE(identity.tlbs.empty());
}

TEST(Hostile, endless_cache_leaves_end) {
  LogicalCpu cpu = cpu_of("GenuineIntel", lunar_lake);
  for (std::uint32_t subleaf = 0; subleaf < 1000; ++subleaf) {
    cpu.leaves[{4, subleaf}] = {.eax = 0x121, .ebx = 0x01c0003f, .ecx = 63, .edx = 0};
  }
  EXPECT_EQ(deterministic_caches(cpu.leaves, 4).size(), max_cache_subleaves);
}

}  // namespace
}  // namespace bytepath::host
