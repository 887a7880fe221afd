#pragma once
#include "result/document.h"

// What tier-probe net says about servers.
namespace bytepath::verdict {

void judge_certificate_chains(result::Document& document);
void judge_net_errors(result::Document& document);
void judge_uncached(result::Document& document);
void judge_unheld_rate(result::Document& document);
void judge_net(result::Document& document);

}  // namespace bytepath::verdict
