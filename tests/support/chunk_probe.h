#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/probes.h"
#include "support/process.h"

// The built chunk-probe as its user runs it.
namespace bytepath::test {

inline Outcome chunk_probe(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), probe_path("chunk-probe"));
  return run({.arguments = std::move(arguments)});
}

// One line says what is wrong, and names it; one may follow with the way out.
inline void expect_refused(const std::vector<std::string>& arguments, const std::string& named,
                           int status = 2) {
  SCOPED_TRACE(testing::PrintToString(arguments));
  const auto outcome = chunk_probe(arguments);
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, testing::StartsWith("chunk-probe: "));
  EXPECT_THAT(outcome.err.substr(0, outcome.err.find('\n')), testing::HasSubstr(named));
  EXPECT_LE(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
  if (status == 2) {
    EXPECT_THAT(outcome.err, testing::HasSubstr("\nhint: "));
  }
}

}  // namespace bytepath::test
