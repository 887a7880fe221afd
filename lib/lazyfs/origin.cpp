#include "lazyfs/origin.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <vector>

#include "lazyfs/http_range.h"
#include "lazyfs/percent.h"

namespace bytepath::lazyfs {
namespace {

HttpResponse text_response(unsigned status, std::string text, const std::string& type) {
  return {.status = status,
          .headers = {{"Content-Type", type}},
          .body = std::make_shared<const std::string>(std::move(text))};
}

HttpResponse refusal(unsigned status, const std::string& why) {
  return text_response(status, why + "\n", "text/plain");
}

HttpResponse answer_folder(Descriptor folder, const std::string& only) {
  std::vector<std::string> names;
  const int copy = ::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0);  // the listing closes it
  DIR* listing = copy < 0 ? nullptr : ::fdopendir(copy);
  if (listing == nullptr) return refusal(500, "cannot read the directory");
  while (const dirent* each = ::readdir(listing)) {
    const std::string name = each->d_name;
    if (name == "." || name == ".." || (!only.empty() && name != only)) continue;
    struct stat status{};
    const bool known = ::fstatat(folder.get(), each->d_name, &status, 0) == 0;
    if (known) names.push_back(S_ISDIR(status.st_mode) ? name + "/" : name);
  }
  ::closedir(listing);
  std::ranges::sort(names);
  std::string page = "<!DOCTYPE html>\n<title>lazyfs</title>\n";
  for (const auto& name : names) {
    const std::string link = percent_encoded(name);  // which needs no escapes for HTML then
    page += fmt::format("<a href=\"./{0}\">{0}</a><br>\n", link);
  }
  return text_response(200, std::move(page), "text/html");
}

}  // namespace

Origin::Origin(OriginOptions options, Descriptor folder, std::string only)
    : options_(std::move(options)),
      folder_(std::move(folder)),
      only_(std::move(only)),
      pacer_(options_.bytes_per_second),
      random_(options_.seed) {}

Result<std::unique_ptr<Origin>> Origin::start(const std::string& source, OriginOptions options) {
  std::error_code error;
  auto folder = std::filesystem::canonical(source, error);
  if (error) {
    return fail(ErrorKind::usage, fmt::format("cannot serve {}: {}", source, error.message()),
                "give a file or a directory");
  }
  std::string only;
  if (!std::filesystem::is_directory(folder, error)) {
    only = folder.filename().string();
    folder = folder.parent_path();
  }
  Descriptor handle(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!handle) return fail_errno(errno, "cannot serve {}", source);
  const auto port = options.port;
  std::unique_ptr<Origin> origin(
      new Origin(std::move(options), std::move(handle), std::move(only)));
  BYTEPATH_TRY(server,
               HttpServer::start(port, 0, [self = origin.get()](const HttpRequest& request) {
                 return self->answer(request);
               }));
  origin->server_ = std::make_unique<HttpServer>(std::move(server));
  return origin;
}

Descriptor Origin::open_below(const std::string& path, int flags) const {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return Descriptor(static_cast<int>(
      ::syscall(SYS_openat2, folder_.get(), path.empty() ? "." : path.c_str(), &how, sizeof how)));
}

std::chrono::nanoseconds Origin::hold_back() {
  if (options_.latency == Latency()) return {};
  std::unique_lock lock(random_mutex_);
  const auto latency = options_.latency.draw(random_);
  lock.unlock();
  std::this_thread::sleep_for(latency);
  return latency;
}

HttpResponse Origin::answer(const HttpRequest& request) {
  ++requests_;
  const std::string root = options_.secret.empty() ? "/" : "/" + options_.secret + "/";
  if (!request.path.starts_with(root)) return refusal(404, "not found");
  if (request.method != "GET" && request.method != "HEAD") return refusal(405, "only GET and HEAD");
  std::string path = request.path.substr(root.size());
  while (path.starts_with('/')) path.erase(0, 1);
  if (!only_.empty() && !path.empty() && path != only_) return refusal(404, "not found");
  // Without waiting for a pipe's other end.
  Descriptor file = open_below(path, O_RDONLY | O_NONBLOCK);
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return refusal(404, "not found");
  if (S_ISDIR(status.st_mode)) return answer_folder(std::move(file), only_);
  if (!S_ISREG(status.st_mode)) return refusal(403, "not a file");
  return answer_file(request, std::move(file), static_cast<std::uint64_t>(status.st_size));
}

HttpResponse Origin::answer_file(const HttpRequest& request, Descriptor file, std::uint64_t bytes) {
  using Kind = RangeAnswer::Kind;
  const auto range = answer_range(request.range, bytes);
  HttpResponse response{
      .headers = {{"Accept-Ranges", "bytes"}, {"Content-Type", "application/octet-stream"}},
      .extent = range.extent};
  const auto injected = hold_back();
  if (injected.count() > 0) {
    response.headers.emplace_back(injected_header, std::to_string(injected.count()));
  }
  if (range.kind == Kind::not_satisfiable) {
    response.status = 416;
    response.headers.emplace_back("Content-Range", fmt::format("bytes */{}", bytes));
    return response;
  }
  const auto& extent = range.extent;
  if (range.kind == Kind::part) {
    response.status = 206;
    response.headers.emplace_back(
        "Content-Range",
        fmt::format("bytes {}-{}/{}", extent.offset, extent.offset + extent.length - 1, bytes));
  }
  if (request.method == "GET") sent_bytes_ += extent.length;
  response.file = std::make_shared<Descriptor>(std::move(file));
  if (options_.bytes_per_second != 0) response.pacer = &pacer_;
  return response;
}

}  // namespace bytepath::lazyfs
