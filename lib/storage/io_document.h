#pragma once
#include "result/document.h"
#include "storage/io_measurement.h"

namespace bytepath::storage {

result::Document io_document(const IoOptions& options, const IoMeasurement& measured);

}  // namespace bytepath::storage
