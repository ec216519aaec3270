#include <bb/healthvault/ids.hpp>

#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>

namespace bb::healthvault {

bool is_guid(std::string_view text) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return false;
  for (std::size_t at = 0; at < shape.size(); ++at)
    if (shape[at] == '-' ? text[at] != '-' : hex_digit(text[at]) < 0) return false;
  return true;
}

std::string RecordAddress::text() const { return std::string(record_scheme) + person_id + "/" + record_id; }

std::string_view without_record_scheme(std::string_view text) {
  if (iequals(text.substr(0, record_scheme.size()), record_scheme)) text.remove_prefix(record_scheme.size());
  return text;
}

Result<RecordAddress> read_record_address(std::string_view text) {
  text = without_record_scheme(text);
  const auto slash = text.find('/');
  const auto person = text.substr(0, slash);
  const auto record = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  if (!is_guid(person) || !is_guid(record))
    return Error{"expected healthvault:PERSON/RECORD, the ids that the platform knows both by"};
  return RecordAddress{to_lower(person), to_lower(record)};
}

}  // namespace bb::healthvault
