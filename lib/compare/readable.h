#pragma once
#include <string>

namespace bytepath::compare {

// format_quantity of base/units.h, and seconds as people read them: 0.0123 "s" is "12.3 ms".
std::string quantity_for_people(double value, const std::string& unit);

}  // namespace bytepath::compare
