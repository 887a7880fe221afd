#include "report/report.h"

namespace bytepath::report {

std::string render_json(const result::Document& document, const Target&) {
  return result::to_json(document);
}

}  // namespace bytepath::report
