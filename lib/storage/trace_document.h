#pragma once
#include "result/document.h"
#include "storage/traced_process.h"

namespace bytepath::storage {

result::Document trace_document(const TraceOptions& options, const TracedProcess& traced);

}  // namespace bytepath::storage
