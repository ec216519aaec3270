#include "record_platform/documents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include <bb/core/bytes.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/xml/markup.hpp>

#include "record_platform/thing_service.hpp"

namespace bb::record_platform {
namespace {

constexpr std::string_view ccd_type = "9c48a2b8-952c-4f5a-935d-f3292326bf54";

// Without what may stand before a document's root and not inside of data-xml.
std::string_view without_prolog(std::string_view bytes) {
  bytes = trim(without_utf8_mark(bytes));
  for (auto length = xml::opaque_length(bytes); length > 0; length = xml::opaque_length(bytes))
    bytes = trim(bytes.substr(length));
  return bytes;
}

// Who the record is about, else its first holder.
std::string person_of(const SetUp& set_up, const SetUpRecord& record) {
  if (record.holders.empty()) return {};
  const auto self =
      std::find_if(record.holders.begin(), record.holders.end(), [](const Holder& holder) { return holder.is_self; });
  const auto& account = self == record.holders.end() ? record.holders.front().account : self->account;
  const auto person = std::find_if(set_up.people.begin(), set_up.people.end(),
                                   [&](const SetUpPerson& one) { return one.account == account; });
  return person == set_up.people.end() ? std::string() : person->id;
}

}  // namespace

Status store_documents(Database& database, const World& world, const SetUp& set_up, const std::filesystem::path& folder,
                       std::int64_t now_ns) {
  for (const auto& record : set_up.records) {
    const auto file = folder / (record.key + ".xml");
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) continue;
    BB_TRY(const auto bytes, read_text(file));
    try {
      Transaction t(database);
      Call call{world, t, *healthvault::find_method("PutThings"), 2, {}, now_ns};
      call.app_id = set_up.applications.front().id;
      call.person_id = person_of(set_up, record);
      call.record_id = record.id;
      healthvault::Thing thing;
      thing.type_id = ccd_type;
      thing.data.push_back(
          {fmt::format("{}<common><source>the set-up</source><client-thing-id>set-up {}</client-thing-id></common>",
                       without_prolog(bytes), escape_markup(record.key))});
      store_thing(call, thing);
      t.commit();
    } catch (const Refusal& refusal) {
      return Error{file.string() + ": " + refusal.message};
    } catch (const DatabaseFailure& failure) {
      return Error{failure.what()};
    }
  }
  return {};
}

}  // namespace bb::record_platform
