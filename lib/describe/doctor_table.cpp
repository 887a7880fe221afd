#include "describe/doctor_table.h"

#include <algorithm>

namespace bytepath::describe {

void add_doctor(result::Document& document, const std::vector<host::Capability>& capabilities) {
  using host::Capability;
  result::Table table{.name = "doctor",
                      .title = "What this user can measure and trace here",
                      .columns = {{"id", ""}, {"state", ""}, {"evidence", ""}}};
  for (const auto& capability : capabilities) {
    table.rows.push_back(
        {capability.id, std::string(host::name(capability.state)), capability.evidence});
    if (capability.state == Capability::State::available) continue;
    document.not_measured.push_back(
        {.what = fmt::format("{}: {}", capability.id, capability.what),
         .reason = fmt::format("{} ({}); needed for {}", host::name(capability.state),
                               capability.evidence, capability.why),
         .remedy = capability.remedy});
  }
  const auto available =
      std::ranges::count(capabilities, Capability::State::available, &Capability::state);
  document.parameters["capabilities"] = static_cast<std::int64_t>(capabilities.size());
  document.parameters["capabilities_available"] = static_cast<std::int64_t>(available);
  document.tables.push_back(std::move(table));
}

}  // namespace bytepath::describe
