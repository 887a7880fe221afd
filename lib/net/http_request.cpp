#ifdef BYTEPATH_HAS_LIBCURL
#include "net/http_request.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "net/header_list.h"

namespace bytepath::net {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr long first_error_status = 400;

curl_slist* list(void* pointer) { return static_cast<curl_slist*>(pointer); }

// libcurl's microseconds between two of its points, none of which may have been reached.
nanoseconds between(CURL* handle, CURLINFO from, CURLINFO to) {
  curl_off_t begin = 0;
  curl_off_t end = 0;
  curl_easy_getinfo(handle, from, &begin);
  curl_easy_getinfo(handle, to, &end);
  return microseconds(std::max<curl_off_t>(0, end - begin));
}

nanoseconds until(CURL* handle, CURLINFO to) {
  curl_off_t end = 0;
  curl_easy_getinfo(handle, to, &end);
  return microseconds(end);
}

void begin_libcurl() {
  // It is not for several threads, and what it makes lasts as long as the program.
  static const CURLcode begun = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)begun;
}

// As curl_easy_perform(), which asks a second apart whether to go on, and forgets the certificates
// that it has read.
CURLcode run(CURLM* transfers, CURL* handle, const GoesOn& goes_on) {
  if (curl_multi_add_handle(transfers, handle) != CURLM_OK) return CURLE_FAILED_INIT;
  CURLcode code = CURLE_ABORTED_BY_CALLBACK;
  int running = 0;
  auto ask_at = Clock::now() + wait_slice;
  while (curl_multi_perform(transfers, &running) == CURLM_OK && running > 0) {
    if (Clock::now() >= ask_at) {
      if (!goes_on()) break;
      ask_at = Clock::now() + wait_slice;
    }
    if (curl_multi_poll(transfers, nullptr, 0, static_cast<int>(wait_slice.count()), nullptr) !=
        CURLM_OK)
      break;
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(transfers, &left)) {
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  }
  curl_multi_remove_handle(transfers, handle);
  return code;
}

// libcurl reads the roots of this host once if they are in one file only, else again within each
// handshake: tens of milliseconds that are not the server's.
bool has_file_of_roots() {
  const curl_version_info_data* built = curl_version_info(CURLVERSION_NOW);
  return built->age >= CURLVERSION_SEVENTH && built->cainfo != nullptr &&
         access(built->cainfo, R_OK) == 0;
}

std::string_view hint_for(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "is the name right? --resolve HOST:PORT:ADDRESS gives it an address";
    case CURLE_COULDNT_CONNECT:
      return "does the server run, and listen on that port?";
    case CURLE_OPERATION_TIMEDOUT:
      return "is it reachable from here? --timeout lets it take longer";
    case CURLE_SSL_CONNECT_ERROR:
      return "does it speak TLS on that port? else http://";
    case CURLE_SSL_CACERT_BADFILE:
      return "--cacert takes a file of certificates in PEM";
    default:
      return "does curl get an answer?";
  }
}

}  // namespace

HttpRequest::HttpRequest(const Url& url, const Options& options, GoesOn goes_on)
    : url_(url), options_(options), goes_on_(std::move(goes_on)), plain_(url.plain()) {
  begin_libcurl();
  transfers_ = curl_multi_init();
  handle_ = curl_easy_init();
  for (const auto& [name, value] : options.headers) {
    // libcurl takes "Name;" for a header without a value.
    const std::string line =
        value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value);
    header_list_ = curl_slist_append(list(header_list_), line.c_str());
  }
  for (const auto& resolve : options.resolves)
    resolve_list_ = curl_slist_append(list(resolve_list_), resolve.text().c_str());
}

HttpRequest::~HttpRequest() {
  curl_easy_cleanup(handle_);
  curl_multi_cleanup(transfers_);
  curl_slist_free_all(list(header_list_));
  curl_slist_free_all(list(resolve_list_));
}

void HttpRequest::prepare(Trusting trusting) {
  CURL* handle = handle_;
  curl_easy_reset(handle);  // connections stay
  curl_easy_setopt(handle, CURLOPT_URL, plain_.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // its times would be measured
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);  // waits for no name server after the time
  curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(options_.timeout).count();
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, options_.user_agent.c_str());
  if (resolve_list_ != nullptr) curl_easy_setopt(handle, CURLOPT_RESOLVE, list(resolve_list_));
  const long verifies = trusting == Trusting::certificates ? 1 : 0;
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, verifies);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2 * verifies);
  if (!options_.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options_.ca_file.c_str());
  // Else the folder of this host's roots is trusted beside the given file.
  if (!options_.ca_file.empty() || has_file_of_roots())
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
}

HttpRequest::Outcome HttpRequest::perform() {
  const CURLcode code = run(transfers_, handle_, goes_on_);
  if (code == CURLE_OK) return {};
  Outcome outcome{.error = curl_easy_strerror(code),
                  .hint = std::string(hint_for(code)),
                  .not_trusted = code == CURLE_PEER_FAILED_VERIFICATION};
  long os_error = 0;
  curl_easy_getinfo(handle_, CURLINFO_OS_ERRNO, &os_error);
  if (code == CURLE_COULDNT_CONNECT && os_error != 0)
    outcome.error = std::strerror(static_cast<int>(os_error));
  if (code == CURLE_OPERATION_TIMEDOUT) outcome.error = "timed out";
  if (code == CURLE_COULDNT_RESOLVE_HOST) outcome.error = "cannot resolve the host's name";
  return outcome;
}

HttpRequest::Outcome HttpRequest::connect(Trusting trusting) {
  prepare(trusting);
  curl_easy_setopt(handle_, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(handle_, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(handle_, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(handle_, CURLOPT_SSL_SESSIONID_CACHE, 0L);  // a whole handshake each time
  curl_easy_setopt(handle_, CURLOPT_CERTINFO, 1L);
  return perform();
}

HttpRequest::Outcome HttpRequest::ask(Trusting trusting) {
  prepare(trusting);
  headers_.clear();
  body_bytes_ = 0;
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_NOBODY, options_.head ? 1L : 0L);
  if (header_list_ != nullptr) curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, list(header_list_));
  if (!url_.user.empty() || !url_.password.empty()) {
    curl_easy_setopt(handle_, CURLOPT_USERNAME, url_.user.c_str());
    curl_easy_setopt(handle_, CURLOPT_PASSWORD, url_.password.c_str());
  }
  Outcome outcome = perform();
  // All requests are the same, so that twice the bytes are two of them.
  long sent = 0;
  curl_easy_getinfo(handle_, CURLINFO_REQUEST_SIZE, &sent);
  sent_again_ = request_bytes_ > 0 && sent >= 2 * request_bytes_;
  if (request_bytes_ == 0) request_bytes_ = sent;
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  if (outcome.error.empty() && status >= first_error_status)
    outcome.error = fmt::format("status {}", status);
  return outcome;
}

std::size_t HttpRequest::take_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& request = *static_cast<HttpRequest*>(self);
  const std::string_view line(data, size * count);
  // A first line: what came before was an interim answer.
  if (line.starts_with("HTTP/")) request.headers_.clear();
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (lower_case(name) == "server") request.software_ = shortened(value);
  keep_cache_header(request.headers_, name, value);
  return size * count;
}

std::size_t HttpRequest::take_body(char*, std::size_t size, std::size_t count, void* self) {
  static_cast<HttpRequest*>(self)->body_bytes_ += size * count;
  return size * count;
}

ConnectionTimes HttpRequest::connection_times() const {
  ConnectionTimes times;
  // Of an address there is nothing to look up: libcurl only reads it.
  const bool is_address = url_.host.find(':') != std::string::npos ||
                          url_.host.find_first_not_of("0123456789.") == std::string::npos;
  const bool told = std::ranges::any_of(options_.resolves, [this](const Resolve& each) {
    return each.host == lower_case(url_.host) && each.port == url_.port;
  });
  if (!is_address && !told) times.lookup = until(handle_, CURLINFO_NAMELOOKUP_TIME_T);
  times.connect = between(handle_, CURLINFO_NAMELOOKUP_TIME_T, CURLINFO_CONNECT_TIME_T);
  times.tls = between(handle_, CURLINFO_CONNECT_TIME_T, CURLINFO_APPCONNECT_TIME_T);
  return times;
}

std::vector<Certificate> HttpRequest::certificates() const {
  std::vector<Certificate> out;
  curl_certinfo* info = nullptr;
  if (curl_easy_getinfo(handle_, CURLINFO_CERTINFO, &info) != CURLE_OK || info == nullptr)
    return out;
  for (int i = 0; i < info->num_of_certs; ++i) {
    std::vector<std::string> lines;
    for (const curl_slist* line = info->certinfo[i]; line != nullptr; line = line->next)
      lines.emplace_back(line->data);
    out.push_back(read_certificate(lines));
  }
  return out;
}

long HttpRequest::verify_result() const {
  long result = 0;
  curl_easy_getinfo(handle_, CURLINFO_SSL_VERIFYRESULT, &result);
  return result;
}

nanoseconds HttpRequest::first_byte() const {
  return between(handle_, CURLINFO_PRETRANSFER_TIME_T, CURLINFO_STARTTRANSFER_TIME_T);
}

nanoseconds HttpRequest::total() const {
  return between(handle_, CURLINFO_PRETRANSFER_TIME_T, CURLINFO_TOTAL_TIME_T);
}

std::string HttpRequest::protocol() const {
  long version = 0;
  curl_easy_getinfo(handle_, CURLINFO_HTTP_VERSION, &version);
  switch (version) {
    case CURL_HTTP_VERSION_1_0:
      return "HTTP/1.0";
    case CURL_HTTP_VERSION_1_1:
      return "HTTP/1.1";
    case CURL_HTTP_VERSION_2_0:
      return "HTTP/2";
    case CURL_HTTP_VERSION_3:
      return "HTTP/3";
    default:
      return "HTTP";
  }
}

std::uint64_t HttpRequest::connections_opened() const {
  long opened = 0;
  curl_easy_getinfo(handle_, CURLINFO_NUM_CONNECTS, &opened);
  return static_cast<std::uint64_t>(std::max(0L, opened));
}

std::string HttpRequest::address() const {
  const char* address = nullptr;
  long port = 0;
  curl_easy_getinfo(handle_, CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo(handle_, CURLINFO_PRIMARY_PORT, &port);
  if (address == nullptr || *address == '\0') return {};
  const std::string text = address;
  return text.find(':') == std::string::npos ? fmt::format("{}:{}", text, port)
                                             : fmt::format("[{}]:{}", text, port);
}

}  // namespace bytepath::net
#endif
