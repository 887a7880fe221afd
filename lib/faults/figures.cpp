#include "faults/figures.h"

#include <algorithm>
#include <tuple>

namespace bytepath::faults {
namespace {

void add(std::optional<std::uint64_t>& to, const std::optional<std::uint64_t>& value) {
  if (value) to = to.value_or(0) + *value;
}

std::optional<std::uint64_t> bytes_of(const std::optional<pages::PageSet>& set,
                                      std::uint64_t offset, std::uint64_t size) {
  if (!set) return std::nullopt;
  return pages::bytes_in(*set, offset, size);
}

Figures figures_of(const FileRecord& record, std::uint64_t offset, std::uint64_t size) {
  return {.bytes = size,
          .touched = bytes_of(record.touched, offset, size),
          .mapped = bytes_of(record.mapped, offset, size),
          .cached = bytes_of(record.cached, offset, size),
          .faults = {},
          .counts_faults = record.counts_faults};
}

std::string shape_of(const weights::Tensor& tensor) {
  return fmt::format("{}", fmt::join(tensor.shape, " x "));
}

NamedFigures of_tensor(const FileRecord& record, const weights::Range& range, bool first) {
  NamedFigures named{.layer = range.layer, .file = record.file.path, .offset = range.offset};
  if (range.tensor == weights::Range::no_tensor) {
    named.name = first ? "(header)" : "(between tensors)";
    return named;
  }
  const auto& tensor = record.file.subject->model.tensors[range.tensor];
  named.name = tensor.name;
  named.type = tensor.type;
  named.shape = shape_of(tensor);
  named.expert = tensor.expert;
  return named;
}

// Sums by model, in the order given, and by a key of the range, in its order.
template <class Key>
std::vector<NamedFigures> sums(std::span<const FileRecord> records, Key key) {
  std::vector<const Subject*> models;
  std::map<std::tuple<std::size_t, int, int>, NamedFigures> found;
  for (const auto& record : records) {
    const Subject* subject = record.file.subject.get();
    if (subject == nullptr) continue;
    const auto known = std::ranges::find(models, subject);
    const auto model = static_cast<std::size_t>(known - models.begin());
    if (known == models.end()) models.push_back(subject);
    const auto ranges = record.file.ranges();
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const std::optional<std::pair<int, int>> where = key(ranges[i]);
      if (!where) continue;
      auto& named = found[{model, where->first, where->second}];
      named.model = subject->model.files.front().path;
      named.layer = where->first;
      named.expert = where->second;
      named.figures.add(figures_of(record, i));
    }
  }
  std::vector<NamedFigures> out;
  for (auto& [where, named] : found) out.push_back(std::move(named));
  return out;
}

}  // namespace

void Figures::add(const Figures& other) {
  bytes += other.bytes;
  faults::add(touched, other.touched);
  faults::add(mapped, other.mapped);
  faults::add(cached, other.cached);
  faults::add(read, other.read);
  faults.add(other.faults);
  counts_faults = counts_faults || other.counts_faults;
}

Figures figures_of(const FileRecord& record, std::size_t range) {
  const auto& where = record.file.ranges()[range];
  Figures figures = figures_of(record, where.offset, where.size);
  figures.faults = record.ranges[range].faults;
  if (record.read) figures.read = record.ranges[range].pages_read * pages::page_bytes;
  return figures;
}

Figures figures_of(const FileRecord& record) {
  Figures figures = figures_of(record, 0, record.file.size);
  figures.faults = record.faults;
  if (record.read) figures.read = record.pages_read * pages::page_bytes;
  return figures;
}

std::vector<NamedFigures> by_tensor(const FileRecord& record) {
  std::vector<NamedFigures> out;
  std::uint32_t last = weights::Range::no_tensor;
  const auto ranges = record.file.ranges();
  if (record.file.subject) out.reserve(record.file.subject->model.tensors.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const bool same = i > 0 && ranges[i].tensor == last && last != weights::Range::no_tensor;
    if (!same) out.push_back(of_tensor(record, ranges[i], i == 0));
    out.back().figures.add(figures_of(record, i));
    last = ranges[i].tensor;
  }
  return out;
}

std::vector<NamedFigures> by_layer(std::span<const FileRecord> records) {
  using Where = std::optional<std::pair<int, int>>;
  return sums(records,
              [](const weights::Range& range) -> Where { return std::pair(range.layer, -1); });
}

std::vector<NamedFigures> by_expert(std::span<const FileRecord> records) {
  using Where = std::optional<std::pair<int, int>>;
  return sums(records, [](const weights::Range& range) -> Where {
    if (range.expert < 0) return std::nullopt;
    return std::pair(range.layer, range.expert);
  });
}

}  // namespace bytepath::faults
