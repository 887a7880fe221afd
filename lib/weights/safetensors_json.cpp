#include "weights/safetensors_json.h"

#include <nlohmann/json.hpp>

#include "weights/malformed.h"
#include "weights/model.h"

namespace bytepath::weights {
namespace {

using nlohmann::json;

constexpr std::size_t deepest = 8;           // both formats need 3
constexpr std::size_t most_dimensions = 64;  // PyTorch's own limit
const std::string too_many = fmt::format("it names more than {} tensors", max_tensors);

// What both readers share: the names of the members on the way to where the parser is, and the
// first thing that cannot be.
class Events : public nlohmann::json_sax<json> {
 public:
  const std::string& reason() const { return reason_; }
  std::size_t reason_byte() const { return byte_; }  // from 1; 0: not known

  bool null() override { return other("a null"); }
  bool boolean(bool) override { return other("a truth value"); }
  bool number_float(double, const std::string&) override { return other("a fraction"); }
  bool binary(binary_t&) override { return other("bytes"); }
  bool number_integer(std::int64_t) override { return other("a negative number"); }
  bool number_unsigned(std::uint64_t) override { return other("a number"); }
  bool string(std::string&) override { return other("a text"); }

  bool start_object(std::size_t) override { return enter(false); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(true); }
  bool end_array() override { return leave(); }

  bool key(std::string& name) override {
    keys_[depth_ - 1] = name;
    return began_member();
  }
  bool parse_error(std::size_t byte, const std::string&, const json::exception&) override {
    byte_ = byte;
    reason_ = "this is not JSON in UTF-8";
    return false;
  }

 protected:
  std::size_t depth() const { return depth_; }
  bool in_array() const { return depth_ > 0 && array_[depth_ - 1]; }
  // The name of the member that is open at a depth, from 1.
  const std::string& key_at(std::size_t depth) const { return keys_[depth - 1]; }
  bool refuse(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

 private:
  // A value that the reader did not take itself, and the beginnings and ends it may look at.
  virtual bool other(std::string_view what) = 0;
  virtual bool began() { return true; }
  virtual bool began_member() { return true; }
  virtual bool ended() { return true; }

  bool enter(bool array) {
    if (depth_ == deepest) return refuse(fmt::format("it is nested more than {} deep", deepest));
    keys_[depth_].clear();
    array_[depth_] = array;
    ++depth_;
    return began();
  }
  bool leave() {
    --depth_;
    return ended();
  }

  std::array<std::string, deepest> keys_;
  std::array<bool, deepest> array_{};
  std::size_t depth_ = 0;
  std::string reason_;
  std::size_t byte_ = 0;
};

std::unexpected<Error> not_readable(const Events& events, std::string_view path,
                                    std::uint64_t place) {
  if (events.reason_byte() == 0) return malformed(path, events.reason());
  return malformed(path, place + events.reason_byte() - 1, events.reason());
}

// Depth 1: the header, 2: a tensor, 3: its shape or its offsets.
class HeaderEvents : public Events {
 public:
  std::vector<SafetensorsEntry> entries;

  bool string(std::string& text) override {
    if (in_metadata()) return true;
    if (depth() != 2 || key_at(2) != "dtype") return other("a text");
    entries.back().type = text;
    has_type_ = true;
    return true;
  }

  bool number_unsigned(std::uint64_t value) override {
    if (in_metadata()) return true;
    if (depth() != 3 || !in_array()) return other("a number");
    if (key_at(2) == "shape") {
      entries.back().shape.push_back(value);
      return entries.back().shape.size() <= most_dimensions || other("a number of dimensions");
    }
    if (key_at(2) != "data_offsets" || offsets_ == 2) return other("a number");
    (offsets_ == 0 ? entries.back().begin : entries.back().end) = value;
    ++offsets_;
    return true;
  }

 private:
  // "__metadata__" is whatever its writer liked.
  bool in_metadata() const { return depth() > 1 && key_at(1) == "__metadata__"; }

  bool other(std::string_view what) override {
    if (in_metadata()) return true;
    return refuse(depth() == 0 || (depth() == 1 && in_array())
                      ? fmt::format("its header is {} and no object", what)
                      : fmt::format("{} has {} where none can be", in_quotes(key_at(1)), what));
  }
  bool began() override {
    if (in_metadata()) return true;
    const bool fits = depth() < 3 ? !in_array() : depth() == 3 && in_array();
    if (!fits) return other(in_array() ? "an array" : "an object");
    if (depth() != 2) return true;
    if (entries.size() == max_tensors) return refuse(too_many);
    entries.push_back({.name = key_at(1)});
    has_type_ = has_shape_ = false;
    offsets_ = 0;
    return true;
  }
  bool began_member() override {
    if (depth() == 2 && !in_metadata() && key_at(2) == "shape") {
      if (has_shape_) return other("two shapes");
      has_shape_ = true;
    }
    return true;
  }
  bool ended() override {
    if (depth() != 1 || in_array() || key_at(1) == "__metadata__") return true;
    if (has_type_ && has_shape_ && offsets_ == 2) return true;
    return refuse(fmt::format("tensor {} lacks its dtype, its shape or its two data_offsets",
                              in_quotes(key_at(1))));
  }

  bool has_type_ = false;
  bool has_shape_ = false;
  int offsets_ = 0;
};

// Depth 2 below "weight_map"; whatever else is there is not looked at.
class IndexEvents : public Events {
 public:
  WeightMap files;
  bool has_map = false;

  bool string(std::string& text) override {
    if (depth() != 2 || key_at(1) != "weight_map") return true;
    if (files.size() == max_tensors) return refuse(too_many);
    files.emplace_back(key_at(2), text);
    return true;
  }

 private:
  bool other(std::string_view what) override {
    if (depth() < 2 || key_at(1) != "weight_map") return true;
    return refuse(fmt::format("its weight_map has {} for {}", what, in_quotes(key_at(2))));
  }
  bool began() override {
    if (depth() != 2 || key_at(1) != "weight_map") return true;
    has_map = true;
    return !in_array() || refuse("its weight_map is no object");
  }
};

}  // namespace

Result<std::vector<SafetensorsEntry>> parse_safetensors_header(std::string_view text,
                                                               std::string_view path,
                                                               std::uint64_t place) {
  HeaderEvents events;
  if (!json::sax_parse(text, &events)) return not_readable(events, path, place);
  return std::move(events.entries);
}

Result<WeightMap> parse_weight_map(std::string_view text, std::string_view path) {
  IndexEvents events;
  if (!json::sax_parse(text, &events)) return not_readable(events, path, 0);
  if (!events.has_map) {
    return fail(ErrorKind::unsupported,
                fmt::format("cannot read {}: it is JSON without a weight_map", path),
                "name the weights or their .index.json, or use --grid 1MiB");
  }
  return std::move(events.files);
}

}  // namespace bytepath::weights
