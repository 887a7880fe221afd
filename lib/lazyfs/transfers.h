#pragma once
#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bytepath::lazyfs {

// One HTTP request and what came of it.
struct Transfer {
  std::string url;
  std::string range;        // "0-99", or empty
  std::string_view upload;  // is PUT when is_upload
  bool is_upload = false;
  std::uint64_t most_bytes = 0;  // of the answer's body; a longer one is an error
  std::string body;
  std::chrono::nanoseconds injected{};  // see injected_header
  unsigned status = 0;                  // 0: no answer
  std::string error;                    // why
};

// Connections that are kept between requests, for one thread at a time.
class Transfers {
 public:
  Transfers();
  Transfers(Transfers&&) = delete;
  ~Transfers();

  // Runs all at once in this thread. After each that has ended `goes_on` is asked, with its number;
  // when it says no the others are broken off, and their status is 0.
  void run(std::vector<Transfer>& transfers, const std::function<bool(std::size_t)>& goes_on);

 private:
  CURL* prepared(std::size_t number, Transfer& transfer);

  CURLM* multi_;
  curl_slist* headers_;
  std::vector<CURL*> handles_;
};

}  // namespace bytepath::lazyfs
