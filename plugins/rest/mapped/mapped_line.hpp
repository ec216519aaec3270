// plugins/rest/mapped/mapped_line.hpp - exchanges of a mapped API: requests made of a mapping, the session's
// credential, and what every answer must pass.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/secret_bytes.hpp>
#include <bb/sdk/connector.hpp>

#include "mapped/mapping.hpp"

namespace bb::rest {

enum class Sends { credential, nothing };

// Whether an exchange answers the call, or only helps to.
enum class Counts { as_answer, as_helper };

class MappedLine {
 public:
  MappedLine(Http http, std::string base_url);

  bool has_credential() const { return !header_.empty(); }
  // The header field that goes with requests from now on. `secret` is the part of it that no answer may repeat.
  // BB_E_PROTOCOL for one that no header field can carry.
  void set_credential(std::string header, std::string_view value, std::string_view secret);
  void forget_credential();

  // Whatever came back, to be believed: an answer that repeats the credential is an echo of the request,
  // BB_E_PROTOCOL. BB_E_UNAUTHENTICATED, and nothing is sent, where there is no credential.
  HttpResponse ask(Call& call, const RequestMap& request, const Bindings& bindings, std::string_view doing,
                   Sends sends = Sends::credential, Counts counts = Counts::as_answer) const;
  // GET of an address that own_url() gave.
  HttpResponse ask_url(Call& call, const std::string& url, std::string_view accept, std::string_view doing,
                       Counts counts = Counts::as_answer) const;

  // An address that the system named, absolute or from the root, as an absolute one at base_url's origin. Empty for
  // all others: the credential goes nowhere else.
  std::string own_url(std::string_view named) const;
  // The same without the origin: "/api/items?page=2".
  std::string from_root(const std::string& own) const { return own.substr(origin_.size()); }

 private:
  HttpResponse perform(Call& call, HttpRequest request, std::string_view doing, Sends sends, Counts counts) const;

  Http http_;
  std::string base_url_, origin_;
  std::string header_;  // empty: nobody is signed in
  SecretBytes value_, secret_;
};

// An answer's JSON. What is no 200, 201 or 202, has another content type or does not parse is a failure.
Value json_of(const HttpResponse& response, std::string_view doing);
// A document that is not empty, of that media type; any one where it is empty. Gives the media type.
std::string expect_document(const HttpResponse& response, std::string_view media_type, std::string_view doing);

}  // namespace bb::rest
