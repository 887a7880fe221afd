#pragma once
#include "fleet/fleet.h"
#include "fleet/outliers.h"
#include "fleet/source.h"
#include "result/document.h"

namespace bytepath::fleet {

// Fills a document with what a fleet is: the tables "groups", "verdicts", "fleet_findings",
// "outlier_hosts", "differences" and, for programs, "group_keys" and "outlier_metrics", as far as
// they have rows; the parameters, and what could not be read or said. The rules of
// verdict/fleet_rules.h judge it.
void describe_fleet(result::Document& document, const Fleet& fleet, const OutlierRules& rules,
                    const Reading& reading);

}  // namespace bytepath::fleet
