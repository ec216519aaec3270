#include "inbox.hpp"

#include <bb/core/text.hpp>
#include <bb/records/mime.hpp>

#include "documents.hpp"
#include "listing.hpp"

namespace bb::healthvault_connector {
namespace {

constexpr std::string_view message_media_type = "message/rfc822";
constexpr std::string_view mailbox_at_platform = "platform@healthvault.invalid";

}  // namespace

InboxConnector::InboxConnector(const Context& context)
    : platform_(context), address_(context.config("/address")), client_(platform_.new_client()) {}

hv::RecordAddress InboxConnector::record(Call& call) {
  {
    const std::scoped_lock lock(mutex_);
    if (record_) return *record_;
  }
  HostLine line(platform_, call, Answers::helper);
  const auto found = resolve_address(*client_, line, address_, "finding the record");
  const std::scoped_lock lock(mutex_);
  record_ = found;
  return found;
}

void InboxConnector::poll(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "polling the record";
  const auto where = record(call);
  const auto first = offset_of(query, doing);
  const auto asked = term(query, "address");
  Paged paged(call, query, first, out);
  if (!asked.empty() && asked != address_ && asked != where.text()) return;
  HostLine line(platform_, call, Answers::helper);
  hv::ThingQuery wanted{.filters = {filter_of(query)}, .format = hv::ThingFormat{.sections = {"core", "audits"}}};
  wanted.filters.front().type_ids = document_types();
  const auto things =
      expect(client_->get_things(line, {.person_id = where.person_id, .record_id = where.record_id}, wanted), doing);
  const std::scoped_lock lock(mutex_);
  for (const auto& thing : things) {
    if (!thing.key || acknowledged_.contains(thing.key->id)) continue;
    paged.emit({.id = thing.key->id,
                .kind = "message",
                .media_type = message_media_type,
                .title = thing.type_name,
                .subject = where.record_id,
                .version = thing.key->version_stamp,
                .updated_unix_ns = updated_ns(thing)});
  }
  paged.end();
}

// The document as an attachment, byte for byte, of a message that says where it lay.
void InboxConnector::read_message(Call& call, std::string_view item_id, Content& out) {
  constexpr std::string_view doing = "reading a document";
  const auto where = record(call);
  const hv::Whose whose{.person_id = where.person_id, .record_id = where.record_id};
  if (!hv::is_guid(item_id)) throw Failure{BB_E_NOT_FOUND, "reading a document: the record has none of this id"};
  HostLine line(platform_, call);
  const hv::ThingQuery wanted{.ids = {to_lower(item_id)},
                              .format = hv::ThingFormat{.sections = {"core", "audits"}, .xml = {""}}};
  const auto things = expect(client_->get_things(line, whose, wanted), doing);
  auto document = things.empty() ? std::nullopt : document_of(things.front());
  if (!document) throw Failure{BB_E_NOT_FOUND, "reading a document: the record has none of this id"};
  const auto& thing = things.front();
  if (document->is_blob) document->bytes = expect(client_->get_blob(line, whose, *thing.key), doing);
  records::OutgoingMail mail;
  mail.from = mailbox_at_platform;
  mail.to = where.text();
  mail.subject = document->title.empty() ? thing.type_name : document->title;
  mail.message_id = thing.key->id + "." + thing.key->version_stamp + "@healthvault.invalid";
  mail.date_unix_ns = updated_ns(thing);
  if (thing.created) mail.text = "Stored by " + thing.created->app.name + "\n";
  mail.attachments.push_back({document->media_type, "attachment", document->filename, std::move(document->bytes)});
  const auto message = records::write_mime(mail);
  out.head({.id = item_id,
            .kind = "message",
            .media_type = message_media_type,
            .subject = where.record_id,
            .version = thing.key->version_stamp,
            .size = message.size()},
           {{"healthvault.type", thing.type_id}});
  out.write(message);
}

void InboxConnector::acknowledge(Call& call, std::string_view item_id, bb_disposition) {
  call.check();
  const std::scoped_lock lock(mutex_);
  acknowledged_.emplace(item_id);
}

}  // namespace bb::healthvault_connector
