#include "openssl.hpp"

#include <openssl/err.h>

#include <ctime>

#include <fmt/format.h>

namespace bb::direct {

Owned<BIO> read_from(std::string_view bytes) {
  return Owned<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

Owned<BIO> new_memory() { return Owned<BIO>(BIO_new(BIO_s_mem())); }

std::string_view content_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view{};
}

void forget_errors() { ERR_clear_error(); }

std::string reason() {
  std::string first;
  // The first is nearest to the cause; the others say what called it.
  while (const auto code = ERR_get_error()) {
    const char* text = ERR_reason_error_string(code);
    if (first.empty() && text != nullptr) first = text;
  }
  return first.empty() ? "no reason given" : first;
}

Error failed_to(std::string_view doing) { return Error{fmt::format("cannot {}: {}", doing, reason())}; }

std::string name_of(const ASN1_OBJECT* object) {
  if (const int nid = OBJ_obj2nid(object); nid != NID_undef) return OBJ_nid2sn(nid);
  char text[128];
  const int size = OBJ_obj2txt(text, sizeof text, object, 1);
  return size > 0 ? std::string(text) : std::string("unknown");
}

std::string_view view(const ASN1_STRING* text) {
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::optional<std::int64_t> seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return static_cast<std::int64_t>(timegm(&parts));
}

}  // namespace bb::direct
