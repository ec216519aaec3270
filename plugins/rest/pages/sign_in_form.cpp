#include "pages/sign_in_form.hpp"

#include <bb/core/text.hpp>
#include <bb/xml/html.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::rest {
namespace {

bool has_attribute(const xmlNode* element, std::string_view name) {
  for (const xmlAttr* a = element->properties; a != nullptr; a = a->next)
    if (xml::view(a->name) == name) return true;
  return false;
}

// Whether an input is sent when nothing is changed: buttons and what is not chosen are not.
bool is_sent(const xmlNode* input, std::string_view type) {
  if (has_attribute(input, "disabled") || xml::attribute(input, "name").empty()) return false;
  if (type == "checkbox" || type == "radio") return has_attribute(input, "checked");
  return type != "submit" && type != "button" && type != "image" && type != "reset" && type != "file";
}

bool is_for_an_account(std::string_view type) {
  return type.empty() || type == "text" || type == "email" || type == "tel" || type == "number";
}

}  // namespace

Result<std::optional<SignInForm>> find_sign_in_form(std::string_view page) {
  const auto read = xml::read_html(page);
  if (const auto* problem = std::get_if<xml::Problem>(&read)) return Error{xml::describe(*problem)};
  const auto& document = std::get<xml::HtmlPage>(read).document;
  const xmlNode* const root = document.root();
  for (const xmlNode* form = root; form != nullptr; form = xml::next_in_order(form, root)) {
    if (form->type != XML_ELEMENT_NODE || xml::name_of(form) != "form") continue;
    SignInForm found;
    found.action = trim(xml::attribute(form, "action"));
    std::optional<std::size_t> account, password;
    for (const xmlNode* node = xml::next_in_order(form, form); node != nullptr; node = xml::next_in_order(node, form)) {
      if (node->type != XML_ELEMENT_NODE || xml::name_of(node) != "input") continue;
      const auto type = to_lower(xml::attribute(node, "type"));
      if (!is_sent(node, type)) continue;
      if (type == "password" && !password) password = found.fields.size();
      if (is_for_an_account(type) && !password) account = found.fields.size();
      found.fields.emplace_back(xml::attribute(node, "name"), xml::attribute(node, "value"));
    }
    if (!account || !password) continue;
    // A password in an address would stand in logs.
    if (to_lower(xml::attribute(form, "method")) != "post")
      return Error{"expected a form with method 'post', got '" + shorten(xml::attribute(form, "method"), 20) + "'"};
    found.account = *account;
    found.password = *password;
    return std::optional(std::move(found));
  }
  return std::optional<SignInForm>();
}

}  // namespace bb::rest
