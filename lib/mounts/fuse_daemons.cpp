#include "mounts/fuse_daemons.h"

#include <arpa/inet.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::mounts {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view established = "01";  // TCP_ESTABLISHED, include/net/tcp_states.h

// An address is written as words of four bytes, each as a number of this host.
std::optional<std::string> address_of(std::string_view text) {
  constexpr std::size_t digits = 8;
  std::array<std::uint32_t, 4> words{};
  if (text.size() != digits && text.size() != digits * words.size()) return std::nullopt;
  for (std::size_t i = 0; i * digits < text.size(); ++i) {
    const auto word = parse_unsigned(text.substr(i * digits, digits), 16);
    if (!word) return std::nullopt;
    words.at(i) = static_cast<std::uint32_t>(*word);
  }
  const int family = text.size() == digits ? AF_INET : AF_INET6;
  std::array<char, INET6_ADDRSTRLEN> plain{};
  inet_ntop(family, words.data(), plain.data(), plain.size());
  return std::string(plain.data());
}

// "socket:[4711]" is 4711.
std::optional<std::uint64_t> socket_inode(const fs::path& link) {
  std::error_code error;
  const std::string target = fs::read_symlink(link, error).string();
  constexpr std::string_view begin = "socket:[";
  if (error || !target.starts_with(begin) || !target.ends_with(']')) return std::nullopt;
  return parse_unsigned(
      std::string_view(target).substr(begin.size(), target.size() - begin.size() - 1));
}

bool serves(const fs::path& process, const std::string& descriptor, std::uint64_t connection) {
  std::error_code error;
  if (fs::read_symlink(process / "fd" / descriptor, error) != "/dev/fuse" || error) return false;
  const auto info = read_file((process / "fdinfo" / descriptor).string());
  if (!info) return false;
  for (const auto line : split(*info, '\n')) {
    const auto fields = words(line);
    if (fields.size() == 2 && fields[0] == "fuse_connection:")
      return parse_unsigned(fields[1]) == connection;
  }
  return false;
}

std::vector<Peer> peers_of(const fs::path& process) {
  std::map<std::uint64_t, Peer> known;
  for (const char* name : {"net/tcp", "net/tcp6"}) {
    const auto text = read_file((process / name).string());
    if (text) known.merge(peers_from_text(*text));
  }
  std::vector<Peer> peers;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(process / "fd", error)) {
    const auto inode = socket_inode(entry.path());
    const auto at = inode ? known.find(*inode) : known.end();
    if (at == known.end()) continue;
    const auto same = [&](const Peer& peer) {
      return peer.address == at->second.address && peer.port == at->second.port;
    };
    if (std::ranges::none_of(peers, same)) peers.push_back(at->second);
  }
  return peers;
}

}  // namespace

std::map<std::uint64_t, Peer> peers_from_text(std::string_view text) {
  constexpr std::size_t remote_field = 2;
  constexpr std::size_t state_field = 3;
  constexpr std::size_t inode_field = 9;
  std::map<std::uint64_t, Peer> peers;
  for (const auto line : split(text, '\n')) {
    const auto fields = words(line);
    if (fields.size() <= inode_field || fields[state_field] != established) continue;
    const auto colon = fields[remote_field].find(':');
    if (colon == std::string_view::npos) continue;
    const auto address = address_of(fields[remote_field].substr(0, colon));
    const auto port = parse_unsigned(fields[remote_field].substr(colon + 1), 16);
    const auto inode = parse_unsigned(fields[inode_field]);
    if (!address || !port || *port > UINT16_MAX || !inode) continue;
    peers[*inode] = {.family = address->contains(':') ? "inet6" : "inet",
                     .address = *address,
                     .port = static_cast<std::uint16_t>(*port)};
  }
  return peers;
}

FuseDaemons daemons_of(std::uint64_t device, const Root& root) {
  FuseDaemons found;
  const std::uint64_t connection = gnu_dev_minor(device);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root.at("/proc"), error)) {
    const auto number = parse_unsigned(entry.path().filename().string());
    if (!number || *number > UINT32_MAX) continue;
    std::error_code denied;
    bool is_daemon = false;
    for (const auto& descriptor : fs::directory_iterator(entry.path() / "fd", denied)) {
      is_daemon |= serves(entry.path(), descriptor.path().filename().string(), connection);
    }
    if (denied == std::errc::permission_denied) ++found.hidden;
    if (!is_daemon) continue;
    found.daemons.push_back({.process = static_cast<std::uint32_t>(*number),
                             .name = read_line_or((entry.path() / "comm").string(), ""),
                             .peers = peers_of(entry.path())});
  }
  std::ranges::sort(found.daemons, {}, &FuseDaemon::process);
  return found;
}

}  // namespace bytepath::mounts
