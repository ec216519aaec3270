// messages.hpp - how the text of a typed message is made of its description.
#pragma once

#include <cstddef>
#include <type_traits>

#include <bb/healthvault/method.hpp>
#include <bb/healthvault/request.hpp>

#include "fields.hpp"

namespace bb::healthvault {

inline constexpr std::size_t info_bytes_usual = 1024;  // most messages grow no further
inline constexpr std::size_t info_bytes_max = std::size_t{64} * 1024 * 1024;

template <class A>
void describe(A&, typename A::template Of<Nothing>&) {}

template <class Message>
Result<Message> read_info(const Markup& markup, const xmlNode* info, int version) {
  Message message;
  Reader reader(markup, version);
  reader.enter(info, [&] { describe(reader, message); });
  if (reader.error()) return *reader.error();
  return message;
}

// Whether the root is the `info` of a request; of an answer.
Status check_request_root(const Markup& markup);
Status check_answer_root(const Markup& markup, std::string_view method, int version);

template <class Method>
std::string write_request_info(const typename Method::Request& request, int version) {
  std::string out;
  out.reserve(info_bytes_usual);
  Writer writer(out, version);
  writer.element("info", [&] { describe(writer, request); });
  return out;
}

template <class Method>
std::string write_answer_info(const typename Method::Answer& answer, int version) {
  std::string out;
  if constexpr (!std::is_same_v<typename Method::Answer, Nothing>) {
    Writer writer(out, version);
    writer.element("wc:info xmlns:wc=\"" + answer_namespace(Method::name, version) + '"',
                   [&] { describe(writer, answer); });
  }
  return out;
}

template <class Method>
Result<typename Method::Request> read_request_info(std::string_view info, int version) {
  BB_TRY(const auto markup, Markup::read(info, info_bytes_max));
  BB_CHECK(check_request_root(markup));
  return read_info<typename Method::Request>(markup, markup.root(), version);
}

template <class Method>
Result<typename Method::Request> read_request_info(const Received& request) {
  return read_info<typename Method::Request>(*request.markup, last_element(request.markup->root()),
                                             request.header.method_version);
}

template <class Method>
Result<typename Method::Answer> read_answer_info(std::string_view info, int version) {
  if constexpr (std::is_same_v<typename Method::Answer, Nothing>)
    if (info.empty()) return Nothing{};
  if (info.empty()) return Error{"expected 'info' behind 'status', found the end of 'response'"};
  BB_TRY(const auto markup, Markup::read(info, info_bytes_max));
  BB_CHECK(check_answer_root(markup, Method::name, version));
  return read_info<typename Method::Answer>(markup, markup.root(), version);
}

}  // namespace bb::healthvault

// Once for each typed method, in the file that describes its messages.
#define BB_TYPED_METHOD(M)                                                 \
  template std::string write_request_info<M>(const M::Request&, int);      \
  template std::string write_answer_info<M>(const M::Answer&, int);        \
  template Result<M::Request> read_request_info<M>(std::string_view, int); \
  template Result<M::Request> read_request_info<M>(const Received&);       \
  template Result<M::Answer> read_answer_info<M>(std::string_view, int)
