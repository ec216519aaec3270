// thing_fields.hpp - the description of a thing, for the methods that carry one.
#pragma once

#include <bb/healthvault/thing.hpp>

#include "fields.hpp"

namespace bb::healthvault {

inline constexpr std::string_view xml_signature_space = "http://www.w3.org/2000/09/xmldsig#";

// types.xsd, Permission.
inline bool are_permissions(const std::vector<std::string>& words) {
  return are_all_of(words, {"All", "Read", "Update", "Create", "Delete"});
}
inline constexpr std::string_view permission_words = "permissions of All, Read, Update, Create or Delete";
inline constexpr std::string_view state_words = "a 'thing-state' that is Active or Deleted";

template <class A>
void describe(A& a, typename A::template Of<ThingKey>& key) {
  a.maybe_attribute("version-stamp", Kind::guid, key.version_stamp);
  a.content(Kind::guid, key.id);
}

template <class A>
void describe(A& a, typename A::template Of<NamedId>& id) {
  a.attribute("name", Kind::text, id.name);
  a.content(Kind::guid, id.id);
}

// Type `Thing` of thing.xsd, and from `thing_version` 2 on `Thing2`.
template <class A>
void describe_audit(A& a, typename A::template Of<Audit>& audit, int thing_version) {
  a.one("timestamp", Kind::date_time, audit.timestamp);
  a.one("app-id", audit.app);
  a.one("person-id", audit.person);
  a.maybe("impersonator-id", audit.impersonator);
  a.maybe("access-avenue", Kind::filled, audit.access_avenue);
  a.check(is_one_of(audit.access_avenue, {"", "Online", "Offline"}), "an 'access-avenue' that is Online or Offline");
  a.one("audit-action", Kind::filled, audit.action);
  a.check(is_one_of(audit.action, {"Created", "Updated", "Deleted"}),
          "an 'audit-action' that is Created, Updated or Deleted");
  if (thing_version >= 2) a.maybe("master-app-id", Kind::guid, audit.master_app_id);
}

template <class A>
void describe(A& a, typename A::template Of<DataXml>& data) {
  a.maybe_attribute("transform", Kind::text, data.transform);
  a.inside(data.bytes);
}

template <class A>
void describe(A& a, typename A::template Of<DataOther>& other) {
  a.maybe_attribute("content-type", Kind::text, other.content_type);
  a.maybe_attribute("content-encoding", Kind::text, other.content_encoding);
  a.content(Kind::text, other.text);
}

template <class A>
void describe(A& a, typename A::template Of<BlobHash>& hash) {
  a.one("algorithm", Kind::text, hash.algorithm);
  a.optional("params", hash.block_bytes.has_value(), [&] { a.maybe("block-size", hash.block_bytes); });
  a.one("hash", Kind::filled, hash.hash);
}

template <class A>
void describe(A& a, typename A::template Of<Blob>& blob) {
  a.element("blob-info", [&] {
    a.one("name", Kind::text, blob.name);
    a.check(character_count(blob.name) <= blob_name_length_max, "a 'name' of at most 255 characters");
    a.one("content-type", Kind::text, blob.content_type);
    a.check(character_count(blob.content_type) <= blob_content_type_length_max,
            "a 'content-type' of at most 1024 characters");
    a.maybe("hash-info", blob.hash);
  });
  a.maybe("content-length", blob.length_bytes);
  a.maybe("base64data", Kind::base64, blob.inline_bytes);
  if (!blob.inline_bytes) a.maybe("blob-ref-url", Kind::filled, blob.reference_url);
  a.maybe("legacy-content-encoding", Kind::text, blob.legacy_content_encoding);
  a.maybe("current-content-encoding", Kind::text, blob.current_content_encoding);
}

template <class A>
void describe(A& a, typename A::template Of<EffectivePermissions>& permissions) {
  a.maybe_attribute("immutable", permissions.is_immutable);
  a.many("permission", Kind::filled, permissions.permissions, 1);
  a.check(are_permissions(permissions.permissions), permission_words);
}

template <class A>
void describe_thing(A& a, typename A::template Of<Thing>& thing, int thing_version) {
  a.maybe("thing-id", thing.key);
  a.optional("type-id", !thing.type_id.empty(), [&] {
    a.maybe_attribute("name", Kind::text, thing.type_name);
    a.content(Kind::guid, thing.type_id);
  });
  a.maybe("thing-state", Kind::filled, thing.state);
  a.check(is_one_of(thing.state, {"", "Active", "Deleted"}), state_words);
  a.maybe("flags", thing.flags);
  a.maybe("eff-date", Kind::date_time, thing.effective_date);
  a.maybe_with("created", thing.created, [&](auto& audit) { describe_audit(a, audit, thing_version); });
  a.maybe_with("updated", thing.updated, [&](auto& audit) { describe_audit(a, audit, thing_version); });
  a.many("data-xml", thing.data);
  if (thing_version >= 2)
    a.maybe_list("blob-payload", "blob", thing.blobs);
  else
    a.maybe("data-other", thing.data_other);
  a.maybe("eff-permissions", thing.effective_permissions);
  a.maybe("tags", thing_version >= 2 ? Kind::text : Kind::filled, thing.tags);
  a.check(!thing.tags || character_count(*thing.tags) <= tags_length_max, "'tags' of at most 512 characters");
  if (thing_version >= 2) {
    a.maybe_element("signature-info", {}, thing.signature_xml);
    a.maybe("updated-end-date", Kind::date_time, thing.updated_end_date);
  } else {
    a.maybe_element("Signature", xml_signature_space, thing.signature_xml);
  }
}

}  // namespace bb::healthvault
