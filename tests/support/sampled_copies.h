#pragma once
#include <cstring>
#include <string>
#include <vector>

#include "copies/loss_curve.h"
#include "copies/traced_copies.h"

// Samples of copies as the kernel gives them, of hosts and processes that a test makes up.
namespace bytepath::test {

struct Traced {
  copies::TracedCopies traced{.wall_ns = 10e9};

  bytepath_program process(std::uint32_t number, const std::string& command, std::uint64_t samples,
                           std::uint64_t in_kernel = 0) {
    const bytepath_program program{.started_ns = number * 1000ULL, .process = number};
    trace::SampledProgram sampled{
        .program = program, .samples = {.all = samples, .in_kernel = in_kernel, .number = number}};
    command.copy(std::begin(sampled.samples.command), bytepath_command_name - 1);
    traced.samples.programs.push_back(sampled);
    traced.samples.samples += samples;
    return program;
  }

  // left_bytes: of each sample.
  Traced& copy(const bytepath_program& program, unsigned offset, std::uint64_t samples,
               copies::CopySite site, std::uint64_t left_bytes = 2048, std::uint8_t flags = 0,
               std::uint8_t element_bytes = 1) {
    traced.samples.copies.push_back(
        {.copy = {.program = program,
                  .address = site.place.address,
                  .offset = static_cast<bytepath_u16>(offset),
                  .element_bytes = element_bytes,
                  .flags = flags},
         .samples = {.samples = samples, .left_bytes = samples * left_bytes}});
    traced.named.sites.push_back(std::move(site));
    return *this;
  }
};

inline copies::CopySite kernel_site() {
  return {.kind = copies::SiteKind::kernel,
          .place = {.image = "[kernel]",
                    .function = "_copy_to_iter",
                    .address = 0x1080,
                    .function_address = 0x1000}};
}

inline copies::CopySite libc_site() {
  return {.kind = copies::SiteKind::libc,
          .place = {.image = "/usr/lib/libc.so.6",
                    .function = "__memmove_avx512_unaligned_erms",
                    .address = 0x16db20,
                    .function_address = 0x16d800}};
}

// Zen 4: rep movsb takes 25 times as long at d = 1..15, in memory 5 times.
inline copies::LossCurve slow_host() {
  return copies::LossCurve({{.band = 0, .size = 4096, .ratio = 1, .low = 1, .high = 1},
                            {.band = 1, .size = 4096, .ratio = 25, .low = 24, .high = 26},
                            {.band = 1, .size = 16 << 20, .ratio = 5, .low = 4.8, .high = 5.2},
                            {.band = 2, .size = 4096, .ratio = 2.3, .low = 2.2, .high = 2.4},
                            {.band = 3, .size = 4096, .ratio = 1.1, .low = 1, .high = 1.2}});
}

// Zen 5.
inline copies::LossCurve even_host() {
  return copies::LossCurve({{.band = 0, .size = 4096, .ratio = 1, .low = 1, .high = 1},
                            {.band = 1, .size = 4096, .ratio = 1.02, .low = 1, .high = 1.1}});
}

}  // namespace bytepath::test
