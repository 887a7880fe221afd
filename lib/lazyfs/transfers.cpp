#include "lazyfs/transfers.h"

#include <array>

#include "base/text.h"
#include "lazyfs/http_server.h"

namespace bytepath::lazyfs {
namespace {

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::size_t bytes = size * count;
  if (bytes > transfer.most_bytes - transfer.body.size()) return 0;  // ends the transfer
  transfer.body.append(data, bytes);
  return bytes;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* context) {
  const std::string_view line(data, size * count);
  const auto colon = line.find(':');
  if (colon != std::string_view::npos && line.substr(0, colon) == injected_header) {
    const auto held_back = parse_unsigned(trim(line.substr(colon + 1)));
    static_cast<Transfer*>(context)->injected =
        std::chrono::nanoseconds(static_cast<std::int64_t>(held_back.value_or(0)));
  }
  return size * count;
}

}  // namespace

// "Expect: 100-continue" would cost a round trip before each upload.
Transfers::Transfers()
    : multi_(curl_multi_init()), headers_(curl_slist_append(nullptr, "Expect:")) {}

Transfers::~Transfers() {
  for (CURL* handle : handles_) curl_easy_cleanup(handle);
  curl_multi_cleanup(multi_);
  curl_slist_free_all(headers_);
}

CURL* Transfers::prepared(std::size_t number, Transfer& transfer) {
  while (handles_.size() <= number) handles_.push_back(curl_easy_init());
  CURL* handle = handles_[number];
  curl_easy_reset(handle);  // connections stay
  curl_easy_setopt(handle, CURLOPT_URL, transfer.url.c_str());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // whatever the environment says
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 5L);
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, 512L << 10U);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_PRIVATE, &transfer);
  if (!transfer.range.empty()) curl_easy_setopt(handle, CURLOPT_RANGE, transfer.range.c_str());
  if (transfer.is_upload) {
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "PUT");
    const char* upload = transfer.upload.data();  // with its size: not read as a terminated string
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, upload);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(transfer.upload.size()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_);
  }
  return handle;
}

void Transfers::run(std::vector<Transfer>& transfers,
                    const std::function<bool(std::size_t)>& goes_on) {
  for (std::size_t i = 0; i < transfers.size(); ++i) {
    transfers[i].body.reserve(transfers[i].most_bytes);
    curl_multi_add_handle(multi_, prepared(i, transfers[i]));
  }
  bool wanted = true;
  for (int running = 1; wanted && running > 0;) {
    if (curl_multi_perform(multi_, &running) != CURLM_OK) break;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      if (message->data.result == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        transfer->status = static_cast<unsigned>(status);
      } else {
        transfer->error = curl_easy_strerror(message->data.result);
      }
      wanted = wanted && goes_on(static_cast<std::size_t>(transfer - transfers.data()));
    }
    constexpr int longest_wait_ms = 1000;
    if (wanted && running > 0) curl_multi_poll(multi_, nullptr, 0, longest_wait_ms, nullptr);
  }
  for (std::size_t i = 0; i < transfers.size(); ++i) curl_multi_remove_handle(multi_, handles_[i]);
}

}  // namespace bytepath::lazyfs
