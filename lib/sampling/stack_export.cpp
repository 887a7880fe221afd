#include "sampling/stack_export.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ranges>

namespace bytepath::sampling {
namespace {

// ";" ends a frame and a line break a stack.
std::string folded_frame(std::string_view frame) {
  std::string text(frame);
  std::ranges::replace(text, ';', ':');
  std::ranges::replace(text, '\n', ' ');
  return text;
}

class FrameTable {
 public:
  std::size_t index_of(const std::string& frame) {
    const auto [found, added] = index_.try_emplace(frame, names_.size());
    if (added) names_.push_back(frame);
    return found->second;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, std::size_t> index_;
  std::vector<std::string> names_;
};

}  // namespace

std::string folded_stacks(const std::vector<NamedProfile>& profiles) {
  std::map<std::string, std::uint64_t> lines;
  for (const auto& profile : profiles) {
    for (const auto& stack : profile.stacks) {
      std::string line = profiles.size() > 1 ? folded_frame(profile.name) : "";
      for (const auto& frame : stack.frames | std::views::reverse) {
        if (!line.empty()) line += ';';
        line += folded_frame(frame);
      }
      lines[line] += stack.samples;
    }
  }
  std::string text;
  for (const auto& [line, samples] : lines) text += fmt::format("{} {}\n", line, samples);
  return text;
}

std::string speedscope(const std::vector<NamedProfile>& profiles, std::string_view exporter) {
  using nlohmann::json;
  FrameTable frames;
  json list = json::array();
  for (const auto& profile : profiles) {
    json samples = json::array();
    json weights = json::array();
    double end = 0;
    for (const auto& stack : profile.stacks) {
      json indices = json::array();
      for (const auto& frame : stack.frames | std::views::reverse)
        indices.push_back(frames.index_of(frame));
      samples.push_back(std::move(indices));
      weights.push_back(stack.seconds);
      end += stack.seconds;
    }
    list.push_back({{"type", "sampled"},
                    {"name", profile.name},
                    {"unit", "seconds"},
                    {"startValue", 0},
                    {"endValue", end},
                    {"samples", std::move(samples)},
                    {"weights", std::move(weights)}});
  }
  json named = json::array();
  for (const auto& frame : frames.names()) named.push_back({{"name", frame}});
  const json whole{{"$schema", "https://www.speedscope.app/file-format-schema.json"},
                   {"exporter", exporter},
                   {"activeProfileIndex", 0},
                   {"shared", {{"frames", std::move(named)}}},
                   {"profiles", std::move(list)}};
  return whole.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace bytepath::sampling
