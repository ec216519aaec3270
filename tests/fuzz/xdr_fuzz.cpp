// What comes by XDR: the first line is the Content-Type, the rest the body, of a
// submission and of an answer.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bb/xdr/request.hpp>
#include <bb/xdr/response.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  const auto type = input.substr(0, end);
  const auto body = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
  if (const auto request = bb::xdr::read_request(type, body))
    static_cast<void>(bb::xdr::missing_metadata(request->level, request->documents, request->set));
  static_cast<void>(bb::xdr::read_response(type, body));
  return 0;
}
