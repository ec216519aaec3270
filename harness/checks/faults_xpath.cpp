#include "harness/checks/faults.hpp"
#include "harness/checks/xml_document.hpp"

namespace bb::checks {

Status edit_xpath(evidence::Message& message, const std::string& xpath, Edit edit, const Value& to) {
  BB_TRY(auto document, XmlDocument::parse(message.body, message.media_type));
  const auto kind = edit == Edit::drop  ? XmlDocument::Edit::drop
                    : edit == Edit::set ? XmlDocument::Edit::set
                                        : XmlDocument::Edit::dup;
  BB_CHECK(document.edit(xpath, kind, written(to)));
  message.body = document.serialize();
  return {};
}

}  // namespace bb::checks
