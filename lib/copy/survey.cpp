#include "copy/survey.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/units.h"
#include "copy/offset_sweep.h"
#include "copy/record.h"
#include "copy/size_window.h"
#include "copy/special_places.h"
#include "copy/workbench.h"
#include "verdict/offset_classes.h"

namespace bytepath::copy {
namespace {

using kernels::Family;
using kernels::Kernel;
using std::chrono::steady_clock;

struct Plan {
  std::chrono::nanoseconds budget{};
  std::size_t rounds = 16;              // of sweeps and ratios
  Density main_sweep = Density::dense;  // of rep movsb and memcpy, the copies in question
  Density other_sweep = Density::sparse;
  bool every_kernel = true;  // or only those that the verdict needs
  bool maps = true;
  std::uint64_t largest_window = 4U
                                 << 20;  // of the size sweeps that look for a window: past any L2
  std::uint64_t largest = 32U << 20;     // of rep movsb's, which shows every tier
};

Plan plan_of(const SurveyOptions& options) {
  using std::chrono::milliseconds;
  Plan plan;
  switch (options.effort) {
    case Effort::quick:
      plan = {.budget = milliseconds(220),
              .main_sweep = Density::sparse,
              .every_kernel = false,
              .maps = false,
              .largest_window = 1U << 20,
              .largest = 1U << 20};
      break;
    case Effort::normal:
      plan = {.budget = milliseconds(2600)};
      break;
    case Effort::thorough:
      plan = {.budget = std::chrono::seconds(60),
              .rounds = 32,
              .main_sweep = Density::full,
              .other_sweep = Density::dense,
              .largest_window = largest_size,
              .largest = largest_size};
      break;
  }
  if (options.budget) plan.budget = *options.budget;
  for (const auto size : options.sizes) plan.largest = std::max(plan.largest, size);
  plan.largest = std::max(plan.largest, options.size);
  return plan;
}

// A size at which every offset is either inside or outside the fast path of each libc known, and
// small enough that the slow copies of a sweep stay affordable.
constexpr std::uint64_t sweep_size = 4096;
constexpr std::uint64_t syscall_sweep_size = 16384;  // the call itself costs as much as a page
constexpr std::uint64_t syscall_ratio_size = 65536;
// Offsets of the maps and ratios: inside and at the borders of all classes that were ever reported,
// and some that never were.
const std::vector<unsigned> landmark_offsets = {0,  1,   4,    8,    12,   15,   16,  20,
                                                24, 28,  31,   32,   33,   40,   48,  63,
                                                64, 128, 1024, 4064, 4080, 4088, 4095};

// Copies that are compared from run to run and from host to host: from one byte to past libc's
// window, inside each class that was ever reported, at its borders and well outside.
struct KeyCells {
  const char* kernel;
  std::vector<std::uint64_t> sizes;
  std::vector<unsigned> offsets;
};

const std::vector<KeyCells> key_cells = {
    {.kernel = "rep-movsb",
     .sizes = {1, 64, sweep_size, 65536},
     .offsets = {0, 1, 8, 15, 16, 24, 31, 32, 48, 64, 4080}},
    {.kernel = "memcpy", .sizes = {1024, 2048, sweep_size, 65536, 1U << 20}, .offsets = {8}},
    {.kernel = "rep-movsq", .sizes = {sweep_size}, .offsets = {8, 24}},
    {.kernel = "rep-stosb", .sizes = {sweep_size}, .offsets = {8}},
    {.kernel = "avx2", .sizes = {sweep_size}, .offsets = {8}}};

std::vector<std::uint64_t> powers_of_two(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t size = first; size <= last; size *= 2) out.push_back(size);
  return out;
}

constexpr const char* time_was_over = "the time was over";

bool is_variant(const Kernel& kernel) {
  return kernel.family == Family::libc && kernel.name.find("__") != std::string::npos;
}

class Survey {
 public:
  Survey(const SurveyOptions& options, Plan plan, Workbench bench, const Progress& progress)
      : options_(options), plan_(plan), bench_(std::move(bench)) {
    limits_ = {
        .deadline = steady_clock::now() + plan.budget, .seed = options.seed, .progress = progress};
  }

  result::Document run();

 private:
  bool chosen(const Kernel& kernel) const;
  void record_parameters();
  template <class Step>
  void with(std::size_t kernel, Step step);
  void measure_kernel(std::size_t kernel);
  void measure_key_cells(const KeyCells& cells);
  void measure_family(Family family);
  void measure_variants();
  void measure_alignments(std::size_t kernel);
  void report_skipped();
  void measure_offsets(std::size_t kernel);
  void measure_sizes(std::size_t kernel, std::uint64_t largest);
  void measure_map(std::size_t kernel);
  void measure_special_places(std::size_t kernel);
  void measure_ratios(std::size_t kernel, const std::vector<std::uint64_t>& sizes,
                      const std::vector<unsigned>& offsets);
  bool precise_enough(const std::vector<SizeRatio>& ratios) const;
  void leave_out(const std::string& what, const std::string& reason, const std::string& remedy);
  unsigned slow_offset(std::size_t kernel) const;

  SurveyOptions options_;
  Plan plan_;
  Workbench bench_;
  RunLimits limits_;
  double core_ghz_ = 0;
  result::Document document_;
  // The middle of each kernel's worst class, once it was swept.
  std::map<std::size_t, unsigned> slow_offsets_;
  std::set<std::size_t> measured_;
  std::set<std::string> skipped_;
};

bool Survey::chosen(const Kernel& kernel) const {
  return options_.kernels.empty() ||
         std::ranges::find(options_.kernels, kernel.name) != options_.kernels.end();
}

void Survey::leave_out(const std::string& what, const std::string& reason,
                       const std::string& remedy) {
  document_.not_measured.push_back({.what = what, .reason = reason, .remedy = remedy});
}

void Survey::record_parameters() {
  constexpr std::array<const char*, 3> efforts = {"quick", "normal", "thorough"};
  document_.parameters["effort"] = std::string(efforts[static_cast<std::size_t>(options_.effort)]);
  document_.parameters["seed"] = static_cast<std::int64_t>(options_.seed);
  document_.parameters["rounds"] = static_cast<std::int64_t>(plan_.rounds);
  document_.parameters["page_pairs"] = static_cast<std::int64_t>(Workbench::pairs);
  document_.parameters["reference_offset"] = static_cast<std::int64_t>(reference_offset);
  document_.parameters["clock"] = std::string(bench_.clock().source());
  document_.parameters["files"] = options_.directory.empty() ? "in memory" : options_.directory;
  core_ghz_ = measure::core_ghz(bench_.clock());
  document_.metrics.push_back({.name = "core_frequency",
                               .unit = "GHz",
                               .median = core_ghz_,
                               .low = core_ghz_,
                               .high = core_ghz_,
                               .count = 1});
}

void Survey::measure_offsets(std::size_t kernel) {
  const Kernel& row = bench_.kernels()[kernel];
  std::uint64_t size = options_.size;
  if (size == 0) size = row.family == Family::syscall ? syscall_sweep_size : sweep_size;
  if (!bench_.fits(kernel, size)) {
    leave_out(row.name, fmt::format("cannot copy {} at once", format_size(size)),
              "give another --size");
    return;
  }
  const bool in_question = row.name == "rep-movsb" || row.name == "memcpy";
  const Density density = in_question ? plan_.main_sweep : plan_.other_sweep;
  auto points = sweep_offset(bench_, kernel, size, density, plan_.rounds, limits_);
  if (points.empty()) {
    if (limits_.over()) skipped_.insert(row.name);
    return;
  }
  if (limits_.over() && !missing_border_offsets(points).empty()) {
    leave_out(fmt::format("to the byte, at which offsets {} is slow", row.name), time_was_over,
              "give a longer --budget");
  }
  const auto found = verdict::find_offset_classes(points).classes;
  const auto worst = std::ranges::max_element(found, {}, &verdict::OffsetClass::ratio);
  if (worst != found.end()) {
    const unsigned width =
        (worst->last + verdict::page_offsets - worst->first) % verdict::page_offsets;
    slow_offsets_[kernel] = (worst->first + width / 2) % verdict::page_offsets;
  }
  for (const unsigned offset : {slow_offset(kernel), reference_offset}) {
    const auto at = std::ranges::find(points, static_cast<double>(offset), &result::Point::x);
    if (at != points.end()) record_cycles(document_, row, size, *at, core_ghz_);
  }
  record_sweep(document_, row, size, std::move(points));
}

unsigned Survey::slow_offset(std::size_t kernel) const {
  constexpr unsigned usual = 8;  // inside every slow class that was ever reported
  const auto found = slow_offsets_.find(kernel);
  return found == slow_offsets_.end() ? usual : found->second;
}

void Survey::measure_ratios(std::size_t kernel, const std::vector<std::uint64_t>& sizes,
                            const std::vector<unsigned>& offsets) {
  for (const unsigned offset : offsets) {
    auto ratios = ratios_by_size(bench_, kernel, offset, sizes, plan_.rounds, limits_);
    while (!precise_enough(ratios) && !limits_.over()) {
      ++limits_.seed;  // another order of the same cells
      add_samples(ratios, ratios_by_size(bench_, kernel, offset, sizes, plan_.rounds, limits_));
    }
    for (const auto& ratio : ratios) {
      record_ratio(document_, bench_.kernels()[kernel], offset, ratio);
    }
  }
}

bool Survey::precise_enough(const std::vector<SizeRatio>& ratios) const {
  if (options_.precision <= 0) return true;
  return std::ranges::all_of(ratios, [&](const SizeRatio& at) {
    const double half_width = (at.ratio.high - at.ratio.low) / 2;
    return at.samples.size() >= result::max_samples ||
           half_width <= options_.precision / 100 * at.ratio.median;
  });
}

void Survey::measure_sizes(std::size_t kernel, std::uint64_t largest) {
  const Kernel& row = bench_.kernels()[kernel];
  constexpr std::size_t rounds = 9;  // the large copies cost milliseconds each
  const unsigned offset = slow_offset(kernel);
  const auto sizes = !options_.sizes.empty() ? options_.sizes : powers_of_two(row.granule, largest);
  const auto ratios = ratios_by_size(bench_, kernel, offset, sizes, rounds, limits_);
  if (ratios.empty()) return;
  record_ratios_by_size(document_, row, offset, ratios);
  auto window = slow_window(ratios);
  if (!window) return;
  if (row.family == Family::libc) {
    *window = refine_window(bench_, kernel, offset, ratios, *window, limits_);
    if (!window->exact) {
      leave_out(fmt::format("to the byte, from which size to which {} is slow", row.name),
                limits_.over() ? time_was_over : "it was found at different sizes",
                "give a longer --budget, or a quieter host");
    }
  }
  record_window(document_, row, offset, *window);
}

void Survey::measure_map(std::size_t kernel) {
  const Kernel& row = bench_.kernels()[kernel];
  constexpr std::size_t rounds = 5;
  std::vector<std::uint64_t> sizes;
  for (const auto size : powers_of_two(row.granule == 1 ? 1 : row.granule, 1U << 20)) {
    // Every fourth below a page, where little changes.
    if (bench_.fits(kernel, size) && (size >= 1024 || size == 1 || size == 64 || size == 256)) {
      sizes.push_back(size);
    }
  }
  std::vector<std::vector<SizeRatio>> by_offset;
  for (const unsigned offset : landmark_offsets) {
    by_offset.push_back(ratios_by_size(bench_, kernel, offset, sizes, rounds, limits_));
    if (limits_.over()) break;
  }
  record_matrix(document_, row, sizes, landmark_offsets, by_offset);
}

// d does not say all if two places of the same d differ: every alignment of the source in a cache
// line against every one of the destination.
void Survey::measure_alignments(std::size_t kernel) {
  constexpr std::size_t rounds = 5;
  constexpr unsigned line = 64;
  const Kernel& row = bench_.kernels()[kernel];
  std::vector<CopyCell> cells;
  for (unsigned source = 0; source < line; ++source) {
    for (unsigned destination = 0; destination < line; ++destination) {
      cells.push_back(
          {.kernel = kernel,
           .size = sweep_size,
           .offset = (destination + verdict::page_offsets - source) % verdict::page_offsets,
           .source_offset = source});
    }
  }
  record_alignments(document_, row, line, sweep_size,
                    bench_.time(cells, rounds, limits_, row.name + " grid"));
}

void Survey::measure_special_places(std::size_t kernel) {
  const Kernel& row = bench_.kernels()[kernel];
  constexpr std::uint64_t tail_size = 2048;
  constexpr unsigned tail_offset = 48;
  if (const auto tail = measure_pair_tail(bench_, kernel, tail_size, tail_offset, limits_)) {
    record_pair_tail(document_, row, *tail);
  }
  const auto far = measure_far_distance(bench_, kernel, sweep_size, limits_);
  if (!far) {
    leave_out("distances of 4 GiB", far.error().message, "");
    return;
  }
  for (const auto& at : *far) record_far_distance(document_, row, at);
}

// One kernel's part of a step: only when there is time and the kernel runs here.
template <class Step>
void Survey::with(std::size_t kernel, Step step) {
  if (kernel >= bench_.kernels().size()) return;  // a libc without mempcpy
  const Kernel& row = bench_.kernels()[kernel];
  if (!chosen(row)) return;
  if (limits_.over()) {
    skipped_.insert(row.name);
    return;
  }
  if (const auto ready = bench_.prepare(kernel); !ready) {
    leave_out(row.name, ready.error().message, ready.error().hint);
    return;
  }
  step(kernel);
  bench_.release(kernel);
}

void Survey::measure_kernel(std::size_t kernel) {
  measure_offsets(kernel);
  const Kernel& row = bench_.kernels()[kernel];
  if (row.family == Family::syscall) {
    // An offset of the class, the best one, and one that is far from the class but as unaligned.
    measure_ratios(kernel, {syscall_sweep_size, syscall_ratio_size}, {slow_offset(kernel)});
    measure_ratios(kernel, {syscall_ratio_size}, {0, 4088});
  } else {
    measure_ratios(kernel, {sweep_size}, {slow_offset(kernel)});
  }
}

void Survey::measure_key_cells(const KeyCells& cells) {
  const std::size_t index = bench_.index(cells.kernel);
  if (!bench_.kernels()[index].unavailable.empty()) return;  // measure_family says so
  with(index, [&](std::size_t kernel) {
    for (const unsigned offset : cells.offsets) {
      auto sizes = cells.sizes;
      // measure_kernel has this one.
      if (offset == slow_offset(kernel)) std::erase(sizes, sweep_size);
      measure_ratios(kernel, sizes, {offset});
    }
  });
}

void Survey::measure_family(Family family) {
  for (std::size_t i = 0; i < bench_.kernels().size(); ++i) {
    const Kernel& row = bench_.kernels()[i];
    if (row.family != family || is_variant(row) || measured_.contains(i)) continue;
    with(i, [&](std::size_t kernel) { measure_kernel(kernel); });
    measured_.insert(i);
  }
}

void Survey::measure_variants() {
  const unsigned offset = slow_offset(bench_.index("rep-movsb"));
  for (std::size_t i = 0; i < bench_.kernels().size(); ++i) {
    const Kernel& row = bench_.kernels()[i];
    if (!is_variant(row) || !row.unavailable.empty()) continue;
    with(i, [&](std::size_t kernel) { measure_ratios(kernel, {sweep_size}, {offset}); });
  }
}

void Survey::report_skipped() {
  if (skipped_.empty() || limits_.interrupted) return;
  leave_out(fmt::format("{}", fmt::join(skipped_, ", ")), time_was_over,
            "give a longer --budget, or --thorough");
}

// In the order of what the verdict needs most, so that a short budget or Ctrl-C still leaves one.
result::Document Survey::run() {
  record_parameters();
  const std::size_t rep_movsb = bench_.index("rep-movsb");
  const std::size_t memcpy = bench_.index("memcpy");
  for (const char* name : {"rep-movsb", "memcpy", "pread", "pwrite"}) {
    const std::size_t kernel = bench_.index(name);
    with(kernel, [&](std::size_t k) { measure_kernel(k); });
    measured_.insert(kernel);
  }
  with(memcpy, [&](std::size_t kernel) { measure_sizes(kernel, plan_.largest_window); });
  if (plan_.every_kernel || !options_.kernels.empty()) {
    measure_family(Family::libc);
    for (const char* name : {"memmove", "mempcpy"}) {
      with(bench_.index(name),
           [&](std::size_t kernel) { measure_sizes(kernel, plan_.largest_window); });
    }
    measure_family(Family::syscall);
    with(rep_movsb, [&](std::size_t kernel) {
      measure_special_places(kernel);
      measure_sizes(kernel, plan_.largest);
    });
    measure_family(Family::instruction);
    measure_family(Family::vector);
    with(bench_.index("rep-movsq"),
         [&](std::size_t kernel) { measure_sizes(kernel, plan_.largest_window); });
    if (options_.effort != Effort::quick) {
      std::ranges::for_each(key_cells, [&](const KeyCells& cells) { measure_key_cells(cells); });
    }
    measure_variants();
  }
  if (plan_.maps) {
    for (const std::size_t kernel : {rep_movsb, memcpy}) {
      with(kernel, [&](std::size_t k) { measure_map(k); });
      if (options_.effort == Effort::thorough) {
        with(kernel, [&](std::size_t k) { measure_alignments(k); });
      }
    }
  }
  report_skipped();
  document_.complete = !limits_.interrupted;
  return std::move(document_);
}

Result<> check_size(std::uint64_t size, const char* option) {
  if (size >= 1 && size <= largest_size) return {};
  return fail(ErrorKind::usage,
              fmt::format("{}: {} is not between 1 byte and {}", option, format_size(size),
                          format_size(largest_size)),
              "a larger copy would need more memory than a probe may take");
}

Result<> check(const SurveyOptions& options) {
  if (options.size != 0) {
    if (auto checked = check_size(options.size, "--size"); !checked) return checked;
  }
  for (const auto size : options.sizes) {
    if (auto checked = check_size(size, "--sizes"); !checked) return checked;
  }
  const std::string& directory = options.directory;
  if (directory.empty()) return {};
  struct stat info{};
  const bool exists = ::stat(directory.c_str(), &info) == 0;
  if (exists && !S_ISDIR(info.st_mode)) errno = ENOTDIR;
  if (!exists || !S_ISDIR(info.st_mode) || ::access(directory.c_str(), W_OK | X_OK) != 0) {
    return fail(ErrorKind::usage,
                fmt::format("--directory: cannot use {}: {}", directory, std::strerror(errno)),
                "give a folder that you may write to");
  }
  return {};
}

}  // namespace

Result<result::Document> survey(const SurveyOptions& options, const Progress& progress) {
  if (auto checked = check(options); !checked) return std::unexpected(checked.error());
  const Plan plan = plan_of(options);
  BYTEPATH_TRY(pinned, measure::Pinned::to(options.cpu));
  BYTEPATH_TRY(bench, Workbench::open(plan.largest, options.directory));
  Survey work(options, plan, std::move(bench), progress);
  auto document = work.run();
  if (document.complete && document.series.empty() && document.metrics.size() <= 1) {
    return fail(ErrorKind::unsupported,
                fmt::format("nothing was measured: {}", document.not_measured.empty()
                                                            ? time_was_over
                                                            : document.not_measured.back().reason),
                "give a longer --budget, or other --kernels (see --list)");
  }
  record_cpu(document, pinned.cpu());
  return document;
}

result::Document list_kernels() {
  result::Document document;
  result::Table table{.name = "kernels",
                      .title = "Kernels",
                      .columns = {{"kernel", ""}, {"what", ""}, {"unavailable", ""}}};
  result::Table details{.name = "kernel_details",
                        .columns = {{"kernel", ""},
                                    {"family", ""},
                                    {"offset_d", ""},
                                    {"copies_per_byte", ""},
                                    {"needs", ""}}};
  for (const auto& row : kernels::all()) {
    table.rows.push_back({row.name, row.summary, row.unavailable});
    details.rows.push_back({row.name, std::string(family_name(row.family)), row.offset,
                            static_cast<std::int64_t>(row.moves), row.needs});
  }
  document.tables.push_back(std::move(table));
  document.tables.push_back(std::move(details));
  return document;
}

std::vector<std::string> kernel_names() {
  std::vector<std::string> names;
  for (auto& row : kernels::all()) names.push_back(std::move(row.name));
  return names;
}

}  // namespace bytepath::copy
