#include "lazyfs/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace bytepath::lazyfs {

namespace {

struct Service {
  HttpServer::Handler handler;
  std::uint64_t most_body;
};

constexpr std::size_t block = 256U << 10U;  // that a paced answer is sent in

struct Upload {
  std::string body;
};

// A file that is sent no faster than its pacer lets it.
struct PacedFile {
  std::shared_ptr<Descriptor> file;
  std::uint64_t offset;
  Pacer* pacer;
};

ssize_t read_paced(void* context, std::uint64_t position, char* buffer, std::size_t most) {
  const auto& paced = *static_cast<PacedFile*>(context);
  const ssize_t got = ::pread(paced.file->get(), buffer, std::min(most, block),
                              static_cast<off_t>(paced.offset + position));
  if (got <= 0) return MHD_CONTENT_READER_END_WITH_ERROR;
  const auto done =
      paced.pacer->send(static_cast<std::uint64_t>(got), std::chrono::steady_clock::now());
  std::this_thread::sleep_until(done);
  return got;
}

MHD_Response* make_response(const HttpResponse& answer) {
  const std::uint64_t length = answer.extent.length;
  if (answer.file && answer.pacer != nullptr) {
    auto paced = std::make_unique<PacedFile>(
        PacedFile{.file = answer.file, .offset = answer.extent.offset, .pacer = answer.pacer});
    return MHD_create_response_from_callback(
        length, block, read_paced, paced.release(),
        [](void* context) { delete static_cast<PacedFile*>(context); });
  }
  if (answer.file) {
    // The response closes its descriptor.
    const int file = ::fcntl(answer.file->get(), F_DUPFD_CLOEXEC, 0);
    return file < 0 ? nullptr
                    : MHD_create_response_from_fd_at_offset64(length, file, answer.extent.offset);
  }
  using Body = std::shared_ptr<const std::string>;
  auto kept = std::make_unique<Body>(answer.body ? answer.body : std::make_shared<std::string>());
  const std::string& body = **kept;
  // It is only read.
  return MHD_create_response_from_buffer_with_free_callback_cls(
      body.size(), const_cast<char*>(body.data()),
      [](void* context) { delete static_cast<Body*>(context); }, kept.release());
}

MHD_Result answer_request(void* context, MHD_Connection* connection, const char* url,
                          const char* method, const char* /*version*/, const char* upload_data,
                          std::size_t* upload_size, void** state) {
  const auto& [handler, most_body] = *static_cast<const Service*>(context);
  if (*state == nullptr) {  // the headers are there
    *state = new Upload;
    return MHD_YES;
  }
  auto& upload = *static_cast<Upload*>(*state);
  if (*upload_size > 0) {
    if (*upload_size > most_body - upload.body.size()) return MHD_NO;
    upload.body.append(upload_data, *upload_size);
    *upload_size = 0;
    return MHD_YES;
  }
  const char* range = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Range");
  const HttpResponse answer =
      handler({.method = method,
               .path = url,
               .range = range == nullptr ? std::nullopt : std::optional<std::string>(range),
               .body = std::move(upload.body)});
  MHD_Response* response = make_response(answer);
  if (response == nullptr) return MHD_NO;
  for (const auto& [name, value] : answer.headers) {
    MHD_add_response_header(response, name.c_str(), value.c_str());
  }
  const auto queued = MHD_queue_response(connection, answer.status, response);
  MHD_destroy_response(response);
  return queued;
}

void end_request(void* /*context*/, MHD_Connection* /*connection*/, void** state,
                 MHD_RequestTerminationCode /*why*/) {
  delete static_cast<Upload*>(*state);
  *state = nullptr;
}

}  // namespace

struct HttpServer::Impl {
  Service service;
  MHD_Daemon* daemon = nullptr;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() {
  if (impl_ && impl_->daemon != nullptr) MHD_stop_daemon(impl_->daemon);
}

Result<HttpServer> HttpServer::start(std::uint16_t port, std::uint64_t most_body, Handler handler) {
  auto impl = std::make_unique<Impl>(
      Impl{.service = {.handler = std::move(handler), .most_body = most_body}});
  sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  constexpr std::size_t memory = 512U << 10U;  // of a connection: its header and one block
  impl->daemon = MHD_start_daemon(
      MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL, port, nullptr,
      nullptr, answer_request, &impl->service, MHD_OPTION_SOCK_ADDR, &address,
      MHD_OPTION_NOTIFY_COMPLETED, end_request, nullptr, MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory,
      MHD_OPTION_END);
  if (impl->daemon == nullptr) {
    const int error = errno;
    if (error != EADDRINUSE) return fail_errno(error, "cannot serve on 127.0.0.1:{}", port);
    return fail(ErrorKind::usage,
                fmt::format("cannot serve on 127.0.0.1:{}: the port is taken", port),
                "give another one, or none");
  }
  return HttpServer(std::move(impl));
}

std::uint16_t HttpServer::port() const {
  return MHD_get_daemon_info(impl_->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

}  // namespace bytepath::lazyfs
