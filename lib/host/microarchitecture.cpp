#include "host/microarchitecture.h"

#include <array>

#include "host/register_text.h"

namespace bytepath::host {
namespace {

struct Row {
  Vendor vendor = Vendor::other;
  std::uint32_t family = 0;
  std::uint32_t model_first = 0;
  std::uint32_t model_last = 0;
  std::string_view name;
  std::string_view code_name;
  std::string_view efficiency_name;  // of the small cores of a hybrid
  std::uint32_t stepping_first = 0;
  std::uint32_t stepping_last = 15;
};

using enum Vendor;

// The first row that fits wins, so single models stand before the ranges that hold them.
// Sources: AMD ranges from linux arch/x86/kernel/cpu/amd.c (bsp_init_amd) and AMD's revision
// guides; Intel from linux arch/x86/include/asm/intel-family.h and SDM volume 4 table 2-1; Hygon
// and Zhaoxin from public dumps of those processors.
constexpr auto table = std::to_array<Row>({
    {amd, 0x10, 0x00, 0xff, "K10", ""},
    {amd, 0x11, 0x00, 0xff, "K8 (Griffin)", ""},
    {amd, 0x12, 0x00, 0xff, "K10 (Llano)", ""},
    {amd, 0x14, 0x00, 0x0f, "Bobcat", ""},
    {amd, 0x15, 0x00, 0x01, "Bulldozer", ""},
    {amd, 0x15, 0x02, 0x1f, "Piledriver", ""},
    {amd, 0x15, 0x30, 0x3f, "Steamroller", ""},
    {amd, 0x15, 0x60, 0x7f, "Excavator", ""},
    {amd, 0x16, 0x00, 0x0f, "Jaguar", ""},
    {amd, 0x16, 0x30, 0x3f, "Puma", ""},
    {amd, 0x17, 0x01, 0x01, "Zen", "Naples, Summit Ridge"},
    {amd, 0x17, 0x08, 0x08, "Zen+", "Colfax, Pinnacle Ridge"},
    {amd, 0x17, 0x11, 0x11, "Zen", "Raven Ridge"},
    {amd, 0x17, 0x18, 0x18, "Zen+", "Picasso"},
    {amd, 0x17, 0x20, 0x20, "Zen", "Dali"},
    {amd, 0x17, 0x31, 0x31, "Zen 2", "Rome, Castle Peak"},
    {amd, 0x17, 0x60, 0x60, "Zen 2", "Renoir"},
    {amd, 0x17, 0x68, 0x68, "Zen 2", "Lucienne"},
    {amd, 0x17, 0x71, 0x71, "Zen 2", "Matisse"},
    {amd, 0x17, 0x90, 0x90, "Zen 2", "Van Gogh"},
    {amd, 0x17, 0xa0, 0xa0, "Zen 2", "Mendocino"},
    {amd, 0x17, 0x00, 0x2f, "Zen", ""},
    {amd, 0x17, 0x50, 0x5f, "Zen", ""},
    {amd, 0x17, 0x30, 0x4f, "Zen 2", ""},
    {amd, 0x17, 0x60, 0x7f, "Zen 2", ""},
    {amd, 0x17, 0x84, 0x87, "Zen 2", ""},
    {amd, 0x17, 0x90, 0x91, "Zen 2", ""},
    {amd, 0x17, 0xa0, 0xaf, "Zen 2", ""},
    {amd, 0x19, 0x01, 0x01, "Zen 3", "Milan"},
    {amd, 0x19, 0x08, 0x08, "Zen 3", "Chagall"},
    {amd, 0x19, 0x11, 0x11, "Zen 4", "Genoa"},
    {amd, 0x19, 0x18, 0x18, "Zen 4", "Storm Peak"},
    {amd, 0x19, 0x21, 0x21, "Zen 3", "Vermeer"},
    {amd, 0x19, 0x44, 0x44, "Zen 3+", "Rembrandt"},
    {amd, 0x19, 0x50, 0x50, "Zen 3", "Cezanne"},
    {amd, 0x19, 0x61, 0x61, "Zen 4", "Raphael"},
    {amd, 0x19, 0x74, 0x75, "Zen 4", "Phoenix"},
    {amd, 0x19, 0x78, 0x78, "Zen 4 and Zen 4c", "Phoenix 2"},
    {amd, 0x19, 0x7c, 0x7c, "Zen 4 and Zen 4c", "Hawk Point 2"},
    {amd, 0x19, 0xa0, 0xa0, "Zen 4c", "Bergamo"},
    {amd, 0x19, 0x00, 0x0f, "Zen 3", ""},
    {amd, 0x19, 0x20, 0x2f, "Zen 3", ""},
    {amd, 0x19, 0x40, 0x4f, "Zen 3+", ""},
    {amd, 0x19, 0x50, 0x5f, "Zen 3", ""},
    {amd, 0x19, 0x10, 0x1f, "Zen 4", ""},
    {amd, 0x19, 0x60, 0x7f, "Zen 4", ""},
    {amd, 0x19, 0xa0, 0xaf, "Zen 4c", ""},
    {amd, 0x1a, 0x02, 0x02, "Zen 5", "Turin"},
    {amd, 0x1a, 0x11, 0x11, "Zen 5c", "Turin Dense"},
    {amd, 0x1a, 0x24, 0x24, "Zen 5", "Strix Point", "Zen 5c"},
    {amd, 0x1a, 0x44, 0x44, "Zen 5", "Granite Ridge"},
    {amd, 0x1a, 0x60, 0x60, "Zen 5", "Krackan Point", "Zen 5c"},
    {amd, 0x1a, 0x70, 0x70, "Zen 5", "Strix Halo"},
    {amd, 0x1a, 0x10, 0x1f, "Zen 5c", ""},
    {amd, 0x1a, 0x00, 0x0f, "Zen 5", ""},
    {amd, 0x1a, 0x20, 0x2f, "Zen 5", "", "Zen 5c"},
    {amd, 0x1a, 0x40, 0x4f, "Zen 5", ""},
    {amd, 0x1a, 0x60, 0x7f, "Zen 5", "", "Zen 5c"},
    {hygon, 0x18, 0x00, 0x02, "Zen (Hygon)", "Dhyana"},
    {hygon, 0x18, 0x00, 0xff, "Zen (Hygon)", ""},
    {zhaoxin, 0x07, 0x1b, 0x1b, "WuDaoKou", "KX-5000"},
    {zhaoxin, 0x07, 0x3b, 0x3b, "LuJiaZui", "KX-6000"},
    {zhaoxin, 0x07, 0x5b, 0x5b, "YongFeng", "KH-40000"},
    {centaur, 0x07, 0x1b, 0x1b, "WuDaoKou", "KX-5000"},
    {centaur, 0x07, 0x3b, 0x3b, "LuJiaZui", "KX-6000"},
    {centaur, 0x06, 0x47, 0x47, "CNS", "CHA"},
    {intel, 6, 0x0f, 0x0f, "Core", "Merom, Conroe"},
    {intel, 6, 0x16, 0x16, "Core", "Merom-L"},
    {intel, 6, 0x17, 0x17, "Penryn", "Penryn, Wolfdale, Yorkfield"},
    {intel, 6, 0x1d, 0x1d, "Penryn", "Dunnington"},
    {intel, 6, 0x1a, 0x1a, "Nehalem", "Bloomfield, Gainestown"},
    {intel, 6, 0x1e, 0x1e, "Nehalem", "Lynnfield, Clarksfield"},
    {intel, 6, 0x1f, 0x1f, "Nehalem", "Havendale"},
    {intel, 6, 0x2e, 0x2e, "Nehalem", "Nehalem-EX"},
    {intel, 6, 0x25, 0x25, "Westmere", "Arrandale, Clarkdale"},
    {intel, 6, 0x2c, 0x2c, "Westmere", "Gulftown, Westmere-EP"},
    {intel, 6, 0x2f, 0x2f, "Westmere", "Westmere-EX"},
    {intel, 6, 0x2a, 0x2a, "Sandy Bridge", ""},
    {intel, 6, 0x2d, 0x2d, "Sandy Bridge", "Sandy Bridge-E"},
    {intel, 6, 0x3a, 0x3a, "Ivy Bridge", ""},
    {intel, 6, 0x3e, 0x3e, "Ivy Bridge", "Ivy Bridge-E"},
    {intel, 6, 0x3c, 0x3c, "Haswell", ""},
    {intel, 6, 0x3f, 0x3f, "Haswell", "Haswell-E"},
    {intel, 6, 0x45, 0x45, "Haswell", "Haswell-ULT"},
    {intel, 6, 0x46, 0x46, "Haswell", "Crystal Well"},
    {intel, 6, 0x3d, 0x3d, "Broadwell", "Broadwell-U"},
    {intel, 6, 0x47, 0x47, "Broadwell", "Broadwell-H"},
    {intel, 6, 0x4f, 0x4f, "Broadwell", "Broadwell-E"},
    {intel, 6, 0x56, 0x56, "Broadwell", "Broadwell-DE"},
    {intel, 6, 0x4e, 0x4e, "Skylake", "Skylake-U"},
    {intel, 6, 0x5e, 0x5e, "Skylake", "Skylake-S"},
    {intel, 6, 0x55, 0x55, "Skylake (server)", "Skylake-SP", "", 0, 4},
    {intel, 6, 0x55, 0x55, "Skylake (server)", "Cascade Lake", "", 5, 9},
    {intel, 6, 0x55, 0x55, "Skylake (server)", "Cooper Lake", "", 10, 15},
    {intel, 6, 0x8e, 0x8e, "Skylake", "Kaby Lake-U", "", 0, 9},
    {intel, 6, 0x8e, 0x8e, "Skylake", "Coffee Lake-U, Whiskey Lake, Comet Lake-U", "", 10, 15},
    {intel, 6, 0x9e, 0x9e, "Skylake", "Kaby Lake", "", 0, 9},
    {intel, 6, 0x9e, 0x9e, "Skylake", "Coffee Lake", "", 10, 15},
    {intel, 6, 0xa5, 0xa5, "Skylake", "Comet Lake"},
    {intel, 6, 0xa6, 0xa6, "Skylake", "Comet Lake-U"},
    {intel, 6, 0x66, 0x66, "Palm Cove", "Cannon Lake"},
    {intel, 6, 0x6a, 0x6a, "Sunny Cove", "Ice Lake-SP"},
    {intel, 6, 0x6c, 0x6c, "Sunny Cove", "Ice Lake-D"},
    {intel, 6, 0x7d, 0x7d, "Sunny Cove", "Ice Lake"},
    {intel, 6, 0x7e, 0x7e, "Sunny Cove", "Ice Lake-U"},
    {intel, 6, 0x9d, 0x9d, "Sunny Cove", "Ice Lake NNP-I"},
    {intel, 6, 0x8a, 0x8a, "Sunny Cove", "Lakefield", "Tremont"},
    {intel, 6, 0x8c, 0x8c, "Willow Cove", "Tiger Lake-U"},
    {intel, 6, 0x8d, 0x8d, "Willow Cove", "Tiger Lake-H"},
    {intel, 6, 0xa7, 0xa7, "Cypress Cove", "Rocket Lake"},
    {intel, 6, 0x8f, 0x8f, "Golden Cove", "Sapphire Rapids"},
    {intel, 6, 0xcf, 0xcf, "Raptor Cove", "Emerald Rapids"},
    {intel, 6, 0xad, 0xad, "Redwood Cove", "Granite Rapids"},
    {intel, 6, 0xae, 0xae, "Redwood Cove", "Granite Rapids-D"},
    {intel, 6, 0x97, 0x97, "Golden Cove", "Alder Lake-S", "Gracemont"},
    {intel, 6, 0x9a, 0x9a, "Golden Cove", "Alder Lake-P", "Gracemont"},
    {intel, 6, 0xb7, 0xb7, "Raptor Cove", "Raptor Lake", "Gracemont"},
    {intel, 6, 0xba, 0xba, "Raptor Cove", "Raptor Lake-P", "Gracemont"},
    {intel, 6, 0xbf, 0xbf, "Raptor Cove", "Raptor Lake-S", "Gracemont"},
    {intel, 6, 0xaa, 0xaa, "Redwood Cove", "Meteor Lake", "Crestmont"},
    {intel, 6, 0xac, 0xac, "Redwood Cove", "Meteor Lake-S", "Crestmont"},
    {intel, 6, 0xb5, 0xb5, "Redwood Cove", "Arrow Lake-U", "Crestmont"},
    {intel, 6, 0xc5, 0xc5, "Lion Cove", "Arrow Lake-H", "Skymont"},
    {intel, 6, 0xc6, 0xc6, "Lion Cove", "Arrow Lake-S", "Skymont"},
    {intel, 6, 0xbd, 0xbd, "Lion Cove", "Lunar Lake", "Skymont"},
    {intel, 6, 0xcc, 0xcc, "Cougar Cove", "Panther Lake", "Darkmont"},
    {intel, 6, 0xbe, 0xbe, "Gracemont", "Alder Lake-N"},
    {intel, 6, 0xaf, 0xaf, "Crestmont", "Sierra Forest"},
    {intel, 6, 0xb6, 0xb6, "Crestmont", "Grand Ridge"},
    {intel, 6, 0xdd, 0xdd, "Darkmont", "Clearwater Forest"},
    {intel, 6, 0x1c, 0x1c, "Bonnell", "Diamondville, Pineview"},
    {intel, 6, 0x26, 0x26, "Bonnell", "Silverthorne"},
    {intel, 6, 0x27, 0x27, "Saltwell", "Penwell"},
    {intel, 6, 0x35, 0x35, "Saltwell", "Cloverview"},
    {intel, 6, 0x36, 0x36, "Saltwell", "Cedarview"},
    {intel, 6, 0x37, 0x37, "Silvermont", "Bay Trail"},
    {intel, 6, 0x4a, 0x4a, "Silvermont", "Merrifield"},
    {intel, 6, 0x4d, 0x4d, "Silvermont", "Avoton, Rangeley"},
    {intel, 6, 0x4c, 0x4c, "Airmont", "Cherry Trail, Braswell"},
    {intel, 6, 0x5a, 0x5a, "Airmont", "Moorefield"},
    {intel, 6, 0x75, 0x75, "Airmont", "Lightning Mountain"},
    {intel, 6, 0x5c, 0x5c, "Goldmont", "Apollo Lake"},
    {intel, 6, 0x5f, 0x5f, "Goldmont", "Denverton"},
    {intel, 6, 0x7a, 0x7a, "Goldmont Plus", "Gemini Lake"},
    {intel, 6, 0x86, 0x86, "Tremont", "Jacobsville"},
    {intel, 6, 0x96, 0x96, "Tremont", "Elkhart Lake"},
    {intel, 6, 0x9c, 0x9c, "Tremont", "Jasper Lake"},
    {intel, 6, 0x57, 0x57, "Knights Landing", ""},
    {intel, 6, 0x85, 0x85, "Knights Mill", ""},
});

bool fits(const Row& row, Vendor vendor, const Signature& signature) {
  return row.vendor == vendor && row.family == signature.family &&
         signature.model >= row.model_first && signature.model <= row.model_last &&
         signature.stepping >= row.stepping_first && signature.stepping <= row.stepping_last;
}

}  // namespace

std::string vendor_string(const Leaves& leaves) {
  const Registers id = leaf_or_zero(leaves, 0);
  return register_text({id.ebx, id.edx, id.ecx});
}

Vendor vendor_of(std::string_view vendor_string) {
  if (vendor_string == "GenuineIntel") return intel;
  if (vendor_string == "AuthenticAMD") return amd;
  if (vendor_string == "HygonGenuine") return hygon;
  if (vendor_string == "  Shanghai  ") return zhaoxin;
  if (vendor_string == "CentaurHauls") return centaur;
  return other;
}

Signature decode_signature(std::uint32_t leaf_1_eax) {
  const std::uint32_t base_family = (leaf_1_eax >> 8U) & 0xfU;
  const std::uint32_t base_model = (leaf_1_eax >> 4U) & 0xfU;
  const std::uint32_t extended_family = (leaf_1_eax >> 20U) & 0xffU;
  const std::uint32_t extended_model = (leaf_1_eax >> 16U) & 0xfU;
  Signature signature{.family = base_family, .model = base_model, .stepping = leaf_1_eax & 0xfU};
  if (base_family == 0xf) signature.family += extended_family;
  if (base_family >= 6) signature.model |= extended_model << 4U;
  return signature;
}

Microarchitecture microarchitecture_of(Vendor vendor, const Signature& signature,
                                       CoreType core_type) {
  const bool is_small = core_type == CoreType::efficiency || core_type == CoreType::low_power;
  for (const Row& row : table) {
    if (!fits(row, vendor, signature)) continue;
    const bool has_small_name = is_small && !row.efficiency_name.empty();
    return {
        .name = std::string(has_small_name ? row.efficiency_name : row.name),
        .code_name = std::string(row.code_name),
        .confidence = row.model_first == row.model_last ? Confidence::exact : Confidence::range};
  }
  return {.name = "unknown", .code_name = "", .confidence = Confidence::unknown};
}

Susceptibility susceptibility_of(Vendor vendor, const Signature& signature) {
  if (vendor != amd) return Susceptibility::no_evidence;
  if (signature.family == 0x19) return Susceptibility::known;
  return signature.family == 0x1a ? Susceptibility::not_known : Susceptibility::no_evidence;
}

std::string_view to_string(Confidence confidence) {
  switch (confidence) {
    case Confidence::exact:
      return "exact";
    case Confidence::range:
      return "range";
    case Confidence::unknown:
      break;
  }
  return "unknown";
}

std::string_view to_string(CoreType type) {
  switch (type) {
    case CoreType::performance:
      return "performance";
    case CoreType::efficiency:
      return "efficiency";
    case CoreType::low_power:
      return "low-power";
    case CoreType::uniform:
      break;
  }
  return "uniform";
}

std::string_view to_string(Susceptibility susceptibility) {
  switch (susceptibility) {
    case Susceptibility::known:
      return "known";
    case Susceptibility::not_known:
      return "not known";
    case Susceptibility::no_evidence:
      break;
  }
  return "no evidence";
}

}  // namespace bytepath::host
