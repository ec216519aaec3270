#include "harness/checks/subjects.hpp"
#include "harness/checks/xml_document.hpp"

namespace bb::checks {

Extracted xpath_subject(const std::string& xpath, const Document& document) {
  const auto content = XmlDocument::parse(document.body, document.media_type);
  if (!content) return violated(content.error().what);
  auto selection = content->evaluate(xpath);
  if (!selection) return unjudgeable(selection.error().what);
  if (selection->is_node_set) return Subject{Subject::Shape::set, std::move(selection->values), true};
  auto subject = value_subject(selection->values.front());
  subject.is_textual = true;
  return subject;
}

}  // namespace bb::checks
