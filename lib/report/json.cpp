#include "report/report.h"

namespace bytepath::report {

std::string render_json(const result::Document& document, const Target&) {
  return result::to_json(document);
}

std::string render_ndjson(const result::Document& document, const Target&) {
  return result::to_json_line(document);
}

}  // namespace bytepath::report
