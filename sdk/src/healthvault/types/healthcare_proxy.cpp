#include <bb/healthvault/healthcare_proxy.hpp>

#include <fmt/format.h>
#include <bb/healthvault/thing_common.hpp>

#include "content.hpp"
#include "dates.hpp"
#include "xml_view.hpp"

namespace bb::healthvault {
namespace {

using types::element;
using types::text_element;

constexpr std::string_view type_id = "7ea47715-cba4-47f0-99d2-eb0a9fb4a85c";
constexpr std::string_view contact_type_id = "25c94a9f-9d3d-4576-96dc-6791178a8143";
constexpr std::string_view power_of_attorney = "HPOWATT";

// The person as a Contact has them, under another name.
Result<std::string> person(std::string_view name, records::Contact contact, std::vector<Unheld>& unheld) {
  if (contact.relationship.code == power_of_attorney) contact.relationship = {};
  records::Record record;
  record.contacts.push_back(std::move(contact));
  BB_TRY(const auto written, write_things(record, contact_type_id));
  if (written.things.empty()) return Error{fmt::format("{} of a healthcare proxy: expected a name, found none", name)};
  BB_TRY(const auto content, types::Content::read(written.things.front().bytes));
  auto bytes = content.element_bytes();
  bytes.remove_prefix(bytes.find('>') + 1);
  bytes.remove_suffix(bytes.size() - bytes.rfind('<'));
  for (const auto& one : written.unheld)
    unheld.push_back({0, fmt::format("{}.{}", name, one.where.substr(one.where.find('.') + 1)), one.text,
                      "the type has no element for it"});
  return element(name, bytes);
}

}  // namespace

Result<WrittenThings> healthcare_proxy_thing(const HealthcareProxy& proxy) {
  const auto when = types::write_date_time(proxy.when);
  if (!when)
    return Error{
        fmt::format("a healthcare proxy of '{}': expected a date in ISO 8601, to the day at least", proxy.when)};
  WrittenThings written;
  BB_TRY(auto inside, person("proxy", proxy.proxy, written.unheld));
  if (!proxy.alternate.name.empty()) {
    BB_TRY(const auto alternate, person("alternate", proxy.alternate, written.unheld));
    inside += alternate;
  }
  if (!proxy.content.empty()) inside += text_element("content", proxy.content);
  BB_TRY(auto bytes,
         with_common(element("healthcare-proxy", element("when", *when) + inside), {proxy.proxy.source, {}, {}}));
  written.things.push_back({std::string(type_id), std::move(bytes)});
  return written;
}

}  // namespace bb::healthvault
