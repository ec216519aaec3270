#include "harness/documents/pdf_content.hpp"

#include <algorithm>
#include <array>

#include <bb/core/text.hpp>

namespace bb::documents {

bool is_program_content(std::string_view head) {
  using namespace std::string_view_literals;
  // A text may begin with the letters MZ; the header of a program has zeros in its first 64 bytes.
  if (head.starts_with("MZ")) return head.substr(0, 64).find('\0') != std::string_view::npos;
  constexpr std::array begins{
      "\x7F"
      "ELF"sv,
      "\xFE\xED\xFA\xCE"sv,
      "\xFE\xED\xFA\xCF"sv,
      "\xCE\xFA\xED\xFE"sv,
      "\xCF\xFA\xED\xFE"sv,
      "\xCA\xFE\xBA\xBE"sv,
      "#!/"sv};
  return std::any_of(begins.begin(), begins.end(), [&](auto begin) { return head.starts_with(begin); });
}

bool has_form_script(std::string_view xml) {
  for (auto at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at + 1)) {
    const auto tag = xml.substr(at + 1, xml.find_first_of("<>", at + 1) - at - 1);
    auto name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
    if (const auto colon = name.find(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
    if (name == "script" && to_lower(tag).find("javascript") != std::string::npos) return true;
  }
  return false;
}

}  // namespace bb::documents
