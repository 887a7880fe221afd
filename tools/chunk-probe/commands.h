#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chunks/report_document.h"
#include "cli/probe.h"
#include "mounts/recorder.h"
#include "result/document.h"

// Each command is a file of its own: it has its options, parses, calls and returns a document. What
// these functions add lives as long as the program.
namespace bytepath::chunk_probe {

void add_record(cli::Probe& probe);
void add_report(cli::Probe& probe);
void add_bench(cli::Probe& probe);
void add_live(cli::Probe& probe);
void add_stack(cli::Probe& probe);
void add_dedup(cli::Probe& probe);
void add_what_if(cli::Probe& probe);
void add_export(cli::Probe& probe);
void add_import(cli::Probe& probe);
void add_score(cli::Probe& probe);

// With the facts of this host that every document has.
result::Document with_host(result::Document document);

// What record and bench have in common.
struct RecordFlags {
  std::vector<std::string> mounts;
  std::vector<std::string> command;
  bool as_root = false;
  std::optional<std::uint64_t> process;
  std::string cgroup;
  std::optional<std::uint64_t> daemon;
  std::string level = "all";
  std::optional<std::chrono::nanoseconds> duration;
  std::uint64_t ring_bytes = std::uint64_t{32} << 20;
};
void add_record_flags(cli::Command& command, RecordFlags& flags);
// Errors (usage): which mount; flags that exclude each other.
Result<mounts::RecordOptions> record_options(const RecordFlags& flags);

// What all commands have in common that end in a report.
struct ReportFlags {
  std::uint64_t grid = std::uint64_t{512} << 10;
  std::string by = "summary";
  std::vector<std::string> tiers;
};
void add_report_flags(cli::Command& command, ReportFlags& flags);
// Errors (usage): a grid that is none, a tier that is none.
Result<chunks::ReportOptions> report_options(const ReportFlags& flags, std::string subject);

}  // namespace bytepath::chunk_probe
