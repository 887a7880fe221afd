#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "net/cache_headers.h"
#include "net/server.h"

// libcurl, which is used nowhere else here. One of these keeps its connection from request to
// request, and what it has read of the certificates that are trusted here.
namespace bytepath::net {

class HttpRequest {
 public:
  // The URL and the options outlive it.
  HttpRequest(const Url& url, const Options& options, GoesOn goes_on);
  HttpRequest(const HttpRequest&) = delete;
  HttpRequest& operator=(const HttpRequest&) = delete;
  ~HttpRequest();

  enum class Trusting { certificates, everybody };
  struct Outcome {
    std::string error;  // else empty; the same for the same reason
    std::string hint;
    bool not_trusted = false;
  };

  // Connects anew, with a handshake for TLS, sends no request, and closes the connection.
  Outcome connect(Trusting trusting);
  // Sends the request and receives the answer, of which a status from 400 on is an error.
  Outcome ask(Trusting trusting);

  // Of the last connect().
  ConnectionTimes connection_times() const;
  std::vector<Certificate> certificates() const;
  long verify_result() const;
  // Of the last ask().
  std::chrono::nanoseconds first_byte() const;  // both from the sending on
  std::chrono::nanoseconds total() const;
  std::uint64_t body_bytes() const { return body_bytes_; }
  const std::vector<Header>& headers() const { return headers_; }  // those about caches
  const std::string& software() const { return software_; }
  std::string protocol() const;
  std::uint64_t connections_opened() const;
  // A kept connection ended instead of an answer: libcurl then sends the request once more.
  bool was_sent_again() const { return sent_again_; }
  // Of either.
  std::string address() const;

 private:
  void prepare(Trusting trusting);
  Outcome perform();
  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);

  const Url& url_;
  const Options& options_;
  GoesOn goes_on_;
  std::string plain_;
  void* transfers_;               // CURLM*
  void* handle_;                  // CURL*
  void* header_list_ = nullptr;   // curl_slist*
  void* resolve_list_ = nullptr;  // curl_slist*
  std::vector<Header> headers_;
  std::string software_;
  std::uint64_t body_bytes_ = 0;
  long request_bytes_ = 0;  // of one sent once
  bool sent_again_ = false;
};

}  // namespace bytepath::net
