#include <zlib.h>

#include <map>

#include "sampling/stack_export.h"

namespace bytepath::sampling {
namespace {

// Protocol buffers' wire format (protobuf.dev, "Encoding"): a field is its number and type in one
// varint, then a varint, or a length and as many bytes.
class Message {
 public:
  void number(unsigned field, std::uint64_t value) {
    varint(field << 3U);
    varint(value);
  }
  void bytes(unsigned field, std::string_view value) {
    constexpr unsigned length_delimited = 2;
    varint((field << 3U) | length_delimited);
    varint(value.size());
    text_ += value;
  }
  void packed(unsigned field, const std::vector<std::uint64_t>& values) {
    Message inner;
    for (const auto value : values) inner.varint(value);
    bytes(field, inner.text_);
  }
  const std::string& text() const { return text_; }

 private:
  void varint(std::uint64_t value) {
    constexpr std::uint64_t more = 0x80;
    for (; value >= more; value >>= 7U) text_ += static_cast<char>((value & (more - 1)) | more);
    text_ += static_cast<char>(value);
  }
  std::string text_;
};

// Field numbers of proto/profile.proto in google/pprof.
namespace profile_field {
constexpr unsigned sample_type = 1;
constexpr unsigned sample = 2;
constexpr unsigned location = 4;
constexpr unsigned function = 5;
constexpr unsigned string_table = 6;
constexpr unsigned default_sample_type = 14;
}  // namespace profile_field

class Writer {
 public:
  Writer() { string_index(""); }

  std::uint64_t string_index(const std::string& text) {
    const auto [found, added] = strings_.try_emplace(text, order_.size());
    if (added) order_.push_back(text);
    return found->second;
  }

  void value_type(const char* type, const char* unit) {
    Message message;
    message.number(1, string_index(type));
    message.number(2, string_index(unit));
    whole_.bytes(profile_field::sample_type, message.text());
  }

  // A location and a function each, with the same number.
  std::uint64_t location(const std::string& frame) {
    const auto [found, added] = locations_.try_emplace(frame, locations_.size() + 1);
    if (!added) return found->second;
    const std::uint64_t id = found->second;
    Message line;
    line.number(1, id);
    Message location;
    location.number(1, id);
    location.bytes(4, line.text());
    whole_.bytes(profile_field::location, location.text());
    Message function;
    function.number(1, id);
    function.number(2, string_index(frame));
    function.number(3, string_index(frame));
    whole_.bytes(profile_field::function, function.text());
    return id;
  }

  void sample(const NamedStack& stack, const std::string& command) {
    constexpr double ns = 1e9;
    std::vector<std::uint64_t> locations;
    for (const auto& frame : stack.frames) locations.push_back(location(frame));
    Message label;
    label.number(1, string_index("command"));
    label.number(2, string_index(command));
    Message sample;
    sample.packed(1, locations);
    sample.packed(2, {stack.samples, static_cast<std::uint64_t>(stack.seconds * ns)});
    sample.bytes(3, label.text());
    whole_.bytes(profile_field::sample, sample.text());
  }

  std::string finish() {
    whole_.number(profile_field::default_sample_type, string_index("cpu"));
    for (const auto& text : order_) whole_.bytes(profile_field::string_table, text);
    return whole_.text();
  }

 private:
  Message whole_;
  std::map<std::string, std::uint64_t> strings_;
  std::vector<std::string> order_;
  std::map<std::string, std::uint64_t> locations_;
};

// gzip (RFC 1952), which readers of profiles expect; the time in its header stays 0, so that the
// same profile is the same file.
std::string compressed(const std::string& text) {
  constexpr int window_bits_of_gzip = 15 + 16;
  constexpr int memory_level = 8;
  z_stream stream{};
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits_of_gzip, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  std::string packed(::deflateBound(&stream, text.size()), '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = ::deflate(&stream, Z_FINISH);
  packed.resize(result == Z_STREAM_END ? stream.total_out : 0);
  ::deflateEnd(&stream);
  return packed;
}

}  // namespace

std::string pprof(const std::vector<NamedProfile>& profiles) {
  Writer writer;
  writer.value_type("samples", "count");
  writer.value_type("cpu", "nanoseconds");
  for (const auto& profile : profiles)
    for (const auto& stack : profile.stacks) writer.sample(stack, profile.name);
  return compressed(writer.finish());
}

}  // namespace bytepath::sampling
