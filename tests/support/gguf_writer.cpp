#include "tests/support/gguf_writer.h"

#include <fcntl.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/descriptor.h"
#include "base/file.h"
#include "tests/support/weights_files.h"

namespace bytepath::test {
namespace {

constexpr std::uint32_t f32 = 0;
constexpr std::uint32_t q8_0 = 8;
constexpr std::uint64_t block_elements = 32;  // of Q8_0, which has a scale of 16 bits for each
constexpr std::uint64_t block_bytes = 34;
constexpr std::uint32_t head_size = 64;
constexpr std::uint32_t special_tokens = 3;  // <unk>, <s> and </s>
constexpr std::uint32_t byte_tokens = 256;

// Marsaglia's xorshift with 64 bits of state: a gigabyte of it takes a fraction of a second.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL | 1U) {}
  std::uint64_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_;
  }
  float within(float limit) {
    const auto signed_half = static_cast<std::int32_t>(next() >> 32U);
    return static_cast<float>(signed_half) / 2147483648.0F * limit;
  }

 private:
  std::uint64_t state_;
};

// The bits of a positive normal number in IEEE 754's 16-bit format, its fraction cut.
std::uint16_t half_bits(float value) {
  constexpr std::uint32_t exponent_shift = 127 - 15;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits >> 13U) - (exponent_shift << 10U));
}

std::uint64_t elements_of(const GgufFile::Tensor& tensor) {
  std::uint64_t elements = 1;
  for (const std::uint64_t extent : tensor.shape) elements *= extent;
  return elements;
}

std::uint64_t size_of(const GgufFile::Tensor& tensor) {
  const std::uint64_t elements = elements_of(tensor);
  return tensor.type == q8_0 ? elements / block_elements * block_bytes : elements * sizeof(float);
}

void add_tensor(GgufFile& file, std::string name, std::vector<std::uint64_t> shape,
                std::uint32_t type = q8_0) {
  GgufFile::Tensor tensor{.name = std::move(name), .shape = std::move(shape), .type = type};
  if (!file.tensors.empty()) {
    const GgufFile::Tensor& last = file.tensors.back();
    tensor.offset =
        (last.offset + size_of(last) + file.alignment - 1) / file.alignment * file.alignment;
  }
  file.tensors.push_back(std::move(tensor));
}

// Names and shapes: llama.cpp's src/llama-arch.cpp and its loading of LLM_ARCH_LLAMA.
void add_tensors(GgufFile& file, const RandomModel& model) {
  const std::uint64_t embedding = model.embedding;
  const std::uint64_t inner = model.feed_forward;
  const std::uint64_t experts = model.experts;
  add_tensor(file, "token_embd.weight", {embedding, model.vocabulary});
  for (std::uint32_t layer = 0; layer < model.layers; ++layer) {
    const auto name = [&](std::string_view part) { return fmt::format("blk.{}.{}", layer, part); };
    add_tensor(file, name("attn_norm.weight"), {embedding}, f32);
    for (const auto* part :
         {"attn_q.weight", "attn_k.weight", "attn_v.weight", "attn_output.weight"})
      add_tensor(file, name(part), {embedding, embedding});
    add_tensor(file, name("ffn_norm.weight"), {embedding}, f32);
    if (experts > 0) {
      add_tensor(file, name("ffn_gate_inp.weight"), {embedding, experts}, f32);
      add_tensor(file, name("ffn_gate_exps.weight"), {embedding, inner, experts});
      add_tensor(file, name("ffn_down_exps.weight"), {inner, embedding, experts});
      add_tensor(file, name("ffn_up_exps.weight"), {embedding, inner, experts});
    } else {
      add_tensor(file, name("ffn_gate.weight"), {embedding, inner});
      add_tensor(file, name("ffn_down.weight"), {inner, embedding});
      add_tensor(file, name("ffn_up.weight"), {embedding, inner});
    }
  }
  add_tensor(file, "output_norm.weight", {embedding}, f32);
  add_tensor(file, "output.weight", {embedding, model.vocabulary});
}

// enum gguf_type of ggml's gguf.h.
enum ValueType : std::uint32_t {
  u32_value = 4,
  i32_value,
  f32_value,
  bool_value,
  text_value,
  array
};

void add_numbers(GgufFile& file, const RandomModel& model) {
  const auto number = [&](std::string_view key, std::uint32_t value) {
    file.pair(key, u32_value).u32(value);
  };
  file.pair("general.architecture", text_value).text("llama");
  file.pair("general.name", text_value).text("random weights");
  number("general.file_type", 7);  // LLAMA_FTYPE_MOSTLY_Q8_0
  number("general.quantization_version", 2);
  number("llama.vocab_size", model.vocabulary);
  number("llama.context_length", 2048);
  number("llama.embedding_length", model.embedding);
  number("llama.block_count", model.layers);
  number("llama.feed_forward_length", model.feed_forward);
  number("llama.rope.dimension_count", head_size);
  number("llama.attention.head_count", model.embedding / head_size);
  number("llama.attention.head_count_kv", model.embedding / head_size);
  file.pair("llama.attention.layer_norm_rms_epsilon", f32_value).number(1e-5F);
  if (model.experts > 0) {
    number("llama.expert_count", model.experts);
    number("llama.expert_used_count", model.used_experts);
  }
}

// A vocabulary that can spell anything byte by byte, so that no merges are needed.
void add_vocabulary(GgufFile& file, std::uint32_t size) {
  enum TokenType : std::uint32_t { normal = 1, unknown, control, byte = 6 };  // llama.h
  file.pair("tokenizer.ggml.model", text_value).text("llama");
  auto& tokens = file.pair("tokenizer.ggml.tokens", array).u32(text_value).u64(size);
  for (const auto* special : {"<unk>", "<s>", "</s>"}) tokens.text(special);
  for (std::uint32_t i = 0; i < byte_tokens; ++i) tokens.text(fmt::format("<0x{:02X}>", i));
  for (std::uint32_t i = special_tokens + byte_tokens; i < size; ++i)
    tokens.text(fmt::format("\u2581w{}", i));
  auto& scores = file.pair("tokenizer.ggml.scores", array).u32(f32_value).u64(size);
  for (std::uint32_t i = 0; i < size; ++i) scores.number(-static_cast<float>(i));
  auto& types = file.pair("tokenizer.ggml.token_type", array).u32(i32_value).u64(size);
  for (std::uint32_t i = 0; i < size; ++i) {
    types.u32(i == 0                             ? unknown
              : i < special_tokens               ? control
              : i < special_tokens + byte_tokens ? byte
                                                 : normal);
  }
  file.pair("tokenizer.ggml.unknown_token_id", u32_value).u32(0);
  file.pair("tokenizer.ggml.bos_token_id", u32_value).u32(1);
  file.pair("tokenizer.ggml.eos_token_id", u32_value).u32(2);
  file.pair("tokenizer.ggml.add_bos_token", bool_value).u8(1);
}

// Collects what is written into large pieces.
class Output {
 public:
  Output(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  Result<> write(std::string_view bytes) {
    constexpr std::size_t piece = 4U << 20U;
    buffer_ += bytes;
    return buffer_.size() < piece ? Result<>{} : flush();
  }
  Result<> flush() {
    auto written = write_all(fd_, buffer_, path_);
    buffer_.clear();
    return written;
  }

 private:
  int fd_;
  std::string path_;
  std::string buffer_;
};

// A router that goes by the token alone. The first block of a token's vector, 32 numbers, holds 0
// but for a 1 in the place of its group; no layer adds to these numbers, as the rows of the
// matrices that write them are 0. So whatever the norm makes of the vector, the group's number is
// the only one above 0, and an expert's row of the router with a 1 in that place, and 0 elsewhere,
// is above the rows that have none.
constexpr std::uint64_t group_numbers = block_elements;

bool is_router(const GgufFile::Tensor& tensor) {
  return tensor.name.ends_with("ffn_gate_inp.weight");
}

bool sends(const RandomModel& model, std::uint32_t layer, std::uint32_t group,
           std::uint32_t expert) {
  for (std::uint32_t rank = 0; rank < model.used_experts; ++rank)
    if (routed_expert(model, layer, group, rank) == expert) return true;
  return false;
}

Result<> write_router(Output& out, const RandomModel& model, std::uint32_t layer) {
  std::vector<float> row(model.embedding);
  for (std::uint32_t expert = 0; expert < model.experts; ++expert) {
    for (std::uint32_t group = 0; group < model.token_groups; ++group)
      row[group] = sends(model, layer, group, expert) ? 1.0F : 0.0F;
    if (auto done =
            out.write({reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float)});
        !done)
      return done;
  }
  return {};
}

// Is a block of this tensor one of those that write the groups' numbers of the residual?
bool writes_group_numbers(const RandomModel& model, const GgufFile::Tensor& tensor,
                          std::uint64_t block) {
  if (model.token_groups == 0) return false;
  const std::uint64_t blocks_of_row = tensor.shape.front() / block_elements;
  const std::uint64_t rows = tensor.shape[1];
  const bool adds =
      tensor.name.ends_with("attn_output.weight") || tensor.name.ends_with("ffn_down_exps.weight");
  return adds && block / blocks_of_row % rows < group_numbers;
}

Result<> write_floats(Output& out, const GgufFile::Tensor& tensor, Random& random) {
  const bool norm = tensor.name.find("norm") != std::string::npos;
  for (std::uint64_t i = elements_of(tensor); i > 0; --i) {
    // A router's numbers are far enough apart that tokens go to different experts.
    const float value = norm ? 1.0F : random.within(0.3F);
    if (auto done = out.write({reinterpret_cast<const char*>(&value), sizeof value}); !done)
      return done;
  }
  return {};
}

// Bytes from -128 to 127 have a standard deviation of 74: with this scale a product with a vector
// of ones has one of about 1, whatever the row's length, so that nothing grows or vanishes by
// layers.
Result<> write_blocks(Output& out, const GgufFile::Tensor& tensor, const RandomModel& model,
                      Random& random) {
  struct Block {
    std::uint16_t scale;
    std::uint16_t values[(block_bytes - sizeof(std::uint16_t)) / sizeof(std::uint16_t)];
  };
  static_assert(sizeof(Block) == block_bytes);
  const std::uint64_t row = tensor.shape.front();
  const std::uint64_t blocks_of_row = row / block_elements;
  const bool is_output = tensor.name == "output.weight";
  const bool has_groups = model.token_groups > 0 && tensor.name == "token_embd.weight";
  Block block{.scale = half_bits(1.0F / (74.0F * std::sqrt(static_cast<float>(row))))};
  const std::uint16_t scale = block.scale;
  const std::uint64_t blocks = elements_of(tensor) / block_elements;
  for (std::uint64_t i = 0; i < blocks; ++i) {
    const std::uint64_t token = i / blocks_of_row;
    const bool of_group = has_groups && i % blocks_of_row == 0;
    // The model never says a special token, so that it never ends a text by itself.
    const bool silent =
        (is_output && token < special_tokens) || of_group || writes_group_numbers(model, tensor, i);
    block.scale = of_group ? half_bits(1.0F / 64) : scale;
    for (std::size_t at = 0; at < std::size(block.values); at += 4) {
      const std::uint64_t bits = silent ? 0 : random.next();
      std::memcpy(&block.values[at], &bits, sizeof bits);
    }
    if (of_group) {
      // 64 / 64 is 1.
      const std::size_t place = token % model.token_groups;
      reinterpret_cast<std::int8_t*>(block.values)[place] = 64;
    }
    if (auto done = out.write({reinterpret_cast<const char*>(&block), sizeof block}); !done)
      return done;
  }
  return {};
}

Result<> check(const RandomModel& model) {
  const bool fits =
      model.layers > 0 && model.embedding > 0 && model.embedding % head_size == 0 &&
      model.feed_forward > 0 && model.feed_forward % block_elements == 0 &&
      model.vocabulary >= special_tokens + byte_tokens && model.used_experts <= model.experts &&
      (model.experts == 0) == (model.used_experts == 0) && model.token_groups <= group_numbers &&
      model.token_groups * model.used_experts <= model.experts;
  if (fits) return {};
  return fail(
      ErrorKind::usage,
      fmt::format("these numbers make no model: the embedding has to be a multiple of {}, "
                  "the feed-forward size of {}, the vocabulary at least {}, and some "
                  "experts are used, but not more than there are, and not more by all groups",
                  head_size, block_elements, special_tokens + byte_tokens));
}

}  // namespace

Result<> write_random_gguf(const std::string& path, const RandomModel& model) {
  if (auto checked = check(model); !checked) return checked;
  GgufFile file;
  add_numbers(file, model);
  add_vocabulary(file, model.vocabulary);
  add_tensors(file, model);
  constexpr mode_t readable_by_all = 0644;
  const Descriptor descriptor(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, readable_by_all));
  if (!descriptor) return fail_errno(errno, "cannot open {}", path);
  Output out(descriptor.get(), path);
  if (auto written = out.write(file.content()); !written) return written;
  Random random(model.seed);
  std::uint32_t layer = 0;
  const std::string zeros(file.alignment, '\0');
  for (const GgufFile::Tensor& tensor : file.tensors) {
    Result<> written;
    if (model.token_groups > 0 && is_router(tensor)) {
      written = write_router(out, model, layer++);
    } else if (tensor.type == q8_0) {
      written = write_blocks(out, tensor, model, random);
    } else {
      written = write_floats(out, tensor, random);
    }
    if (!written) return written;
    const std::uint64_t padding =
        (file.alignment - size_of(tensor) % file.alignment) % file.alignment;
    written = out.write(std::string_view(zeros).substr(0, padding));
    if (!written) return written;
  }
  return out.flush();
}

}  // namespace bytepath::test
