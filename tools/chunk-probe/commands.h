#pragma once
#include "cli/probe.h"
#include "result/document.h"

// Each command is a file of its own: it has its options, parses, calls and returns a document. What
// these functions add lives as long as the program.
namespace bytepath::chunk_probe {

void add_dedup(cli::Probe& probe);
void add_what_if(cli::Probe& probe);
void add_export(cli::Probe& probe);
void add_import(cli::Probe& probe);
void add_score(cli::Probe& probe);

// With the facts of this host that every document has.
result::Document with_host(result::Document document);

}  // namespace bytepath::chunk_probe
