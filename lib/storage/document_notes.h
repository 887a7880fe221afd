#pragma once
#include <vector>

#include "result/document.h"
#include "trace/access_tracer.h"
#include "trace/missing_part.h"

// What the documents of io and trace say in the same words.
namespace bytepath::storage {

void add_missing(result::Document& document, const std::vector<trace::MissingPart>& missing);

// The parameter lost_events, and what it means where there are some.
void add_losses(result::Document& document, const trace::AccessLosses& losses);

}  // namespace bytepath::storage
