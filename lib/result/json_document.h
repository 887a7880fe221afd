#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "result/document.h"

namespace bytepath::result {

// from_json() for a reader that has parsed the text already and looks at more than the document.
Result<Document> from_parsed_json(const nlohmann::json& parsed, std::string_view name);

}  // namespace bytepath::result
