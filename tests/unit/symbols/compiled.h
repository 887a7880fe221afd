#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "code/elf_file.h"
#include "support/temporary_folder.h"
#include "symbols/source_lines.h"

namespace bytepath::symbols {

// Runs a shell command; false when it fails, as without a compiler.
inline bool run_shell(const std::string& command) {
  return std::system(("(" + command + ") >/dev/null 2>&1").c_str()) == 0;
}

// Programs that the compiler of this host makes, for one test.
class Compiled : public testing::Test {
 protected:
  // The path of a program that writes a byte, waits for one, and has functions at known lines:
  // hidden, which is local, at 2; copier at 3; main from 4 on. Empty: this host has no compiler for
  // it.
  std::string compile(const std::string& options, const std::string& name = "copier") {
    const std::string source = folder_.write(
        "copier.c",
        "#include <unistd.h>\n"
        "__attribute__((noinline)) static int hidden(int a) { return a * 3 + 1; }\n"
        "__attribute__((noinline)) int copier(int a) { return hidden(a) + hidden(a + 1); }\n"
        "int main(int count, char** words) {\n"
        "  return write(1, *words, 1) + read(0, *words, 1) + copier(count);\n"
        "}\n");
    const std::string path = folder_.at(name);
    return run_shell("cc " + options + " -o " + path + " " + source) ? path : "";
  }

  // Moves all that is not needed to run into another file; false without the tools for it.
  static bool separate(const std::string& path, const std::string& debug) {
    return run_shell("objcopy --only-keep-debug " + path + " " + debug + " && strip " + path);
  }

  static code::Symbol symbol_of(const std::string& path, const std::string& name) {
    const auto file = code::ElfFile::open(path);
    EXPECT_TRUE(file) << file.error().message;
    const auto symbol = file ? file->find_symbol(name) : std::nullopt;
    EXPECT_TRUE(symbol) << name;
    return symbol.value_or(code::Symbol{});
  }

  // What a build without libdw says instead of a line is nothing.
  static std::string line(const std::string& text) {
    const auto lines = SourceLines::open(Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
    return lines.error().message.contains("without libdw") ? "" : text;
  }

  test::TemporaryFolder folder_;
};

}  // namespace bytepath::symbols
