#include "messages.hpp"

#include <fmt/format.h>

#include <bb/core/text.hpp>

namespace bb::healthvault {

Status check_request_root(const Markup& markup) {
  const auto* root = markup.root();
  if (root->ns == nullptr && xml::name_of(root) == "info") return {};
  return Error{fmt::format("{}: expected 'info' in no namespace, found '{}'", markup.place_of(root),
                           shorten(xml::name_of(root), 60))};
}

Status check_answer_root(const Markup& markup, std::string_view method, int version) {
  const auto* root = markup.root();
  const auto space = root->ns == nullptr ? std::string_view{} : xml::view(root->ns->href);
  if (xml::name_of(root) == "info" && is_answer_namespace(space, method, version)) return {};
  return Error{fmt::format("{}: expected 'info' of the namespace '{}', found '{}' of '{}'", markup.place_of(root),
                           answer_namespace(method, version), shorten(xml::name_of(root), 60), shorten(space, 100))};
}

}  // namespace bb::healthvault
