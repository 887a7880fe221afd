#include "host/kernel_facts.h"

#include <gmock/gmock.h>

#include "unit/host/temporary_root.h"

namespace bytepath::host {
namespace {

using testing::ElementsAre;

TEST(KernelFacts, ReadsAHost) {
  TemporaryRoot files;
  files.write("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor erms\n");
  files.write("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  files.write("/proc/version", "Linux version 6.1.0-18-amd64 (gcc)\n");
  files.write("/proc/cmdline", "quiet mitigations=off clearcpuid=fsrm -- tsc=ignored\n");
  files.write("/proc/self/status", "Name:\tcat\n");
  files.write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  files.write("/sys/class/dmi/id/sys_vendor", "QEMU\n");
  files.write("/sys/class/dmi/id/product_name", "Standard PC\n");
  files.write("/usr/lib/os-release", "PRETTY_NAME='Some Linux 3'\n");
  const auto facts = read_kernel_facts(files.root());
  EXPECT_EQ(facts.release, "6.1.0-18-amd64");
  EXPECT_EQ(facts.version, "Linux version 6.1.0-18-amd64 (gcc)");
  EXPECT_THAT(facts.command_line, ElementsAre("mitigations=off", "clearcpuid=fsrm"));
  EXPECT_EQ(facts.lockdown, Lockdown::integrity);
  EXPECT_EQ(facts.operating_system, "Some Linux 3");
  EXPECT_TRUE(facts.virtual_machine);
  EXPECT_EQ(facts.hypervisor, "QEMU Standard PC");
  EXPECT_EQ(facts.container.kind, "");
}

TEST(KernelFacts, FirmwareOfARealMachineIsNoHypervisor) {
  TemporaryRoot files;
  files.write("/proc/cpuinfo", "flags\t\t: fpu hypervisor2\n");
  files.write("/sys/class/dmi/id/sys_vendor", "LENOVO\n");
  const auto facts = read_kernel_facts(files.root());
  EXPECT_FALSE(facts.virtual_machine);
  EXPECT_EQ(facts.hypervisor, "");
}

TEST(KernelFacts, AnEmptyRootGivesEmptyFacts) {
  const auto facts = read_kernel_facts(Root{"/nonexistent"});
  EXPECT_EQ(facts.release, "");
  EXPECT_EQ(facts.lockdown, Lockdown::unknown);
  EXPECT_TRUE(facts.command_line.empty());
}

TEST(KernelFacts, ReadsLockdown) {
  EXPECT_EQ(parse_lockdown("[none] integrity confidentiality"), Lockdown::none);
  EXPECT_EQ(parse_lockdown("none integrity [confidentiality]"), Lockdown::confidentiality);
  EXPECT_EQ(parse_lockdown("none integrity"), Lockdown::unknown);
}

TEST(KernelFacts, ParameterNamesAreMatchedWhole) {
  EXPECT_THAT(relevant_parameters("tsc=reliable tscx=1 nosmt root=/dev/sda1 xtsc=1"),
              ElementsAre("tsc=reliable", "nosmt"));
}

TEST(KernelFacts, OsReleaseValuesLoseTheirQuotes) {
  constexpr auto text = "NAME=\"A\"\nPRETTY_NAME=\"A B\"\nVERSION_ID=12\nBROKEN=\"\n";
  EXPECT_EQ(os_release_value(text, "PRETTY_NAME"), "A B");
  EXPECT_EQ(os_release_value(text, "VERSION_ID"), "12");
  EXPECT_EQ(os_release_value(text, "BROKEN"), "\"");
  EXPECT_FALSE(os_release_value(text, "ID"));
}

TEST(FindContainer, NamesWhatTold) {
  struct Case {
    const char* path;
    std::string content;
    const char* kind;
  };
  for (const auto& one :
       {Case{"/run/.containerenv", "", "podman"}, Case{"/.dockerenv", "", "docker"},
        Case{"/run/systemd/container", "lxc\n", "lxc"},
        Case{"/proc/1/environ", std::string("A=b\0container=systemd-nspawn\0", 28),
             "systemd-nspawn"},
        Case{"/proc/self/cgroup", "0::/kubepods.slice/pod1/x\n", "kubernetes"},
        Case{"/proc/self/cgroup", "4:memory:/docker/0123\n", "docker"}}) {
    TemporaryRoot files;
    files.write("/proc/self/status", "Name:\tcat\n");
    files.write("/proc/2/comm", "sh\n");
    EXPECT_EQ(find_container(files.root()).kind, "");
    files.write(one.path, one.content);
    const auto found = find_container(files.root());
    EXPECT_EQ(found.kind, one.kind);
    EXPECT_THAT(found.how, testing::HasSubstr(one.path));
    EXPECT_FALSE(found.sees_host_processes);
    files.write("/proc/2/comm", "kthreadd\n");
    EXPECT_TRUE(find_container(files.root()).sees_host_processes);
  }
}

}  // namespace
}  // namespace bytepath::host
