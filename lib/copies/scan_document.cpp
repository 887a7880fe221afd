#include "copies/loss_curve.h"
#include "copies/scan.h"
#include "result/document_parts.h"

namespace bytepath::copies {

void add_scan(result::Document& document, const Scan& scan) {
  using result::Value;
  using result::whole;
  document.complete = !scan.interrupted;
  document.parameters["mode"] = "scan";
  document.parameters["files"] = whole(scan.files.size());
  result::Table found{
      .name = "rep_movs",
      .title = "rep movs in code",
      .columns = {{"file", ""}, {"of", ""}, {"address", ""}, {"place", ""}, {"instruction", ""}},
      .rows = {}};
  result::Table files{.name = "files",
                      .title = "What was looked at",
                      .columns = {{"file", ""},
                                  {"rep_movs", ""},
                                  {"code", "B"},
                                  {"instructions", ""},
                                  {"undecoded", "B"}},
                      .rows = {}};
  for (const ScannedFile& file : scan.files) {
    for (const FoundCopy& copy : file.copies)
      found.rows.push_back({file.path, to_text(copy.kind), fmt::format("{:#x}", copy.place.address),
                            symbols::place_text(copy.place), instruction_name(copy.element_bytes)});
    files.rows.push_back({file.path, whole(file.copies.size()), whole(file.code_bytes),
                          whole(file.instructions), whole(file.undecoded_bytes)});
  }
  if (!found.rows.empty()) document.tables.push_back(std::move(found));
  if (!files.rows.empty()) document.tables.push_back(std::move(files));
  document.not_measured.insert(document.not_measured.end(), scan.not_measured.begin(),
                               scan.not_measured.end());
}

}  // namespace bytepath::copies
