#pragma once
#include <string>
#include <vector>

#include "host/mount_table.h"
#include "symbols/place.h"
#include "trace/copy_sampler.h"
#include "trace/missing_part.h"

// In which function of which file the sampled copies are.
namespace bytepath::copies {

// Whose code it is decides what mends it.
enum class SiteKind { libc, kernel, program };

struct CopySite {
  SiteKind kind = SiteKind::program;
  symbols::Place place;
};

struct NamedCopies {
  std::vector<CopySite> sites;  // one for each of CopySamples::copies
  std::vector<trace::MissingPart> missing;
};

// Reads the files and the kernel's symbols; what cannot be told stays empty.
NamedCopies name_copies(const trace::CopySamples& samples);

// Pure: the path of a sampled file by the mounts of this host; nothing but its own file system's
// part of it where none of them shows that file system, and empty for memory without a file.
std::string path_of(const bytepath_place& place, const std::vector<host::MountEntry>& mounts);

// Pure: a C library by the file's name, or a static one's function by its own.
SiteKind kind_of(const symbols::Place& place, bool in_kernel);

std::string to_text(SiteKind kind);  // "C library", "kernel", "program"

}  // namespace bytepath::copies
