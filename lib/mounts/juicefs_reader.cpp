#include "base/text.h"
#include "mounts/log_readers.h"
#include "mounts/log_time.h"

namespace bytepath::mounts {
namespace {

constexpr std::int32_t input_output_error = -5;  // EIO: the log has it in words

// The text between two others, the first of each; nothing where one is missing.
std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view after) {
  const auto begin = text.find(before);
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + before.size());
  const auto end = text.find(after);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(0, end);
}

// "2021.01.15 08:26:11.003330 [uid:0,gid:0,pid:4403] read (17669,8666,4993160,12): OK (8666)
// <0.000010>" The time is that of the end; the fourth number and the bytes that came are in newer
// versions.
class JuicefsReader : public LogReader {
 public:
  LogLine take(std::string_view line, ImportBuilder& builder) override {
    if (trim(line).empty() || line == "#") return LogLine::other;  // "#": nothing for a second
    const auto bracket = line.find(" [");
    const auto end_ns = parse_log_time(line.substr(0, bracket));
    const auto caller = between(line, " [", "] ");
    const auto seconds = parse_seconds(between(line, " <", ">").value_or(""));
    if (!end_ns || !caller || !seconds) return LogLine::wrong;
    const std::string_view call = line.substr(line.find("] ") + 2);
    if (!call.starts_with("read (")) return LogLine::other;
    const auto arguments = between(call, "(", "): ");
    const auto status = between(call, "): ", " <");
    if (!arguments || !status) return LogLine::wrong;
    return take_read(*arguments, *status, *caller, *end_ns, *seconds, builder) ? LogLine::read
                                                                               : LogLine::wrong;
  }

 private:
  static bool take_read(std::string_view arguments, std::string_view status,
                        std::string_view caller, std::uint64_t end_ns, std::uint64_t used_ns,
                        ImportBuilder& builder) {
    const auto numbers = split(arguments, ',');
    if (numbers.size() < 3 || numbers.size() > 4) return false;
    const auto inode = parse_unsigned(numbers[0]);
    const auto bytes = parse_unsigned(numbers[1]);
    const auto offset = parse_unsigned(numbers[2]);
    if (!inode || !bytes || !offset || *bytes > UINT32_MAX) return false;
    ImportBuilder::Read read{.inode = *inode,
                             .offset = *offset,
                             .bytes = *bytes,
                             .begin_ns = end_ns - std::min(end_ns, used_ns),
                             .end_ns = end_ns,
                             .process = 0,
                             .error = status.starts_with("OK") ? 0 : input_output_error};
    if (!ImportBuilder::is_possible(read)) return false;
    const auto came = parse_unsigned(between(status, "(", ")").value_or(""));
    if (read.error == 0 && came && *came <= read.bytes) read.bytes = *came;
    const auto pid = caller.rfind("pid:");
    const auto process =
        pid == std::string_view::npos ? std::nullopt : parse_unsigned(caller.substr(pid + 4));
    if (process && *process <= UINT32_MAX) read.process = static_cast<std::uint32_t>(*process);
    builder.add(read);
    return true;
  }
};

}  // namespace

std::unique_ptr<LogReader> juicefs_reader() { return std::make_unique<JuicefsReader>(); }

}  // namespace bytepath::mounts
