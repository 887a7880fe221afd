#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/descriptor.h"
#include "support/probes.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// tier-probe net as its user runs it, without a server that is well.
namespace bytepath::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Outcome net(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {probe_path("tier-probe"), "net"});
  return run({.arguments = std::move(arguments)});
}

// One line says what is wrong and with what, one more the way out.
void expect_refused(const std::vector<std::string>& arguments, const std::string& named,
                    int status = 2) {
  SCOPED_TRACE(testing::PrintToString(arguments));
  const auto outcome = net(arguments);
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, StartsWith("tier-probe: "));
  EXPECT_THAT(outcome.err.substr(0, outcome.err.find('\n')), HasSubstr(named));
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("\nhint: "));
}

// A port of this host: one that takes connections and never answers, or that nobody listens on.
class Port {
 public:
  explicit Port(bool listens) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    if (listens) {
      EXPECT_EQ(::listen(socket_.get(), 16), 0);
    }
    socklen_t size = sizeof(address);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    number_ = ntohs(address.sin_port);
  }
  std::string at(const std::string& before, const std::string& behind = "") const {
    return before + "127.0.0.1:" + std::to_string(number_) + behind;
  }

 private:
  Descriptor socket_;
  std::uint16_t number_ = 0;
};

TEST(TierProbeNet, RefusesWhatIsNoUrl) {
  expect_refused({"cache.example"}, "cache.example: not a URL");
  expect_refused({"ftp://cache.example/"}, "ftp://cache.example/: unknown scheme");
  expect_refused({"http://"}, "no host");
  expect_refused({"http://h:99999/"}, "no port");
  expect_refused({"redis://h/first"}, "no number of a database");
  expect_refused({"unix://h"}, "no path of a socket");
  expect_refused({"http://127.0.0.1:1/", "nonsense"}, "nonsense: not a URL");
  expect_refused({}, "URL");
}

TEST(TierProbeNet, RefusesOptionsThatMeasureNothing) {
  const std::string url = "http://127.0.0.1:1/";
  expect_refused({url, "-n", "0"}, "--requests: '0'");
  expect_refused({url, "--rate", "0"}, "--rate: '0'");
  expect_refused({url, "--rate", "1.5x"}, "--rate: '1.5x'");
  expect_refused({url, "--limit", "0"}, "--limit: '0'");
  expect_refused({url, "--rate", "5", "--limit", "5"}, "--limit");
  expect_refused({url, "--pipeline", "0"}, "--pipeline: '0'");
  expect_refused({url, "--timeout", "0"}, "--timeout: '0'");
  expect_refused({url, "--timeout", "2h"}, "--timeout: more than an hour");
  expect_refused({url, "--duration", "soon"}, "--duration: ");
  expect_refused({url, "--poisson"}, "--poisson");
  expect_refused({url, "--key", ""}, "--key");
  expect_refused({url, "--header", "no colon"}, "--header: one of them is not NAME: VALUE");
  expect_refused({url, "--resolve", "h:1"}, "--resolve: 'h:1'");
  expect_refused({url, "--cacert", "/nowhere/ca.pem"}, "--cacert: ");
}

TEST(TierProbeNet, CannotMeasureWhoDoesNotListen) {
  const Port nobody(false);
  for (const char* scheme : {"http://", "https://", "redis://"})
    expect_refused({nobody.at(scheme)}, nobody.at(scheme), 3);
  expect_refused({nobody.at("redis://")}, "Connection refused", 3);
  expect_refused({nobody.at("http://")}, "Connection refused", 3);
  expect_refused({"unix:///nowhere/redis.sock"}, "No such file or directory", 3);
  expect_refused({"rediss://127.0.0.1/"}, "TLS to RESP servers is not built in", 3);
}

TEST(TierProbeNet, CannotMeasureWhatHasNoAddress) {
  expect_refused({"http://no-such-host.invalid/"}, "http://no-such-host.invalid/: ", 3);
  expect_refused({"redis://no-such-host.invalid"}, "redis://no-such-host.invalid: ", 3);
}

TEST(TierProbeNet, WaitsForNobodyForEver) {
  const Port silent(true);
  const auto redis = net({silent.at("redis://"), "--timeout", "200ms"});
  EXPECT_EQ(redis.status, 3) << redis.err;
  EXPECT_THAT(redis.err, HasSubstr("timed out"));
  const auto tls = net({silent.at("https://", "/"), "--timeout", "200ms"});
  EXPECT_EQ(tls.status, 3) << tls.err;
  EXPECT_THAT(tls.err, HasSubstr("timed out"));
  const auto http = net({silent.at("http://", "/"), "--timeout", "50ms", "--connections", "0"});
  EXPECT_EQ(http.status, 4) << http.err;
  EXPECT_THAT(http.out, HasSubstr("timed out"));
  EXPECT_THAT(http.err, HasSubstr("none of 10 requests was answered well: timed out"));
}

TEST(TierProbeNet, ShowsNoSecretAnywhere) {
  const Port silent(true);
  const TemporaryFolder folder;
  std::vector<std::string> arguments = {silent.at("http://ann:s3cret@", "/path?token=s3cret"),
                                        "--timeout",
                                        "20ms",
                                        "--connections",
                                        "1",
                                        "--header",
                                        "Authorization: Bearer s3cret",
                                        "--header=X-Key:s3cret"};
  for (const char* suffix : {"txt", "json", "csv", "html", "md", "prom", "xml"})
    arguments.insert(arguments.end(), {"-o", folder.at(std::string("report.") + suffix)});
  const auto outcome = net(arguments);
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr("s3cret")));
  EXPECT_EQ(folder.names().size(), 7U);
  for (const auto& name : folder.names())
    EXPECT_THAT(folder.read(name), Not(HasSubstr("s3cret"))) << name;
  const auto document = result::from_json(folder.read("report.json"), "report.json");
  ASSERT_TRUE(document.has_value());
  EXPECT_THAT(document->arguments, testing::Contains(silent.at("http://", "/path?token=***")));
  EXPECT_THAT(document->arguments, testing::Contains("Authorization: ***"));
  EXPECT_THAT(document->arguments, testing::Contains("--header=X-Key: ***"));
}

TEST(TierProbeNet, ErrorsShowNoSecretEither) {
  const Port nobody(false);
  const std::string with = "ann:s3cret@";
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{nobody.at("redis://" + with)},
        {nobody.at("http://" + with, "/?t=s3cret")},
        {nobody.at("https://" + with, "/")},
        {"redis://ann:s3cret@no-such-host.invalid"},
        {"redis//ann:s3cret@host"},
        {"ftp://ann:s3cret@host"},
        {"http://h/", "--header", "s3cret"},
        {"http://h/", "--heder=X-Key: s3cret"},
        {"http://h/", "--rate", "0", "--header", "X-Key: s3cret"}}) {
    const auto outcome = net(arguments);
    EXPECT_NE(outcome.status, 0);
    EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr("s3cret")))
        << testing::PrintToString(arguments);
  }
}

}  // namespace
}  // namespace bytepath::test
