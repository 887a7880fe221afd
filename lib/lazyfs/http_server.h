#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "lazyfs/grid.h"
#include "lazyfs/pacer.h"

namespace bytepath::lazyfs {

struct HttpRequest {
  std::string method;                // "GET", "HEAD", "PUT"
  std::string path;                  // decoded, from its slash on
  std::optional<std::string> range;  // the Range header
  std::string body;                  // of a PUT
};

struct HttpResponse {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<const std::string> body;  // or
  std::shared_ptr<Descriptor> file;         // a part of this one
  Extent extent;
  Pacer* pacer = nullptr;  // the file's bytes go through it; outlives the server
};

// Serves HTTP/1.1 on 127.0.0.1, each connection by a thread of its own.
class HttpServer {
 public:
  using Handler = std::function<HttpResponse(HttpRequest)>;

  // port 0: any that is free. most_body: of a PUT, in bytes; of a longer one the connection ends.
  // handler is called in several threads. Error (usage: the port is taken).
  static Result<HttpServer> start(std::uint16_t port, std::uint64_t most_body, Handler handler);
  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) = delete;
  ~HttpServer();  // ends its connections

  std::uint16_t port() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The header that says for how many nanoseconds an answer was held back.
inline constexpr char injected_header[] = "X-Injected-Ns";

}  // namespace bytepath::lazyfs
