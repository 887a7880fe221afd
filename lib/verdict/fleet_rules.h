#pragma once
#include "result/document.h"

// Rules for probe-compare fleet: what the tables "groups", "fleet_findings" and "outlier_hosts"
// amount to.
namespace bytepath::verdict {

// Each adds the findings of one id.
void judge_fleet_outliers(result::Document& document);  // compare.fleet.outlier, one a group
void judge_fleet_findings(result::Document& document);  // compare.fleet.affected, one a finding
void judge_fleet_broken(result::Document& document);    // compare.fleet.broken

// The line to quote. verdict.state: "outliers" (of a group), "alike" (no host differs from its
// group by more than chance) or "not-known" (no group has enough hosts).
void judge_fleet(result::Document& document);

}  // namespace bytepath::verdict
