#pragma once
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace bytepath::test {

// What the Trace Event Format (Google, catapult) asks of the kinds of events that are written.
inline void expect_valid_events(const nlohmann::json& events) {
  std::map<std::string, double> open;
  for (const auto& event : events) {
    const std::string phase = event.at("ph");
    EXPECT_TRUE(event.at("name").is_string());
    EXPECT_TRUE(event.at("pid").is_number_unsigned());
    EXPECT_TRUE(event.at("tid").is_number_unsigned());
    if (phase == "M") {
      EXPECT_TRUE(event.at("args").at("name").is_string());
      continue;
    }
    EXPECT_GE(event.at("ts").get<double>(), 0);
    if (phase == "X") {
      EXPECT_GE(event.at("dur").get<double>(), 0);
    } else if (phase == "C") {
      for (const auto& value : event.at("args")) EXPECT_TRUE(value.is_number());
    } else {
      const std::string key =
          event.at("cat").get<std::string>() + event.at("id").get<std::string>();
      if (phase == "b") {
        EXPECT_TRUE(open.emplace(key, event.at("ts").get<double>()).second) << key;
      } else {
        ASSERT_EQ(phase, "e");
        ASSERT_TRUE(open.contains(key)) << key;
        EXPECT_GE(event.at("ts").get<double>(), open[key]);
        open.erase(key);
      }
    }
  }
  EXPECT_TRUE(open.empty());
}

}  // namespace bytepath::test
