#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/probes.h"
#include "support/process.h"
#include "support/temporary_folder.h"

// The built run-probe as its user runs it.
namespace bytepath::test {

inline Outcome run_probe(std::vector<std::string> arguments, Command command = {}) {
  arguments.insert(arguments.begin(), probe_path("run-probe"));
  command.arguments = std::move(arguments);
  return run(command);
}

// Pretended commands: the facts of a session without its noise.
inline Outcome pretend(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "--debug-mode");
  return run_probe(std::move(arguments));
}

// Null where the text is no JSON.
inline nlohmann::json json_of(const std::string& text) {
  auto parsed = nlohmann::json::parse(text, nullptr, false);
  EXPECT_FALSE(parsed.is_discarded()) << text.substr(0, 400);
  return parsed.is_discarded() ? nlohmann::json() : parsed;
}

// A session that must succeed, as its JSON; --export-json is added.
inline nlohmann::json session_json(std::vector<std::string> arguments, Command command = {}) {
  arguments.insert(arguments.begin(), {"--style", "none", "--export-json", "-"});
  const auto outcome = run_probe(std::move(arguments), std::move(command));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return outcome.status == 0 ? json_of(outcome.out) : nlohmann::json();
}

// The document's metric of one command, counted from 1.
inline nlohmann::json metric_of(const nlohmann::json& session, const std::string& name,
                                const std::string& number = "1") {
  for (const auto& metric : session.at("bytepath").at("metrics")) {
    if (metric["name"] == name && metric["labels"]["number"] == number) return metric;
  }
  ADD_FAILURE() << "no metric " << name << " of command " << number;
  return nlohmann::json();
}

}  // namespace bytepath::test
