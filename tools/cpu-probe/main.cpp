// cpu-probe: what CPU is this, how do libc and the kernel copy here, what may this user trace.
#include "base/file.h"
#include "cli/probe.h"
#include "copy/micro_test.h"
#include "describe/copy_path_tables.h"
#include "describe/cpu_tables.h"
#include "describe/doctor_table.h"
#include "describe/host_facts.h"
#include "host/cpuid_dump.h"

namespace bytepath {
namespace {

struct Options {
  std::uint64_t pid = 0;
  std::string root;
  std::string cpuid_dump;
  std::string dump_cpuid;
  bool no_measure = false;
};

// The error with the option that it is about, and a way out where it has none. A name that is wrong
// is a mistake of the command line, as it is for --replay.
std::unexpected<Error> about(std::string_view option, Error error, std::string_view hint) {
  error.message = fmt::format("{}: {}", option, error.message);
  if (error.kind == ErrorKind::failed) error.kind = ErrorKind::usage;
  if (error.hint.empty()) error.hint = hint;
  return std::unexpected(std::move(error));
}

// A recorded dump says nothing of this host's libc and kernel, so nothing of them is reported.
Result<result::Document> decode_dump(const std::string& path) {
  auto text = read_file(path, host::max_dump_bytes);
  if (!text)
    return about("--cpuid-dump", std::move(text).error(),
                 "give the output of 'cpuid -r', or what --dump-cpuid wrote");
  BYTEPATH_TRY(dump, host::parse_dump(*text, path));
  result::Document document;
  document.parameters["cpuid_dump"] = path;
  const auto facts = host::decode(dump);
  describe::add_cpu_tables(document, facts, std::nullopt);
  describe::add_cpu(document, facts);
  document.not_measured.push_back({.what = "whether rep movsb is slow at some offsets",
                                   .reason = "a dump tells what a processor is, not how fast",
                                   .remedy = "run cpu-probe on that host"});
  return document;
}

Result<host::LibcCopyPath> chosen_libc(const Options& options, const describe::HostFacts& facts) {
  if (options.pid != 0) return host::read_process_libc(static_cast<pid_t>(options.pid));
  if (!options.root.empty()) {
    auto libc = host::read_root_libc(Root{options.root});
    if (libc) return libc;
    return about("--root", std::move(libc).error(), "give the folder that has its lib or usr/lib");
  }
  if (facts.libc) return *facts.libc;
  return fail(ErrorKind::unsupported, "the C library was not read");
}

Result<> write_dump(const std::string& path) {
  if (path == "-") {
    return fail(ErrorKind::usage, "--dump-cpuid: '-' is no file",
                "give a name; /dev/stdout, or ./- for a file of that name");
  }
  BYTEPATH_TRY(live, host::read_live_cpuid());
  auto written = write_file(path, host::format_dump(live.dump));
  // A file that may not be written is a failure, not a host that cannot be measured.
  if (!written) written.error().kind = ErrorKind::failed;
  return written;
}

Result<result::Document> examine(const Options& options) {
  if (!options.cpuid_dump.empty()) return decode_dump(options.cpuid_dump);
  if (!options.dump_cpuid.empty()) {
    if (auto written = write_dump(options.dump_cpuid); !written) {
      return std::unexpected(written.error());
    }
  }
  result::Document document;
  const auto facts = describe::read_host(document);
  describe::add_host(document, facts);
  if (facts.cpu) describe::add_cpu_tables(document, *facts.cpu, facts.cpuinfo);
  const bool other_program = options.pid != 0 || !options.root.empty();
  if (other_program || facts.libc) {
    BYTEPATH_TRY(libc, chosen_libc(options, facts));
    describe::add_libc_parameters(document, libc);
    describe::add_libc_tables(document, libc);
  }
  describe::add_kernel_parameters(document, *facts.kernel);
  describe::add_kernel_tables(document, *facts.kernel);
  if (options.no_measure) {
    document.not_measured.push_back({.what = "whether rep movsb is slow at some offsets",
                                     .reason = "--no-measure was given",
                                     .remedy = "leave --no-measure out"});
    return document;
  }
  if (auto measured = copy::micro_test(document); !measured) {
    document.not_measured.push_back({.what = "whether rep movsb is slow at some offsets",
                                     .reason = measured.error().message,
                                     .remedy = measured.error().hint});
  }
  return document;
}

Result<result::Document> doctor(const Options& options) {
  if (options.pid != 0 || !options.root.empty() || !options.cpuid_dump.empty() ||
      !options.dump_cpuid.empty() || options.no_measure) {
    return fail(ErrorKind::usage, "doctor: takes no options but those of the report",
                "leave the other options out");
  }
  result::Document document;
  describe::add_host(document, describe::read_host(document));
  document.not_measured.clear();  // the table says the same and more
  describe::add_doctor(document, host::examine());
  return document;
}

}  // namespace
}  // namespace bytepath

int main(int argc, char** argv) {
  using namespace bytepath;
  Options options;
  cli::Probe probe(
      {.name = "cpu-probe",
       .summary = "What CPU is this, how do libc and the kernel copy here, what may be traced.",
       .description =
           "Decodes CPUID, reads the copy path of the C library and of the running kernel, and "
           "decides by a test of 20 ms whether rep movsb is slow at some offsets here.",
       .examples = {{"cpu-probe", "this host, with the verdict"},
                    {"cpu-probe --pid 4711", "the C library's thresholds in force in a process"},
                    {"cpu-probe --root /srv/image", "the C library of an unpacked image"},
                    {"cpu-probe --cpuid-dump other-host.cpuid", "a recorded dump"},
                    {"cpu-probe doctor",
                     "what this user can measure and trace, and what would enable the rest"}}});
  constexpr std::uint64_t largest_pid = 4194304;  // PID_MAX_LIMIT, linux/threads.h
  probe.main([&](const cli::Context&) { return examine(options); })
      .number("--pid", options.pid, "the C library of this process instead of our own", 1,
              largest_pid)
      .text("--root", options.root, "DIR", "the C library below DIR, a container's or image's root")
      .text("--cpuid-dump", options.cpuid_dump, "FILE", "decode a dump (cpuid -r or AIDA64 form)")
      .text("--dump-cpuid", options.dump_cpuid, "FILE", "also write this host's raw CPUID to FILE")
      .flag("--no-measure", options.no_measure, "no micro-test; the verdict is then \"not known\"")
      .exclusive("--pid", "--root")
      .exclusive("--cpuid-dump", "--pid")
      .exclusive("--cpuid-dump", "--root")
      .exclusive("--cpuid-dump", "--dump-cpuid")
      .exclusive("--dump-cpuid", "--replay");
  probe.command("doctor", "what this user can measure and trace here",
                [&](const cli::Context&) { return doctor(options); });
  return probe.execute(argc, argv);
}
