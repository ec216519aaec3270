// http_message.hpp - a request and its answer, free of any HTTP library.
//
// What the pages and interfaces of the sample programs speak. The server (http_server.hpp) makes the
// request from the wire and writes the answer to it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::web {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;                          // HEAD arrives as GET
  std::vector<std::string> path;               // segments, decoded; "/" has none
  Fields query;                                // decoded, in order
  std::string query_text;                      // as it came, for readers to whom '+' is a blank
  std::map<std::string, std::string> headers;  // names in lower case, first of repeated ones
  std::string body;

  std::string_view header(std::string_view name) const;  // empty when absent
  // The media type of the body in lower case, without parameters.
  std::string media_type() const;
  // A cookie's value; empty when absent.
  std::string_view cookie(std::string_view name) const;
};

// What happens to an answer on its way, for programs that stand in for broken servers.
enum class Mishap { none, no_answer, truncated, slow };

struct HttpResponse {
  int status = 200;
  std::string content_type;  // empty = no body
  std::string body;
  Fields headers;
  Mishap mishap = Mishap::none;

  static HttpResponse json(int status, const Value& value);
  static HttpResponse html(int status, std::string page);
  // {"error": {"code": ..., "message": ...}}
  static HttpResponse error(int status, std::string_view code, std::string_view message);
  static HttpResponse redirect(std::string_view location);  // 303
  static HttpResponse empty(int status);
  HttpResponse& with(std::string_view name, std::string_view value);
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// First value of a field, or nullptr.
const std::string* find_field(const Fields& fields, std::string_view name);
std::vector<std::string> all_fields(const Fields& fields, std::string_view name);

// The path and query of a request target. '+' stays as it is, so that a time
// with an offset survives. An error for a broken escape, a control character,
// bytes that are not UTF-8, and a target that does not start with '/'.
[[nodiscard]] Status parse_target(std::string_view target, HttpRequest& into);

// A body of application/x-www-form-urlencoded: '+' is a blank.
[[nodiscard]] Result<Fields> parse_form(std::string_view body);

}  // namespace bb::web
