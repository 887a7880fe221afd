#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "result/document.h"
#include "support/process.h"

// What a probe wrote with --json -.
namespace bytepath::test {

inline result::Document document_of(const Outcome& outcome) {
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  auto document = result::from_json(outcome.out, "standard output");
  EXPECT_TRUE(document.has_value()) << outcome.out.substr(0, 400);
  return document ? *std::move(document) : result::Document{};
}

inline result::Value parameter_of(const result::Document& document, const std::string& name) {
  const auto found = document.parameters.find(name);
  return found == document.parameters.end() ? result::Value{} : found->second;
}

inline bool says_not_measured(const result::Document& document, const std::string& what) {
  return std::ranges::any_of(document.not_measured, [&](const result::NotMeasured& each) {
    return each.what.find(what) != std::string::npos && !each.reason.empty();
  });
}

}  // namespace bytepath::test
