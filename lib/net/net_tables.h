#pragma once
#include <string>
#include <vector>

#include "net/measure.h"
#include "result/document.h"

// The tables about servers beside those of their tiers, and their metrics.
namespace bytepath::net {

void add_servers_table(result::Document& document, const std::vector<Measured>& servers);
// With the medians of service and response times over all tiers.
void add_requests_table(result::Document& document, const std::vector<Measured>& servers);
// Name lookup, connect and TLS of new connections; the first byte on a kept one.
void add_phases_table(result::Document& document, const Measured& server, std::string name);
void add_served_by_table(result::Document& document, const std::vector<Measured>& servers);
void add_errors_table(result::Document& document, const std::vector<Measured>& servers);
void add_certificates_table(result::Document& document, const std::vector<Measured>& servers);
// The metric time_per_request of batches.
void add_time_per_request(result::Document& document, const Load& load,
                          const result::Labels& labels);

}  // namespace bytepath::net
