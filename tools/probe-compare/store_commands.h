#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "cli/probe.h"

namespace bytepath::probe_compare {

struct StoreOptions {
  std::vector<std::string> files;  // to be filed, or the one to show
  std::string folder = ".probe";
  std::string branch;
  std::string machine;
  std::string suite;
  std::string commit;
  std::string benchmark;
  std::string metric = "wall";
  std::optional<std::uint64_t> keep;
  std::chrono::nanoseconds older_than{};
  std::optional<double> step;  // percent
  bool dry = false;
};

Result<result::Document> store_files(const StoreOptions& options);
Result<result::Document> list_store(const StoreOptions& options);
Result<result::Document> show_entry(const StoreOptions& options);
Result<result::Document> prune_store(const StoreOptions& options);
Result<result::Document> show_history(const StoreOptions& options);

}  // namespace bytepath::probe_compare
