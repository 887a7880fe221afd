#pragma once
#include <gtest/gtest.h>

#include <string>

#include "tests/support/weights_files.h"
#include "weights/format.h"

namespace bytepath::test {

// The model of a file in memory.
inline Result<weights::Model> read_weights(const std::string& path, const std::string& content,
                                           const MemoryFiles& others = {},
                                           const weights::OpenOptions& options = {}) {
  const weights::MemorySource source(path, std::as_bytes(std::span(content)));
  return weights::read_model(source, others.opener(), options);
}

// That a file is refused in one line that names it and contains `reason`, with a way out.
inline void expect_refused(const Result<weights::Model>& model, const std::string& path,
                           const std::string& reason) {
  ASSERT_FALSE(model) << "read, and should be refused: " << reason;
  const Error& error = model.error();
  EXPECT_EQ(error.kind, ErrorKind::usage) << error.message;
  EXPECT_TRUE(error.message.starts_with("cannot read " + path + ": ")) << error.message;
  EXPECT_NE(error.message.find(reason), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
  EXPECT_FALSE(error.hint.empty()) << error.message;
}

}  // namespace bytepath::test
