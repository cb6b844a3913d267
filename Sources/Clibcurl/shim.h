#pragma once
#include <curl/curl.h>

#if LIBCURL_VERSION_NUM < 0x075500
#error "Purser needs libcurl 7.85 or newer"
#endif

/* curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call. */
static inline CURLcode purser_curl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode purser_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode purser_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode purser_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode purser_curl_set_receiver(CURL *handle, CURLoption option,
                                                size_t (*receive)(char *, size_t, size_t, void *)) {
  return curl_easy_setopt(handle, option, receive);
}
static inline CURLcode purser_curl_set_socket_opener(CURL *handle,
                                                     curl_socket_t (*open)(void *, curlsocktype,
                                                                           struct curl_sockaddr *)) {
  return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open);
}
static inline CURLcode purser_curl_status(CURL *handle, long *status) {
  return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, status);
}
static inline CURLcode purser_curl_microseconds(CURL *handle, curl_off_t *microseconds) {
  return curl_easy_getinfo(handle, CURLINFO_TOTAL_TIME_T, microseconds);
}
