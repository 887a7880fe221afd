#include "net/certificate_chain.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace bytepath::net {
namespace {

// Of openssl/x509_vfy.h, whose numbers are part of its interface.
constexpr long verified = 0;
// Of libcurl: the handshake went well, and the name was wrong before anybody asked for the code.
constexpr long not_asked = 1;
constexpr long no_issuer = 2;
constexpr long not_yet_valid = 9;
constexpr long has_expired = 10;
constexpr long self_signed_leaf = 18;
constexpr long self_signed_in_chain = 19;
constexpr long no_local_issuer = 20;
constexpr long leaf_not_verified = 21;
constexpr long other_host = 62;
constexpr long other_address = 64;

// The certificate at the end of the way from the server's own over issuers that were sent.
const Certificate& end_of(const std::vector<Certificate>& sent) {
  const Certificate* at = &sent.front();
  // Each step goes to another certificate, so that a circle ends too.
  for (std::size_t steps = 0; steps < sent.size() && !at->signs_itself(); ++steps) {
    const auto issuer = std::ranges::find(sent, at->issuer, &Certificate::subject);
    if (issuer == sent.end()) break;
    at = &*issuer;
  }
  return *at;
}

Trust trust_of(const std::vector<Certificate>& sent, long result, bool accepted) {
  if (result == verified) return accepted ? Trust::trusted : Trust::wrong_name;
  if (result == not_asked || result == other_host || result == other_address)
    return Trust::wrong_name;
  if (result == not_yet_valid || result == has_expired) return Trust::expired;
  if (result == self_signed_leaf) return Trust::self_signed;
  if (result == self_signed_in_chain) return Trust::unknown_root;
  const bool issuer_unknown =
      result == no_issuer || result == no_local_issuer || result == leaf_not_verified;
  if (!issuer_unknown || sent.empty()) return Trust::refused;
  if (sent.front().signs_itself()) return Trust::self_signed;
  return &end_of(sent) == &sent.front() ? Trust::missing_intermediate : Trust::unknown_root;
}

}  // namespace

Certificate read_certificate(const std::vector<std::string>& lines) {
  Certificate certificate;
  for (const std::string_view line : lines) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = line.substr(0, colon);
    const std::string value = in_one_line(std::string(trim(line.substr(colon + 1))));
    if (name == "Subject") certificate.subject = value;
    if (name == "Issuer") certificate.issuer = value;
    if (name == "Expire date") certificate.valid_until = value;
    if (name == "Authority Information Access") {
      constexpr std::string_view before = "CA Issuers - URI:";
      const auto at = value.find(before);
      if (at != std::string::npos) {
        const auto rest = value.substr(at + before.size());
        certificate.issuer_location = rest.substr(0, rest.find(' '));
      }
    }
  }
  return certificate;
}

Chain judge_chain(std::vector<Certificate> sent, long verify_result, bool accepted) {
  Chain chain{.sent = std::move(sent)};
  chain.trust = trust_of(chain.sent, verify_result, accepted);
  return chain;
}

std::string explain(const Chain& chain) {
  switch (chain.trust) {
    case Trust::trusted:
      return "its certificate is trusted";
    case Trust::missing_intermediate:
      return fmt::format("the certificate of {}, which issued its own, was not sent",
                         chain.sent.front().issuer);
    case Trust::self_signed:
      return "its certificate is self-signed, and not trusted here";
    case Trust::unknown_root:
      return fmt::format("its certificates lead to {}, which is not trusted here",
                         chain.sent.empty() ? "a root" : end_of(chain.sent).issuer);
    case Trust::expired:
      return fmt::format("its certificate is not valid now, but until {}",
                         chain.sent.empty() ? "another day" : chain.sent.front().valid_until);
    case Trust::wrong_name:
      return "its certificate is for another name";
    case Trust::refused:
      break;
  }
  return "its certificate is refused";
}

std::string_view name_of(Trust trust) {
  switch (trust) {
    case Trust::trusted:
      return "trusted";
    case Trust::missing_intermediate:
      return "missing intermediate";
    case Trust::self_signed:
      return "self-signed";
    case Trust::unknown_root:
      return "unknown root";
    case Trust::expired:
      return "expired";
    case Trust::wrong_name:
      return "wrong name";
    case Trust::refused:
      break;
  }
  return "refused";
}

}  // namespace bytepath::net
