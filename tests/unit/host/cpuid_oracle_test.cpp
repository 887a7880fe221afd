// Todd Allen's cpuid decodes the same dumps with code and tables of its own: every field that both
// print has to be equal.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>
#include <optional>

#include "base/text.h"
#include "host/cpuid_decode.h"
#include "unit/host/saved_dumps.h"

namespace bytepath::host {
namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

// "   title:" with its "      key = value" lines; a "--- cache 0 ---" line begins a new section.
struct Section {
  std::string title;
  Fields fields;
};

struct OracleCpu {
  Fields top;
  std::vector<Section> sections;
};

std::optional<std::string> oracle_output(const std::string& path) {
  const std::string command = "cpuid -f '" + path + "' 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  return pclose(pipe) == 0 ? std::optional(text) : std::nullopt;
}

void add_line(OracleCpu& cpu, std::string_view line) {
  const bool is_top = line.starts_with("   ") && !line.starts_with("    ");
  const std::string_view body = trim(line);
  const std::size_t equals = body.find(" = ");
  if (is_top && equals == std::string_view::npos) {
    cpu.sections.push_back({.title = std::string(body), .fields = {}});
  } else if (body.starts_with("---") && !cpu.sections.empty()) {
    cpu.sections.push_back({.title = cpu.sections.back().title, .fields = {}});
  } else if (equals != std::string_view::npos) {
    Fields& fields = is_top || cpu.sections.empty() ? cpu.top : cpu.sections.back().fields;
    fields.emplace(trim(body.substr(0, equals)), trim(body.substr(equals + 3)));
  }
}

std::vector<OracleCpu> parse_oracle(std::string_view text) {
  std::vector<OracleCpu> cpus;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("CPU")) {
      cpus.emplace_back();
    } else if (!cpus.empty()) {
      add_line(cpus.back(), line);
    }
  }
  return cpus;
}

// "0x40 (64)" is 64, "64" and "32768 (32 KB)" are what they begin with.
std::uint64_t number_of(std::string_view text) {
  const std::string_view first = words(text).at(0);
  return parse_unsigned(first, first.starts_with("0x") ? 16 : 10).value_or(~std::uint64_t{0});
}

std::string unquoted(std::string_view text) {
  if (text.size() >= 2) text = text.substr(1, text.size() - 2);
  return std::string(text);
}

const std::string* find_field(const OracleCpu& cpu, std::string_view key) {
  for (const Section& section : cpu.sections) {
    const auto at = section.fields.find(key);
    if (at != section.fields.end()) return &at->second;
  }
  return nullptr;
}

const Section* find_section(const OracleCpu& cpu, std::string_view title) {
  for (const Section& section : cpu.sections) {
    if (section.title.starts_with(title)) return &section;
  }
  return nullptr;
}

// cpuid(1) speaks of the product where that is better known, and of Zen 3 for Zen 3+.
bool names_the_same(const Microarchitecture& ours, std::string_view theirs) {
  const std::string_view name = ours.name.ends_with('+')
                                    ? std::string_view(ours.name).substr(0, ours.name.size() - 1)
                                    : std::string_view(ours.name);
  if (theirs.find(name) != std::string_view::npos) return true;
  return !ours.code_name.empty() && theirs.find(ours.code_name) != std::string_view::npos;
}

class CpuidOracle : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const auto text = oracle_output(saved_dump_path(GetParam()));
    if (!text) GTEST_SKIP() << "cpuid(1) is not installed: apt-get install cpuid";
    oracle_ = parse_oracle(*text);
    const auto dump = saved_dump(GetParam());
    ASSERT_TRUE(dump) << dump.error().message;
    for (const LogicalCpu& cpu : dump->cpus) ours_.push_back(decode(cpu));
    ASSERT_EQ(oracle_.size(), ours_.size());
  }

  std::vector<OracleCpu> oracle_;
  std::vector<CpuIdentity> ours_;
};

TEST_P(CpuidOracle, agrees_on_the_identity) {
  for (std::size_t i = 0; i < ours_.size(); ++i) {
    const OracleCpu& cpu = oracle_[i];
    const CpuIdentity& identity = ours_[i];
    EXPECT_EQ(identity.vendor, unquoted(cpu.top.at("vendor_id")));
    EXPECT_EQ(identity.signature.family, number_of(*find_field(cpu, "(family synth)")));
    EXPECT_EQ(identity.signature.model, number_of(*find_field(cpu, "(model synth)")));
    EXPECT_EQ(identity.signature.stepping, number_of(*find_field(cpu, "stepping id")));
    EXPECT_EQ(identity.brand, trim(unquoted(cpu.top.at("brand"))));
    const auto theirs = cpu.top.find("(uarch synth)");
    if (theirs == cpu.top.end()) continue;
    EXPECT_TRUE(names_the_same(identity.microarchitecture, theirs->second))
        << identity.microarchitecture.name << " is not " << theirs->second;
  }
}

TEST_P(CpuidOracle, agrees_on_the_features) {
  constexpr auto names = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"erms", "enhanced REP MOVSB/STOSB"},
      {"fsrm", "fast short REP MOV"},
      {"fzrm", "fast zero-length MOVSB"},
      {"fsrs", "fast short STOSB"},
      {"fsrc", "fast short CMPSB, SCASB"},
      {"hypervisor", "hypervisor guest status"},
      {"prefetch_control_msr", "prefetch control MSR support"},
      {"sse2", "SSE2 extensions"},
      {"ssse3", "SSSE3 extensions"},
      {"sse4_2", "SSE4.2 extensions"},
      {"movbe", "MOVBE instruction"},
      {"popcnt", "POPCNT instruction"},
      {"avx", "AVX: advanced vector extensions"},
      {"avx2", "AVX2: advanced vector extensions 2"},
      {"bmi2", "BMI2 instructions"},
      {"avx512f", "AVX512F: AVX-512 foundation instructions"},
      {"avx512dq", "AVX512DQ: double & quadword instructions"},
      {"avx512bw", "AVX512BW: byte & word instructions"},
      {"avx512vl", "AVX512VL: vector length"},
      {"avx512vbmi", "AVX512VBMI: vector byte manipulation"},
      {"avx512_vbmi2", "AVX512_VBMI2: byte VPCOMPRESS, VPEXPAND"},
      {"avx512_fp16", "AVX512_FP16: fp16 support"},
      {"amx_tile", "AMX-TILE: tile architecture support"},
      {"avx_vnni", "AVX-VNNI: AVX VNNI neural network instrs"},
      {"avx512_bf16", "AVX512_BF16: bfloat16 instructions"},
      {"clflushopt", "CLFLUSHOPT instruction"},
      {"clwb", "CLWB instruction"},
      {"smap", "SMAP: supervisor mode access prevention"},
      {"waitpkg", "WAITPKG instructions"},
      {"vaes", "VAES instructions"},
      {"la57", "LA57: 57-bit addrs & 5-level paging"},
      {"rdpid", "RDPID: read processor ID supported"},
      {"cldemote", "CLDEMOTE supports cache line demote"},
      {"movdiri", "MOVDIRI instruction"},
      {"movdir64b", "MOVDIR64B instruction"},
      {"enqcmd", "ENQCMD instruction"},
      {"serialize", "SERIALIZE instruction"},
      {"hybrid_cpu", "hybrid part"},
      {"rdtscp", "RDTSCP"},
      {"nonstop_tsc", "TscInvariant"},
      {"clzero", "CLZERO instruction"},
      {"rdpru", "RDPRU instruction"},
      {"wbnoinvd", "WBNOINVD instruction"},
  });
  for (std::size_t i = 0; i < ours_.size(); ++i) {
    std::size_t compared = 0;
    for (const auto& [ours, theirs] : names) {
      const std::string* value = find_field(oracle_[i], theirs);
      const bool is_set = value != nullptr && *value == "true";
      EXPECT_EQ(has_feature(ours_[i].features, ours), is_set) << ours;
      if (value != nullptr) ++compared;
    }
    EXPECT_GE(compared, 30U) << "cpuid(1) changed its words";
  }
}

TEST_P(CpuidOracle, agrees_on_the_hypervisor_and_the_patch_space) {
  for (std::size_t i = 0; i < ours_.size(); ++i) {
    const auto id = oracle_[i].top.find("hypervisor_id (0x40000000)");
    const std::string text = id == oracle_[i].top.end() ? "" : unquoted(id->second);
    EXPECT_EQ(ours_[i].hypervisor.signature, text.substr(0, text.find("\\0")));
    const std::string* patch = find_field(oracle_[i], "microcode patch size");
    // "<= 0x15c0 (5568) (legacy value)" is cpuid's word for a field that is 0.
    const bool is_stated = patch != nullptr && !patch->starts_with("<=");
    EXPECT_EQ(ours_[i].microcode_patch_bytes.value_or(0), is_stated ? number_of(*patch) : 0);
  }
}

void expect_deterministic_cache(const Cache& cache, const Fields& fields, bool is_amd) {
  const auto number = [&](std::string_view key) {
    const auto at = fields.find(key);
    return at == fields.end() ? ~std::uint64_t{0} : number_of(at->second);
  };
  EXPECT_EQ(cache.size_bytes, number(is_amd ? "(synth size)" : "(size synth)"));
  EXPECT_EQ(cache.ways, number(is_amd ? "number of ways" : "ways of associativity"));
  EXPECT_EQ(cache.line_bytes, number(is_amd ? "line size in bytes" : "system coherency line size"));
  EXPECT_EQ(cache.level, number(is_amd ? "level" : "cache level"));
  // The one tool counts the others that share, the other the highest id.
  EXPECT_EQ(cache.shared_by, is_amd ? number("extra cores sharing this cache") + 1
                                    : number("maximum IDs for CPUs sharing cache") + 1);
}

TEST_P(CpuidOracle, agrees_on_the_deterministic_caches) {
  const auto dump = saved_dump(GetParam());
  ASSERT_TRUE(dump);
  for (std::size_t i = 0; i < ours_.size(); ++i) {
    const bool is_amd = ours_[i].vendor == "AuthenticAMD";
    const auto caches = deterministic_caches(dump->cpus[i].leaves, is_amd ? 0x8000001dU : 0x4U);
    std::size_t next = 0;
    for (const Section& section : oracle_[i].sections) {
      if (!section.fields.contains(is_amd ? "(synth size)" : "(size synth)")) continue;
      ASSERT_LT(next, caches.size());
      SCOPED_TRACE(testing::Message() << "cache " << next);
      expect_deterministic_cache(caches[next++], section.fields, is_amd);
    }
    EXPECT_EQ(next, caches.size());
  }
}

TEST_P(CpuidOracle, agrees_on_the_fixed_format_caches) {
  struct Place {
    std::string_view title;
    std::uint32_t level;
    CacheType type;
    std::string_view size_key;
    std::uint64_t unit;
    std::string_view line_key;
  };
  constexpr auto places = std::to_array<Place>({
      {"L1 data cache information", 1, CacheType::data, "size (KB)", 1024, "line size (bytes)"},
      {"L1 instruction cache information", 1, CacheType::instruction, "size (KB)", 1024,
       "line size (bytes)"},
      {"L2 unified cache information", 2, CacheType::unified, "size (KB)", 1024,
       "line size (bytes)"},
      {"L3 cache information", 3, CacheType::unified, "size (in 512KB units)", 512 * 1024,
       "line size (bytes)"},
  });
  const auto dump = saved_dump(GetParam());
  ASSERT_TRUE(dump);
  for (std::size_t i = 0; i < ours_.size(); ++i) {
    const auto caches = fixed_format_caches(dump->cpus[i].leaves);
    for (const Place& place : places) {
      const Section* section = find_section(oracle_[i], place.title);
      ASSERT_NE(section, nullptr) << place.title;
      const std::uint64_t size = number_of(section->fields.at(std::string(place.size_key)));
      const auto cache = std::ranges::find_if(caches, [&](const Cache& each) {
        return each.level == place.level && each.type == place.type;
      });
      ASSERT_EQ(cache != caches.end(), size != 0) << place.title;
      if (size == 0) continue;
      EXPECT_EQ(cache->size_bytes, size * place.unit) << place.title;
      EXPECT_EQ(cache->line_bytes, number_of(section->fields.at(std::string(place.line_key))));
    }
  }
}

TEST_P(CpuidOracle, agrees_on_the_entries_of_the_fixed_format_tlbs) {
  struct Place {
    std::string_view title;
    std::uint32_t level;
    std::uint8_t pages;
  };
  constexpr auto places = std::to_array<Place>({
      {"L1 TLB/cache information: 4K pages", 1, page_4k},
      {"L1 TLB/cache information: 2M/4M pages", 1, page_2m | page_4m},
      {"L2 TLB/cache information: 4K pages", 2, page_4k},
      {"L2 TLB/cache information: 2M/4M pages", 2, page_2m | page_4m},
      {"L1 TLB information: 1G pages", 1, page_1g},
      {"L2 TLB information: 1G pages", 2, page_1g},
  });
  const auto dump = saved_dump(GetParam());
  ASSERT_TRUE(dump);
  for (std::size_t i = 0; i < ours_.size(); ++i) {
    const auto tlbs = fixed_format_tlbs(dump->cpus[i].leaves);
    // cpuid 20230120 prints the bare field and does not know the unit of 32 that Zen 5 states.
    const bool is_x32 = ((leaf_or_zero(dump->cpus[i].leaves, 0x80000021).eax >> 14U) & 1U) != 0;
    const auto entries = [&](const Place& place, TlbKind kind) {
      std::uint64_t sum = 0;
      for (const Tlb& tlb : tlbs) {
        const bool fits = tlb.level == place.level && tlb.pages == place.pages && tlb.kind == kind;
        sum += fits ? tlb.entries : 0;
      }
      return is_x32 && place.level == 2 ? sum / 32 : sum;
    };
    for (const Place& place : places) {
      const Section* section = find_section(oracle_[i], place.title);
      if (section == nullptr) continue;
      EXPECT_EQ(entries(place, TlbKind::instruction),
                number_of(section->fields.at("instruction # entries")))
          << place.title;
      EXPECT_EQ(entries(place, TlbKind::data), number_of(section->fields.at("data # entries")))
          << place.title;
    }
  }
}

TEST_P(CpuidOracle, agrees_on_the_ways_of_leaf_0x18) {
  const auto dump = saved_dump(GetParam());
  ASSERT_TRUE(dump);
  for (std::size_t i = 0; i < ours_.size(); ++i) {
    const auto tlbs = deterministic_tlbs(dump->cpus[i].leaves);
    std::size_t next = 0;
    for (const Section& section : oracle_[i].sections) {
      if (!section.title.starts_with("Deterministic Address Translation")) continue;
      const auto sets = section.fields.find("number of sets");
      if (sets == section.fields.end() || number_of(sets->second) == 0) continue;
      ASSERT_LT(next, tlbs.size());
      EXPECT_EQ(tlbs[next].entries,
                number_of(section.fields.at("ways of associativity")) * number_of(sets->second));
      EXPECT_EQ(tlbs[next].fully_associative, section.fields.at("fully associative") == "true");
      EXPECT_EQ((tlbs[next].pages & page_1g) != 0,
                section.fields.at("1GB page size entries supported") == "true");
      ++next;
    }
    EXPECT_EQ(next, tlbs.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Saved, CpuidOracle, testing::ValuesIn(saved_dump_names()), test_name);

}  // namespace
}  // namespace bytepath::host
