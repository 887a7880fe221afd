#pragma once
#include "cli/probe.h"
#include "result/document.h"

// Each command is a file of its own: it has its options, parses, calls and returns a document. What
// these functions add lives as long as the program.
namespace bytepath::memcpy_probe {

// The program without a command.
void add_sweep(cli::Probe& probe);
void add_trace(cli::Probe& probe);
void add_scan(cli::Probe& probe);

// With the facts of this host that every document has.
result::Document with_host(result::Document document);

}  // namespace bytepath::memcpy_probe
