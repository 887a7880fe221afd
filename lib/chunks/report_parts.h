#pragma once
#include <string>

#include "chunks/exchanges.h"
#include "chunks/page_accesses.h"
#include "chunks/report_document.h"
#include "chunks/stall_shares.h"
#include "mounts/file_table.h"

// The parts of report_document(), each a file.
namespace bytepath::chunks {

struct ReportContext {
  const mounts::MountTrace& trace;
  const ReportOptions& options;
  const mounts::FileTable& files;
  const std::vector<Exchange>& exchanges;
};

// How many rows a table has that is not asked for by --by.
inline constexpr std::size_t summary_rows = 12;
std::size_t row_limit(const ReportContext& context, ReportBy by);
// The path of a file below its mount, or its number.
std::string path_text(const ReportContext& context, mounts::FileId id);

void add_ladder(result::Document& document, const ReportContext& context);
void add_page_accesses(result::Document& document, const ReportContext& context);
void add_requests(result::Document& document, const ReportContext& context);
void add_opens(result::Document& document, const ReportContext& context);
void add_tiers(result::Document& document, const ReportContext& context, const Answers& answers);
void add_timelines(result::Document& document, const ReportContext& context,
                   const Answers& answers);
void add_peers(result::Document& document, const ReportContext& context);
void add_stall(result::Document& document, const ReportContext& context);
void add_heat(result::Document& document, const ReportContext& context);
void add_processes(result::Document& document, const ReportContext& context);

}  // namespace bytepath::chunks
