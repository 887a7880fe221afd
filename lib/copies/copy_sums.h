#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "copies/loss_curve.h"
#include "copies/traced_copies.h"

// The samples of a trace, added up by process and by place.
namespace bytepath::copies {

// What a number of samples within rep movs means.
struct CopySum {
  std::uint64_t samples = 0;
  std::uint64_t slow = 0;  // at a distance that is slow here
  double lost = 0;         // of these samples, those that another distance would not have taken
  double lost_least = 0;   // the same where the memory is the bottleneck
  std::uint64_t left_bytes = 0;

  void add(const CopySum& other);
};

struct ProgramSum {
  std::uint32_t number = 0;  // of the process
  std::string command;
  std::uint64_t samples = 0;
  std::uint64_t in_kernel = 0;
  CopySum copies;
};

struct PlaceSum {
  std::uint32_t number = 0;
  std::string command;
  SiteKind kind = SiteKind::program;
  std::string image;
  std::string place;  // symbols::place_text
  std::string instruction;
  std::size_t band = 0;
  bool backward = false;
  CopySum copies;
  std::map<unsigned, std::uint64_t> offsets;  // samples by d
};

struct CopySums {
  std::vector<ProgramSum> programs;  // the most lost first, then by samples
  std::vector<PlaceSum> places;      // the same
  std::vector<CopySum> bands;        // one for each of offset_bands
  CopySum all;
};

// The kernel's name of it, in one line.
std::string command_of(const bytepath_program_samples& samples);

CopySums add_up(const TracedCopies& traced, const LossCurve& curve);

}  // namespace bytepath::copies
