#pragma once
#include <string>
#include <string_view>
#include <vector>

// Whether the certificates that a server sends lead to one that is trusted here.
//
// A browser remembers intermediate certificates of other sites, and fetches missing ones: a server
// that sends its own only works there, and is refused by clients that do neither. Nothing is
// remembered or fetched here.
namespace bytepath::net {

struct Certificate {
  std::string subject;
  std::string issuer;
  std::string valid_until;
  std::string issuer_location;  // where its issuer's certificate can be fetched, or empty

  bool signs_itself() const { return subject == issuer; }
};

// From the lines "Name:value" that libcurl gives of one certificate (CURLINFO_CERTINFO).
Certificate read_certificate(const std::vector<std::string>& lines);

enum class Trust {
  trusted,
  missing_intermediate,  // the server's own certificate is all that leads anywhere
  self_signed,
  unknown_root,  // the chain is there, and nobody trusted is at its end
  expired,
  wrong_name,
  refused  // for another reason
};

struct Chain {
  std::vector<Certificate> sent;  // the server's own first
  Trust trust = Trust::refused;
};

// `verify_result` is OpenSSL's X509_V_ code, which CURLINFO_SSL_VERIFYRESULT gives; `accepted`:
// the client took the server as the one that it was called, too.
Chain judge_chain(std::vector<Certificate> sent, long verify_result, bool accepted);

// "its certificate is self-signed": the end of a sentence about the server.
std::string explain(const Chain& chain);
std::string_view name_of(Trust trust);

}  // namespace bytepath::net
