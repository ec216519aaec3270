#include <bb/xdr/response.hpp>

#include <fmt/format.h>

#include <utility>

#include <bb/core/text.hpp>

#include "soap.hpp"

namespace bb::xdr {
namespace {

constexpr std::string_view response_action = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse";
constexpr std::string_view fault_action = "http://www.w3.org/2005/08/addressing/soap/fault";
constexpr std::string_view status_prefix = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:";
constexpr std::string_view error_severity = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error";
constexpr std::size_t bytes_max = std::size_t{8} * 1024 * 1024;
constexpr std::size_t errors_max = 1000;

std::string write_body(const Response& response) {
  if (response.outcome == Outcome::fault)
    return fmt::format(
        R"(<soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:Sender</soapenv:Value></soapenv:Code>)"
        R"(<soapenv:Reason><soapenv:Text xml:lang="en">{}</soapenv:Text></soapenv:Reason></soapenv:Fault>)",
        escape_markup(response.errors.empty() ? "" : response.errors.front().context));
  std::string errors;
  for (const auto& error : response.errors)
    errors += fmt::format(R"(<rs:RegistryError errorCode="{}" codeContext="{}" location="" severity="{}"/>)",
                          escape_markup(error.code), escape_markup(error.context), error_severity);
  if (!errors.empty()) errors = "<rs:RegistryErrorList>" + errors + "</rs:RegistryErrorList>";
  return fmt::format(R"(<rs:RegistryResponse xmlns:rs="{}" status="{}{}">{}</rs:RegistryResponse>)", rs_space,
                     status_prefix, response.outcome == Outcome::success ? "Success" : "Failure", errors);
}

Response read_fault(const xmlNode* fault) {
  const auto* const code = child(child(fault, soap_space, "Code"), soap_space, "Value");
  const auto* const reason = child(child(fault, soap_space, "Reason"), soap_space, "Text");
  return {Outcome::fault, "", {{text_of(code), text_of(reason)}}};
}

}  // namespace

std::string write_response(const Response& response) {
  return fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{}" xmlns:wsa="{}"><soapenv:Header>)"
      R"(<wsa:Action soapenv:mustUnderstand="true">{}</wsa:Action>{}</soapenv:Header>)"
      R"(<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>)",
      soap_space, addressing_space, response.outcome == Outcome::fault ? fault_action : response_action,
      response.relates_to.empty()
          ? ""
          : fmt::format("<wsa:RelatesTo>{}</wsa:RelatesTo>", escape_markup(response.relates_to)),
      write_body(response));
}

Result<std::string> envelope_of(std::string_view content_type, std::string_view body) {
  BB_TRY(auto unpacked, unpack(content_type, body, bytes_max));
  return std::move(unpacked.envelope);
}

Result<Response> read_response(std::string_view content_type, std::string_view body) {
  BB_TRY(const auto unpacked, unpack(content_type, body, bytes_max));
  BB_TRY(const auto envelope, read_envelope(unpacked.envelope));
  Response response;
  if (const auto* const fault = child(envelope.body, soap_space, "Fault"); fault != nullptr) {
    response = read_fault(fault);
  } else {
    const auto* const answer = child(envelope.body, rs_space, "RegistryResponse");
    if (answer == nullptr) return Error{"the body has neither an rs:RegistryResponse nor a fault"};
    const auto status = xml::attribute(answer, "status");
    if (status != std::string(status_prefix) + "Success" && status != std::string(status_prefix) + "Failure")
      return Error{fmt::format("the status of the RegistryResponse is '{}', expected {}Success or {}Failure",
                               shorten(std::string(status), 100), status_prefix, status_prefix)};
    response.outcome = status.ends_with("Success") ? Outcome::success : Outcome::failure;
    const auto* const list = child(answer, rs_space, "RegistryErrorList");
    for (const xmlNode* node = list == nullptr ? nullptr : list->children; node != nullptr; node = node->next)
      if (xml::is_element(node, rs_space, "RegistryError") && response.errors.size() < errors_max)
        response.errors.push_back(
            {std::string(xml::attribute(node, "errorCode")), std::string(xml::attribute(node, "codeContext"))});
    if (response.outcome == Outcome::failure && response.errors.empty())
      return Error{"a failure has no RegistryErrorList that says why"};
  }
  response.relates_to = text_of(child(envelope.header, addressing_space, "RelatesTo"));
  return response;
}

}  // namespace bb::xdr
