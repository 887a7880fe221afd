#include "net/server.h"

#ifdef BYTEPATH_HAS_LIBCURL
#include "libcurl/libcurl.h"
#include "net/http_request.h"
#endif

// A server that speaks HTTP: plain GETs or HEADs of one URL on a kept connection.
namespace bytepath::net {

#ifndef BYTEPATH_HAS_LIBCURL
Result<std::unique_ptr<Server>> make_http_server(const Url& url, const Options&, GoesOn) {
  return fail(ErrorKind::unsupported,
              fmt::format("{}: this tier-probe was built without libcurl", url.shown()),
              "install libcurl4-openssl-dev and build again");
}
#else
namespace {

class HttpServer final : public Server {
 public:
  HttpServer(Url url, const Options& options, GoesOn goes_on)
      : url_(std::move(url)), options_(options), request_(url_, options, std::move(goes_on)) {}

  Result<> open() override;
  bool takes_requests() const override { return !only_handshakes_; }
  ConnectionTimes connect_once() override;
  void ask(std::size_t count, std::vector<Answer>& answers) override;
  const ServerFacts& facts() const override { return facts_; }

 private:
  HttpRequest::Trusting trusting() const {
    return options_.insecure || only_handshakes_ ? HttpRequest::Trusting::everybody
                                                 : HttpRequest::Trusting::certificates;
  }
  Result<> look_at_certificates(long verify_result);

  Url url_;
  const Options& options_;
  ServerFacts facts_;
  HttpRequest request_;
  bool only_handshakes_ = false;
  std::uint64_t connections_ = 0;  // that requests were sent on
};

// What the server sends, on a connection that trusts it and asks for nothing. Such a one knows no
// roots: why it is not to be trusted is from the one that failed.
Result<> HttpServer::look_at_certificates(long verify_result) {
  const auto outcome = request_.connect(HttpRequest::Trusting::everybody);
  if (!outcome.error.empty()) {
    return fail(ErrorKind::unsupported, fmt::format("{}: {}", url_.shown(), outcome.error),
                "does it speak TLS on that port?");
  }
  facts_.chain = judge_chain(request_.certificates(), verify_result, false);
  return {};
}

Result<> HttpServer::open() {
  const auto outcome = request_.connect(HttpRequest::Trusting::certificates);
  if (outcome.error.empty()) {
    facts_.address = request_.address();
    if (url_.scheme == Scheme::https)
      facts_.chain = judge_chain(request_.certificates(), request_.verify_result(), true);
    return {};
  }
  if (!outcome.not_trusted) {
    return fail(ErrorKind::unsupported, fmt::format("{}: {}", url_.shown(), outcome.error),
                outcome.hint);
  }
  if (auto looked = look_at_certificates(request_.verify_result()); !looked) return looked;
  if (options_.insecure) return {};
  // This is what one wants to know, and handshakes can be timed without trust.
  only_handshakes_ = facts_.chain->trust == Trust::missing_intermediate;
  if (only_handshakes_) {
    facts_.not_measured.push_back({.what = fmt::format("requests to {}", url_.shown()),
                                   .reason = explain(*facts_.chain),
                                   .remedy = "--insecure sends them nevertheless; --cacert FILE "
                                             "where the issuer is a root of your own"});
    return {};
  }
  return fail(ErrorKind::unsupported, fmt::format("{}: {}", url_.shown(), explain(*facts_.chain)),
              "--cacert FILE names a certificate to trust, --insecure measures without trust");
}

ConnectionTimes HttpServer::connect_once() {
  const auto outcome = request_.connect(trusting());
  if (facts_.address.empty()) facts_.address = request_.address();
  auto times = request_.connection_times();
  times.error = outcome.error;
  if (url_.scheme != Scheme::https) times.tls.reset();
  return times;
}

void HttpServer::ask(std::size_t count, std::vector<Answer>& answers) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto outcome = request_.ask(trusting());
    Answer answer{.end = Clock::now(), .error = outcome.error};
    const std::uint64_t opened = request_.connections_opened();
    // The first is no second one.
    facts_.reconnections += connections_ == 0 && opened > 0 ? opened - 1 : opened;
    connections_ += opened;
    if (outcome.error.empty()) {
      auto reading = read_cache_headers(request_.headers());
      answer.tier = std::move(reading.tier);
      answer.evidence = std::move(reading.evidence);
      answer.served_by = std::move(reading.point_of_presence);
      answer.service = request_.total();
      answer.first_byte = request_.first_byte();
      answer.bytes = request_.body_bytes();
      if (request_.was_sent_again()) answer.error = "no answer, but one when sent again";
      facts_.protocol = request_.protocol();
      facts_.software = request_.software();
      facts_.address = request_.address();
    }
    answers.push_back(std::move(answer));
  }
}

}  // namespace

Result<std::unique_ptr<Server>> make_http_server(const Url& url, const Options& options,
                                                 GoesOn goes_on) {
  if (auto library = libcurl::available(); !library) return std::unexpected(library.error());
  return std::make_unique<HttpServer>(url, options, std::move(goes_on));
}
#endif

}  // namespace bytepath::net
