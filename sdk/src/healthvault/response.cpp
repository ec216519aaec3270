#include <bb/healthvault/response.hpp>

#include <fmt/format.h>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/method.hpp>

#include "fields.hpp"

namespace bb::healthvault {
namespace {

constexpr std::size_t message_bytes_max = 1000;

template <class A, class Answer>
void describe_status(A& a, Answer& response) {
  std::int64_t code = response.code;
  a.one("code", code);
  if constexpr (A::is_reading) {
    a.check(code >= 0 && code <= 1'000'000, "a code from 0 to 1000000");
    response.code = static_cast<int>(code);
  }
  a.optional("error", response.code != 0, [&] {
    a.one("message", Kind::text, response.message);
    const bool has_context =
        !response.server_name.empty() || !response.server_address.empty() || !response.exception.empty();
    a.optional("context", has_context, [&] {
      a.maybe("server-name", Kind::text, response.server_name);
      if constexpr (A::is_reading) {
        // A server may have more addresses than one.
        std::vector<std::string> addresses;
        a.many("server-ip", Kind::text, addresses);
        response.server_address = join(addresses, ", ");
      } else {
        a.maybe("server-ip", Kind::text, response.server_address);
      }
      a.maybe("exception", Kind::text, response.exception);
    });
    a.maybe_inside("error-info", response.error_info);
  });
}

}  // namespace

std::string write_response(const Response& response) {
  std::string out = "<response>";
  Writer writer(out, 1);
  writer.element("status", [&] { describe_status(writer, response); });
  out += response.info;
  out += "</response>";
  return out;
}

Result<Response> read_response(std::string_view body, const EnvelopeLimits& limits) {
  BB_TRY(const auto markup, Markup::read(body, limits.bytes_max));
  const auto* root = markup.root();
  if (root->ns != nullptr || xml::name_of(root) != "response")
    return Error{fmt::format("{}: expected 'response' in no namespace, found '{}'", markup.place_of(root),
                             shorten(xml::name_of(root), 60))};
  BB_CHECK(markup.check_bare(root));
  Response response;
  const auto* status = first_element(root);
  if (status == nullptr || status->ns != nullptr || xml::name_of(status) != "status")
    return Error{fmt::format(
        "{}: expected 'status', found {}", markup.place_of(status == nullptr ? root : status),
        status == nullptr ? "the end of 'response'" : fmt::format("'{}'", shorten(xml::name_of(status), 60)))};
  Reader reader(markup, 1);
  bool has_error = false;
  reader.enter(status, [&] {
    describe_status(reader, response);
    has_error = !reader.error() && xml::name_of(next_element(first_element(status))) == "error";
  });
  if (reader.error()) return *reader.error();
  if (response.code != 0 && !has_error)
    return Error{fmt::format("{}: the code {} comes without 'error/message'", markup.place_of(status), response.code)};
  response.message = shorten(one_line(response.message), message_bytes_max);

  const auto* info = next_element(status);
  if (info == nullptr) return response;
  const bool is_info =
      xml::name_of(info) == "info" && info->ns != nullptr && xml::view(info->ns->href).starts_with(answer_namespaces);
  if (!is_info || next_element(info) != nullptr) {
    const auto* wrong = is_info ? next_element(info) : info;
    return Error{
        fmt::format("{}: expected {}, found '{}'", markup.place_of(wrong),
                    is_info ? "the end of 'response'" : fmt::format("'info' of a namespace '{}...'", answer_namespaces),
                    shorten(xml::name_of(wrong), 60))};
  }
  BB_CHECK(markup.check_alone(info, Markup::Part::whole));
  response.info = markup.bytes_of(info);
  return response;
}

std::string describe(const Response& response) {
  const auto* code = find_status(response.code);
  std::string text = std::to_string(response.code);
  if (code != nullptr) text += fmt::format(" {}", code->name);
  if (!response.message.empty()) text += ": " + one_line(response.message);
  return text;
}

}  // namespace bb::healthvault
