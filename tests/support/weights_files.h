#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weights/byte_source.h"

// Small writers of the formats that lib/weights reads, which also write what no program would.
namespace bytepath::test {

// Little-endian numbers and texts, one after the other.
class Bytes {
 public:
  template <class T>
  Bytes& number(T value) {
    content_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Bytes& u8(std::uint8_t value) { return number(value); }
  Bytes& u16(std::uint16_t value) { return number(value); }
  Bytes& u32(std::uint32_t value) { return number(value); }
  Bytes& u64(std::uint64_t value) { return number(value); }
  Bytes& raw(std::string_view text) {
    content_ += text;
    return *this;
  }
  // With its length in 8 bytes before it, as GGUF has it.
  Bytes& text(std::string_view text) { return u64(text.size()).raw(text); }
  Bytes& align(std::size_t alignment) {
    content_.resize((content_.size() + alignment - 1) / alignment * alignment);
    return *this;
  }
  // Zeros to a size.
  Bytes& fill_to(std::size_t size) {
    if (size > content_.size()) content_.resize(size);
    return *this;
  }
  std::size_t size() const { return content_.size(); }
  const std::string& content() const { return content_; }

 private:
  std::string content_;
};

// A GGUF file. Counts that are set are written instead of the true ones.
struct GgufFile {
  struct Tensor {
    std::string name;
    std::vector<std::uint64_t> shape;
    std::uint32_t type = 0;  // F32
    std::uint64_t offset = 0;
  };
  std::uint32_t version = 3;
  Bytes pairs;
  std::uint64_t pair_count = 0;
  std::vector<Tensor> tensors;
  std::uint64_t more_tensors = 0;  // added to their true number
  std::uint64_t alignment = 32;
  std::uint64_t data_bytes = 0;

  Bytes& pair(std::string_view key, std::uint32_t type) {
    ++pair_count;
    return pairs.text(key).u32(type);
  }

  std::string header() const {
    Bytes out;
    out.raw("GGUF").u32(version).u64(tensors.size() + more_tensors).u64(pair_count);
    out.raw(pairs.content());
    for (const Tensor& tensor : tensors) {
      out.text(tensor.name).u32(static_cast<std::uint32_t>(tensor.shape.size()));
      for (const std::uint64_t extent : tensor.shape) out.u64(extent);
      out.u32(tensor.type).u64(tensor.offset);
    }
    return out.content();
  }
  std::string content() const {
    Bytes out;
    out.raw(header()).align(alignment);
    return out.fill_to(out.size() + data_bytes).content();
  }
};

inline std::string safetensors_file(std::string_view header, std::size_t data_bytes) {
  Bytes out;
  out.text(header);
  return out.fill_to(out.size() + data_bytes).content();
}

// Fields of protocol buffers.
class Message {
 public:
  Message& varint(std::uint32_t field, std::uint64_t value) { return key(field, 0).value(value); }
  Message& bytes(std::uint32_t field, std::string_view content) {
    key(field, 2).value(content.size());
    out_.raw(content);
    return *this;
  }
  Message& key(std::uint32_t field, std::uint32_t wire) { return value(field << 3U | wire); }
  Message& value(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_.u8(static_cast<std::uint8_t>(value | 0x80U));
    out_.u8(static_cast<std::uint8_t>(value));
    return *this;
  }
  const std::string& content() const { return out_.content(); }

 private:
  Bytes out_;
};

// One TensorProto.
inline Message onnx_tensor(std::string_view name, std::initializer_list<std::uint64_t> shape,
                           std::uint64_t type) {
  Message out;
  for (const std::uint64_t extent : shape) out.varint(1, extent);
  out.varint(2, type).bytes(8, name);
  return out;
}

inline Message onnx_external(Message tensor,
                             const std::vector<std::pair<std::string, std::string>>& entries) {
  for (const auto& [key, value] : entries) {
    tensor.bytes(13, Message().bytes(1, key).bytes(2, value).content());
  }
  return tensor.varint(14, 1);
}

// A ModelProto whose graph has a node and these initializers.
inline std::string onnx_file(const std::vector<Message>& initializers) {
  Message graph;
  graph.bytes(1, Message().bytes(1, "x").bytes(2, "y").bytes(4, "Relu").content());
  graph.bytes(2, "g");
  for (const Message& tensor : initializers) graph.bytes(5, tensor.content());
  return Message()
      .varint(1, 8)
      .bytes(2, "writer")
      .bytes(7, graph.content())
      .bytes(8, Message().varint(2, 17).content())
      .content();
}

// A zip as torch.save writes it: entries stored, their bytes aligned by an extra field.
struct ZipFile {
  struct Entry {
    std::string name;
    std::string content;
    std::uint16_t method = 0;
  };
  std::vector<Entry> entries;
  bool zip64 = false;
  std::uint64_t shift = 0;  // added to every offset of a local header

  std::string content() const {
    Bytes out;
    std::vector<std::uint64_t> places;
    for (const Entry& entry : entries) {
      places.push_back(out.size() + shift);
      const std::size_t begin = out.size() + 30 + entry.name.size() + 4;
      const std::size_t padding = (64 - begin % 64) % 64;
      out.u32(0x04034b50).u16(0).u16(0).u16(entry.method).u16(0).u16(0).u32(0);
      sizes(out, entry);
      out.u16(static_cast<std::uint16_t>(4 + padding)).raw(entry.name);
      out.u16(0x4246).u16(static_cast<std::uint16_t>(padding));
      out.fill_to(out.size() + padding).raw(entry.content);
    }
    const std::size_t directory = out.size();
    for (std::size_t i = 0; i < entries.size(); ++i) list(out, entries[i], places[i]);
    end(out, directory);
    return out.content();
  }

 private:
  static void sizes(Bytes& out, const Entry& entry) {
    const auto size = static_cast<std::uint32_t>(entry.content.size());
    out.u32(size).u32(size).u16(static_cast<std::uint16_t>(entry.name.size()));
  }
  void list(Bytes& out, const Entry& entry, std::uint64_t place) const {
    out.u32(0x02014b50).u16(0).u16(0).u16(0).u16(entry.method).u16(0).u16(0).u32(0);
    if (zip64) {
      out.u32(UINT32_MAX).u32(UINT32_MAX).u16(static_cast<std::uint16_t>(entry.name.size()));
    } else {
      sizes(out, entry);
    }
    out.u16(zip64 ? 28 : 0).u16(0).u16(0).u16(0).u32(0);
    out.u32(zip64 ? UINT32_MAX : static_cast<std::uint32_t>(place)).raw(entry.name);
    if (zip64) {
      out.u16(1).u16(24).u64(entry.content.size()).u64(entry.content.size()).u64(place);
    }
  }
  void end(Bytes& out, std::size_t directory) const {
    const std::size_t place = out.size();
    const std::size_t bytes = place - directory;
    if (zip64) {
      out.u32(0x06064b50).u64(44).u16(45).u16(45).u32(0).u32(0);
      out.u64(entries.size()).u64(entries.size()).u64(bytes).u64(directory);
      out.u32(0x07064b50).u32(0).u64(place).u32(1);
    }
    const auto count = static_cast<std::uint16_t>(zip64 ? UINT16_MAX : entries.size());
    out.u32(0x06054b50).u16(0).u16(0).u16(count).u16(count);
    out.u32(zip64 ? UINT32_MAX : static_cast<std::uint32_t>(bytes));
    out.u32(zip64 ? UINT32_MAX : static_cast<std::uint32_t>(directory)).u16(0);
  }
};

// Files in memory, by path.
class MemoryFiles {
 public:
  std::map<std::string, std::string> files;

  weights::Opener opener() const {
    return [this](const std::string& path) -> Result<std::unique_ptr<weights::ByteSource>> {
      const auto found = files.find(path);
      if (found == files.end()) return fail(ErrorKind::usage, "cannot open " + path);
      return std::make_unique<weights::MemorySource>(path, std::as_bytes(std::span(found->second)));
    };
  }
};

}  // namespace bytepath::test
