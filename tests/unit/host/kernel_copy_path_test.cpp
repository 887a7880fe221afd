#include "host/kernel_copy_path.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/recorded_code.h"

namespace bytepath::host {
namespace {

using tests::bytes_of_hex;

// tests/data/code/*.text: lines "text SYMBOL ADDRESS HEX".
std::vector<KernelFunctionText> load_texts() {
  std::ifstream file(std::string(BYTEPATH_TEST_DATA) + "/code/linux-6.18.44-copy.text");
  EXPECT_TRUE(file.good());
  std::vector<KernelFunctionText> texts;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string kind;
    std::string name;
    std::string address;
    std::string hex;
    words >> kind >> name >> address >> hex;
    if (kind == "text")
      texts.push_back(
          {.name = name,
           .text = {.address = std::stoull(address, nullptr, 16), .bytes = bytes_of_hex(hex)}});
  }
  return texts;
}

KernelCopyFunction find(const std::vector<KernelCopyFunction>& functions, std::string_view name) {
  for (const KernelCopyFunction& function : functions)
    if (function.function == name) return function;
  ADD_FAILURE() << name;
  return {};
}

std::vector<KernelCopyFunction> classify(const std::vector<KernelFunctionText>& texts) {
  auto classified = classify_kernel_functions(texts);
  EXPECT_TRUE(classified);
  return *classified;
}

TEST(RecordedKernel, CopiesByInlinedRepMovsb) {
  const auto functions = classify(load_texts());
  struct Row {
    const char* name;
    KernelMechanism mechanism;
    std::uint64_t offset;
  };
  // Offsets as objdump shows them in the same bytes.
  for (const Row& row : {Row{"_copy_to_iter", KernelMechanism::fsrm_inline, 0x80},
                         Row{"_copy_from_iter", KernelMechanism::fsrm_inline, 0x80},
                         Row{"_copy_to_user", KernelMechanism::fsrm_inline, 0x28},
                         Row{"_copy_from_user", KernelMechanism::fsrm_inline, 0x1e},
                         Row{"rep_movs_alternative", KernelMechanism::erms_alternative, 0x4a},
                         Row{"__memcpy", KernelMechanism::fsrm_inline, 0x8},
                         Row{"copy_page", KernelMechanism::movsq, 0x7},
                         Row{"clear_page_erms", KernelMechanism::stosb, 0x7}}) {
    const KernelCopyFunction function = find(functions, row.name);
    EXPECT_EQ(to_text(function.mechanism), to_text(row.mechanism)) << row.name;
    EXPECT_EQ(function.offset, row.offset) << row.name;
    EXPECT_EQ(function.evidence, KernelEvidence::text) << row.name;
    EXPECT_EQ(function.instruction_function, row.name);
  }
}

// _copy_to_user as it is without FSRM: stac; mov rcx,rax; call rep_movs_alternative; clac; ret.
KernelFunctionText caller(std::uint64_t address, std::uint64_t target) {
  const auto distance = static_cast<std::uint32_t>(target - (address + 11));
  std::vector<std::uint8_t> bytes = bytes_of_hex("0f01cb4889c1e8");
  for (unsigned shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<std::uint8_t>(distance >> shift));
  for (const std::uint8_t byte : bytes_of_hex("0f01cac3")) bytes.push_back(byte);
  return {.name = "_copy_to_user", .text = {.address = address, .bytes = bytes}};
}

KernelFunctionText named(std::string name, std::uint64_t address, const std::string& hex) {
  return {.name = std::move(name), .text = {.address = address, .bytes = bytes_of_hex(hex)}};
}

TEST(KernelWithoutFsrm, IsJudgedByTheHelperThatItCalls) {
  constexpr std::uint64_t here = 0xffffffff81001000;
  constexpr std::uint64_t there = 0xffffffff81002000;
  struct Row {
    const char* helper;
    const char* hex;
    KernelMechanism mechanism;
  };
  for (const Row& row :
       {Row{"rep_movs_alternative", "4883f9407301c3f3a4c3", KernelMechanism::erms_alternative},
        Row{"rep_movs_alternative", "48c1e903f348a5c3", KernelMechanism::movsq},
        Row{"copy_user_generic_unrolled", "488b06488907c3", KernelMechanism::unrolled}}) {
    const auto functions = classify({caller(here, there), named(row.helper, there, row.hex)});
    const KernelCopyFunction function = find(functions, "_copy_to_user");
    EXPECT_EQ(to_text(function.mechanism), to_text(row.mechanism)) << row.hex;
    EXPECT_EQ(function.instruction_function, row.helper);
  }
}

TEST(KernelFunction, IsNotKnownWhenItShowsNoCopy) {
  const auto functions =
      classify({caller(0xffffffff81001000, 0xffffffff81002000), named("__memcpy", 0x1000, "ffe0")});
  EXPECT_EQ(find(functions, "_copy_to_user").mechanism, KernelMechanism::not_known);
  EXPECT_FALSE(find(functions, "_copy_to_user").why_not_known.empty());
  EXPECT_EQ(find(functions, "__memcpy").mechanism, KernelMechanism::not_known);
}

TEST(KernelFunction, PrefersTheCopyBehindStac) {
  // rep movsq; stac; rep movsb; clac; ret
  const auto functions = classify({named("_copy_to_iter", 0x1000,
                                         "f348a5"
                                         "0f01cb"
                                         "f3a4"
                                         "0f01ca"
                                         "c3")});
  EXPECT_EQ(functions.front().mechanism, KernelMechanism::fsrm_inline);
  EXPECT_EQ(functions.front().offset, 6U);
}

TEST(InferredKernel, FollowsVersionAndFlags) {
  auto infer = [](const char* release, bool erms, bool fsrm, bool rep_good) {
    return infer_kernel_mechanism(
        {.release = release, .erms = erms, .fsrm = fsrm, .rep_good = rep_good});
  };
  EXPECT_EQ(infer("6.18.44-fc", true, true, true), KernelMechanism::fsrm_inline);
  EXPECT_EQ(infer("6.4.0", true, true, true), KernelMechanism::fsrm_inline);
  EXPECT_EQ(infer("6.4.0", true, false, true), KernelMechanism::erms_alternative);
  EXPECT_EQ(infer("6.4-rc1", false, false, false), KernelMechanism::movsq);
  EXPECT_EQ(infer("6.3.9", true, true, true), KernelMechanism::erms_alternative);
  EXPECT_EQ(infer("6.1.0-49-amd64", false, false, true), KernelMechanism::movsq);
  EXPECT_EQ(infer("5.10", false, false, false), KernelMechanism::unrolled);
  EXPECT_EQ(infer("", true, true, true), KernelMechanism::not_known);
  EXPECT_EQ(infer("six.four", true, true, true), KernelMechanism::not_known);
}

TEST(LiveKernel, TextAgreesWithTheInferenceForTheSameHost) {
  const KernelCopyPath path = read_kernel_copy_path();
  EXPECT_FALSE(path.facts.release.empty());
  if (path.text_refused) GTEST_SKIP() << path.text_refused->message;
  ASSERT_EQ(path.evidence, KernelEvidence::text);
  // A distribution may have patched its kernel, so this is known for mainline ones only.
  const KernelMechanism inferred = infer_kernel_mechanism(path.facts);
  EXPECT_EQ(to_text(path.mechanism), to_text(inferred));
}

}  // namespace
}  // namespace bytepath::host
