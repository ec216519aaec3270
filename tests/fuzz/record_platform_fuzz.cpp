// What the sample record platform reads beside messages of the toolkit. The first line names what the rest is: "data"
// and a type, the inside of data-xml; "xpath" and a path, data that it is looked for in; "form", "target", "cookie".
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <bb/xml/document.hpp>

#include "record_platform/clinical_document.hpp"
#include "record_platform/type_registry.hpp"
#include "web/http_message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb;
  static const record_platform::TypeRegistry types({}, {});
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  const auto line = input.substr(0, end);
  const auto rest = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
  const auto blank = line.find(' ');
  const auto what = line.substr(0, blank);
  const auto more = blank == std::string_view::npos ? std::string_view{} : line.substr(blank + 1);
  if (what == "data") {
    if (const auto* type = types.find(more)) static_cast<void>(types.read(*type, rest, true));
    static_cast<void>(record_platform::read_clinical_document(rest));
  } else if (what == "xpath") {
    const auto parsed = xml::read(fmt::format("<thing><data-xml>{}</data-xml></thing>", rest));
    record_platform::XPathWork work{.steps = 10'000, .bytes = 1'000'000};
    if (const auto* document = std::get_if<xml::Document>(&parsed))
      static_cast<void>(record_platform::has_match(*document, std::string(more), work));
  } else if (what == "form") {
    static_cast<void>(web::parse_form(rest));
  } else if (what == "target") {
    web::HttpRequest request;
    static_cast<void>(web::parse_target(rest, request));
  } else if (what == "cookie") {
    web::HttpRequest request;
    request.headers.emplace("cookie", std::string(rest));
    static_cast<void>(request.cookie("shell"));
  }
  return 0;
}
