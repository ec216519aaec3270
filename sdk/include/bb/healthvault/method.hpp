// bb/healthvault/method.hpp - the methods of the platform by name and version, and how
// their messages are written and read.
//
// A typed method is a struct with its name, its latest version and two structs, Request
// and Answer; they stand in the headers *_methods.hpp. A method that is not typed is
// known here all the same: its info is carried as bytes.
//
// Source: section 16 of the catalogue; the published schemas method-*.xsd and response-*.xsd.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::healthvault {

// Who may call a method.
enum class Caller {
  anonymous,    // an app-id, no session (HV-ENV-05)
  application,  // a session
  person,       // a session and a person, online or offline (HV-PERM-01)
};

struct Method {
  std::string_view name;
  int version_max;  // versions count from 1 without a gap
  Caller caller;
  bool is_of_record;  // the header names a record
  bool is_write;      // not to be repeated blindly (HV-ENV-13)
};

// In the order of their names.
std::span<const Method> methods();
// Nothing: 5 BAD_METHOD (HV-ENV-14). Case counts.
const Method* find_method(std::string_view name);
// Whether the method has that version.
bool has_version(const Method& method, int version);

// What the namespaces of all answers begin with.
inline constexpr std::string_view answer_namespaces = "urn:com.microsoft.wc.methods.response.";
// The namespace of a success's `info` (HV-RSP-03): of most versions above 1 that of the
// name alone, as the published schemas have it.
std::string answer_namespace(std::string_view method, int version);
// Whether `uri` is that namespace, or the name and version that others write instead.
bool is_answer_namespace(std::string_view uri, std::string_view method, int version);

// Instantiated for every typed method. The text is the element `info`, byte by byte what
// is hashed, sent or put into Response::info; an answer without content has none.
template <class Method>
std::string write_request_info(const typename Method::Request& request, int version = Method::latest);
template <class Method>
std::string write_answer_info(const typename Method::Answer& answer, int version = Method::latest);

// The error is of what breaks the published schema: a platform answers 3 INVALID_XML. It
// names the element, its line and what was expected there.
template <class Method>
[[nodiscard]] Result<typename Method::Request> read_request_info(std::string_view info, int version = Method::latest);
template <class Method>
[[nodiscard]] Result<typename Method::Answer> read_answer_info(std::string_view info, int version = Method::latest);

// A request or an answer without content.
struct Nothing {
  friend bool operator==(const Nothing&, const Nothing&) = default;
};

}  // namespace bb::healthvault
