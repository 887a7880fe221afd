#pragma once
#include <vector>

#include "host/doctor.h"
#include "result/document.h"

namespace bytepath::describe {

// Table "doctor", a row a capability; what is not available also as a not_measured line with the
// way out, and the verdict line "17 of 40 ...".
void add_doctor(result::Document& document, const std::vector<host::Capability>& capabilities);

}  // namespace bytepath::describe
