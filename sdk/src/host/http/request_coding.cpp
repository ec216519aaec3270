#include "request_coding.hpp"

#include <httplib.h>

#include <bb/core/text.hpp>

namespace bb::host {

std::string decoded_for_record(std::string body, std::string_view coding, std::size_t bytes_max) {
  if (coding.empty() || iequals(coding, "identity") || body.empty()) return body;
  const auto not_recorded = [&](const std::string& why) {
    return "[" + std::to_string(body.size()) + " bytes, not recorded: " + why + ", so that no secret in them is found]";
  };
  if (!iequals(coding, "gzip") && !iequals(coding, "deflate"))
    return not_recorded("they are in the coding '" + shorten(coding, 40) + "'");
  std::string plain;
  bool is_too_large = false;
  httplib::detail::gzip_decompressor decompressor;
  const bool is_decoded = decompressor.is_valid() &&
                          decompressor.decompress(body.data(), body.size(), [&](const char* bytes, std::size_t size) {
                            is_too_large = size > bytes_max - plain.size();
                            if (!is_too_large) plain.append(bytes, size);
                            return !is_too_large;
                          });
  if (is_too_large) return not_recorded("they hold more than " + std::to_string(bytes_max));
  if (!is_decoded && !plain.empty()) return not_recorded("they are no whole " + std::string(coding));
  return is_decoded ? plain : body;
}

}  // namespace bb::host
