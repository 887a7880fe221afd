#include "net/certificate_chain.h"

#include <gtest/gtest.h>

namespace bytepath::net {
namespace {

// OpenSSL's numbers.
constexpr long ok = 0;
constexpr long expired = 10;
constexpr long self_signed = 18;
constexpr long self_signed_in_chain = 19;
constexpr long no_local_issuer = 20;
constexpr long not_verified = 21;

Certificate certificate(const char* subject, const char* issuer) {
  return {.subject = subject, .issuer = issuer, .valid_until = "", .issuer_location = ""};
}
const Certificate leaf = certificate("CN = leaf", "CN = intermediate");
const Certificate intermediate = certificate("CN = intermediate", "CN = root");
const Certificate root = certificate("CN = root", "CN = root");

// As libcurl 7.88 gives them of a server of openssl s_server.
TEST(CertificateChain, ReadsWhatLibcurlGives) {
  const auto read =
      read_certificate({"Subject:CN = localhost", "Issuer:C = XX, CN = Test Intermediate",
                        "Version:2", "Serial Number:1001", "X509v3 Basic Constraints:CA:FALSE",
                        "Authority Information Access:CA Issuers - URI:http://ca.example/i.crt\n",
                        "Expire date:Dec 26 17:00:00 2026 GMT", "nonsense"});
  EXPECT_EQ(read.subject, "CN = localhost");
  EXPECT_EQ(read.issuer, "C = XX, CN = Test Intermediate");
  EXPECT_EQ(read.valid_until, "Dec 26 17:00:00 2026 GMT");
  EXPECT_EQ(read.issuer_location, "http://ca.example/i.crt");
  EXPECT_FALSE(read.signs_itself());
}

TEST(CertificateChain, IsJudgedByWhereItLeads) {
  EXPECT_EQ(judge_chain({leaf, intermediate}, ok, true).trust, Trust::trusted);
  EXPECT_EQ(judge_chain({leaf, intermediate}, ok, false).trust, Trust::wrong_name);
  EXPECT_EQ(judge_chain({leaf, intermediate}, 1, false).trust, Trust::wrong_name);
  EXPECT_EQ(judge_chain({leaf}, no_local_issuer, false).trust, Trust::missing_intermediate);
  EXPECT_EQ(judge_chain({leaf}, not_verified, false).trust, Trust::missing_intermediate);
  EXPECT_EQ(judge_chain({leaf, intermediate}, no_local_issuer, false).trust, Trust::unknown_root);
  EXPECT_EQ(judge_chain({leaf, intermediate, root}, self_signed_in_chain, false).trust,
            Trust::unknown_root);
  EXPECT_EQ(judge_chain({root}, self_signed, false).trust, Trust::self_signed);
  EXPECT_EQ(judge_chain({leaf, intermediate}, expired, false).trust, Trust::expired);
  EXPECT_EQ(judge_chain({leaf}, 23, false).trust, Trust::refused) << "revoked";
  EXPECT_EQ(judge_chain({}, no_local_issuer, false).trust, Trust::refused);
}

TEST(CertificateChain, OtherCertificatesAreNoIntermediate) {
  const auto other = certificate("CN = other", "CN = root");
  EXPECT_EQ(judge_chain({leaf, other}, no_local_issuer, false).trust, Trust::missing_intermediate);
}

TEST(CertificateChain, InACircleEnds) {
  const auto one = certificate("CN = a", "CN = b");
  const auto two = certificate("CN = b", "CN = a");
  EXPECT_NE(judge_chain({one, two}, no_local_issuer, false).trust, Trust::trusted);
}

TEST(CertificateChain, IsExplained) {
  EXPECT_EQ(explain(judge_chain({leaf}, no_local_issuer, false)),
            "the certificate of CN = intermediate, which issued its own, was not sent");
  EXPECT_EQ(explain(judge_chain({leaf, intermediate}, no_local_issuer, false)),
            "its certificates lead to CN = root, which is not trusted here");
  for (const long result : {ok, expired, self_signed, 23L})
    EXPECT_NE(explain(judge_chain({}, result, false)), "");
}

}  // namespace
}  // namespace bytepath::net
