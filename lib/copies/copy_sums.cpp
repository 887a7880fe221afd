#include "copies/copy_sums.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "copies/offset_band.h"

namespace bytepath::copies {
namespace {

using ProgramKey = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>;

ProgramKey key_of(const bytepath_program& program) {
  return {program.started_ns, program.process, program.execs};
}

// A moment within a copy finds on average half of it left.
std::uint64_t typical_size(const bytepath_copy_samples& samples) {
  return samples.samples == 0 ? 0 : 2 * samples.left_bytes / samples.samples;
}

CopySum sum_of(const trace::SampledCopy& sampled, std::size_t band, bool backward,
               const LossCurve& curve) {
  const std::uint64_t samples = sampled.samples.samples;
  CopySum sum{.samples = samples, .left_bytes = sampled.samples.left_bytes};
  const auto factor =
      backward ? std::nullopt
               : curve.find(sampled.copy.element_bytes, band, typical_size(sampled.samples));
  if (!factor || factor->ratio <= 1) return sum;
  sum.slow = samples;
  sum.lost = static_cast<double>(samples) * lost_share(factor->ratio);
  sum.lost_least = static_cast<double>(samples) * lost_share(factor->least);
  return sum;
}

template <class Sum>
void order(std::vector<Sum>& sums, const auto& samples_of) {
  std::ranges::stable_sort(sums, [&](const Sum& one, const Sum& other) {
    return std::pair(one.copies.lost, samples_of(one)) >
           std::pair(other.copies.lost, samples_of(other));
  });
}

}  // namespace

void CopySum::add(const CopySum& other) {
  samples += other.samples;
  slow += other.slow;
  lost += other.lost;
  lost_least += other.lost_least;
  left_bytes += other.left_bytes;
}

std::string command_of(const bytepath_program_samples& samples) {
  const auto* end = std::ranges::find(samples.command, '\0');
  return in_one_line(std::string(std::begin(samples.command), end));
}

CopySums add_up(const TracedCopies& traced, const LossCurve& curve) {
  CopySums sums{.bands = std::vector<CopySum>(offset_bands.size())};
  std::map<ProgramKey, std::size_t> programs;
  for (const trace::SampledProgram& each : traced.samples.programs) {
    programs[key_of(each.program)] = sums.programs.size();
    sums.programs.push_back({.number = each.samples.number,
                             .command = command_of(each.samples),
                             .samples = each.samples.all,
                             .in_kernel = each.samples.in_kernel});
  }
  using PlaceKey = std::tuple<ProgramKey, std::string, std::string, std::size_t>;
  std::map<PlaceKey, std::size_t> places;
  for (std::size_t i = 0; i < traced.samples.copies.size(); ++i) {
    const trace::SampledCopy& sampled = traced.samples.copies[i];
    const CopySite& site = traced.named.sites.at(i);
    const bool backward = (sampled.copy.flags & bytepath_copy_backward) != 0;
    const std::size_t band = band_of(sampled.copy.offset);
    const CopySum sum = sum_of(sampled, band, backward, curve);
    sums.all.add(sum);
    sums.bands.at(band).add(sum);
    const auto program = programs.find(key_of(sampled.copy.program));
    ProgramSum* const of = program == programs.end() ? nullptr : &sums.programs[program->second];
    if (of != nullptr) of->copies.add(sum);
    const std::string instruction =
        instruction_name(sampled.copy.element_bytes) + (backward ? ", backward" : "");
    const std::string where = symbols::place_text(site.place);
    const auto [place, is_new] = places.try_emplace(
        PlaceKey{key_of(sampled.copy.program), where, instruction, band}, sums.places.size());
    if (is_new)
      sums.places.push_back({.number = of == nullptr ? 0 : of->number,
                             .command = of == nullptr ? "" : of->command,
                             .kind = site.kind,
                             .image = site.place.image,
                             .place = where,
                             .instruction = instruction,
                             .band = band,
                             .backward = backward});
    PlaceSum& at = sums.places[place->second];
    at.copies.add(sum);
    at.offsets[sampled.copy.offset] += sum.samples;
  }
  order(sums.programs, [](const ProgramSum& program) { return program.samples; });
  order(sums.places, [](const PlaceSum& place) { return place.copies.samples; });
  return sums;
}

}  // namespace bytepath::copies
