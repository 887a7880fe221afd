#include <curl/curl.h>

#include <cstdarg>

#include "libcurl/libcurl.h"
#include "libraries/shared_library.h"

// curl.h makes macros of these two, which count or check their arguments.
#undef curl_easy_setopt
#undef curl_easy_getinfo

namespace bytepath::libcurl {
namespace {

// That of OpenSSL, then Debian's with GnuTLS; all have the same functions, without their versions.
SharedLibrary& library() {
  static SharedLibrary loaded({"libcurl.so.4", "libcurl-gnutls.so.4"});
  return loaded;
}

constexpr unsigned oldest_version = 0x075500;  // 7.85.0, which knows CURLOPT_PROTOCOLS_STR

}  // namespace

Result<> available() {
  if (auto found = library().available("your distribution's package of libcurl 4"); !found)
    return found;
  const auto* const version = curl_version_info(CURLVERSION_NOW);
  if (version == nullptr || version->version_num < oldest_version)
    return fail(ErrorKind::unsupported,
                fmt::format("libcurl.so.4 is of version {}, too old to be measured with",
                            version == nullptr ? "unknown" : version->version),
                "this takes libcurl 7.85 or newer");
  return {};
}

}  // namespace bytepath::libcurl

#define BYTEPATH_FORWARD(type, absent, name, parameters, arguments) \
  BYTEPATH_FORWARD_TO(bytepath::libcurl::library(), type, absent, name, parameters, arguments)

// The third argument is a pointer, a long or a curl_off_t: each one register of x86-64, which is
// passed on as it came.
extern "C" CURLcode curl_easy_setopt(CURL* handle, CURLoption option, ...) {
  static const auto function =
      bytepath::libcurl::library().find<decltype(&curl_easy_setopt)>("curl_easy_setopt");
  va_list rest;
  va_start(rest, option);
  void* const value = va_arg(rest, void*);
  va_end(rest);
  return function == nullptr ? CURLE_FAILED_INIT : function(handle, option, value);
}
extern "C" CURLcode curl_easy_getinfo(CURL* handle, CURLINFO info, ...) {
  static const auto function =
      bytepath::libcurl::library().find<decltype(&curl_easy_getinfo)>("curl_easy_getinfo");
  va_list rest;
  va_start(rest, info);
  void* const value = va_arg(rest, void*);
  va_end(rest);
  return function == nullptr ? CURLE_FAILED_INIT : function(handle, info, value);
}

BYTEPATH_FORWARD(CURLcode, CURLE_FAILED_INIT, curl_global_init, (long flags), (flags))
BYTEPATH_FORWARD(curl_version_info_data*, nullptr, curl_version_info, (CURLversion age), (age))
BYTEPATH_FORWARD(curl_slist*, nullptr, curl_slist_append, (curl_slist * list, const char* text),
                 (list, text))
BYTEPATH_FORWARD(void, , curl_slist_free_all, (curl_slist * list), (list))
BYTEPATH_FORWARD(CURL*, nullptr, curl_easy_init, (), ())
BYTEPATH_FORWARD(void, , curl_easy_reset, (CURL * handle), (handle))
BYTEPATH_FORWARD(void, , curl_easy_cleanup, (CURL * handle), (handle))
BYTEPATH_FORWARD(const char*, "libcurl is not installed", curl_easy_strerror, (CURLcode code),
                 (code))
BYTEPATH_FORWARD(CURLM*, nullptr, curl_multi_init, (), ())
BYTEPATH_FORWARD(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_cleanup, (CURLM * transfers),
                 (transfers))
BYTEPATH_FORWARD(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_add_handle,
                 (CURLM * transfers, CURL* handle), (transfers, handle))
BYTEPATH_FORWARD(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_remove_handle,
                 (CURLM * transfers, CURL* handle), (transfers, handle))
BYTEPATH_FORWARD(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_perform,
                 (CURLM * transfers, int* running), (transfers, running))
BYTEPATH_FORWARD(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_poll,
                 (CURLM * transfers, curl_waitfd* more, unsigned count, int milliseconds,
                  int* ready),
                 (transfers, more, count, milliseconds, ready))
BYTEPATH_FORWARD(CURLMsg*, nullptr, curl_multi_info_read, (CURLM * transfers, int* left),
                 (transfers, left))
