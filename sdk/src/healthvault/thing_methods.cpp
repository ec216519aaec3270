#include <bb/healthvault/thing_methods.hpp>

#include "messages.hpp"
#include "thing_fields.hpp"

namespace bb::healthvault {

template <class A>
void describe(A& a, typename A::template Of<ThingFilter>& filter) {
  a.many("type-id", Kind::guid, filter.type_ids);
  a.many("thing-state", Kind::filled, filter.states);
  a.check(are_all_of(filter.states, {"Active", "Deleted"}), state_words);
  a.maybe("eff-date-min", Kind::date_time, filter.effective_date_min);
  a.maybe("eff-date-max", Kind::date_time, filter.effective_date_max);
  a.maybe("created-app-id", Kind::guid, filter.created_app_id);
  a.maybe("created-person-id", Kind::guid, filter.created_person_id);
  a.maybe("updated-app-id", Kind::guid, filter.updated_app_id);
  a.maybe("updated-person-id", Kind::guid, filter.updated_person_id);
  a.maybe("created-date-min", Kind::date_time, filter.created_date_min);
  a.maybe("created-date-max", Kind::date_time, filter.created_date_max);
  a.maybe("updated-date-min", Kind::date_time, filter.updated_date_min);
  a.maybe("updated-date-max", Kind::date_time, filter.updated_date_max);
  a.maybe("xpath", Kind::text, filter.xpath);
  a.maybe("updated-end-date-max", Kind::date_time, filter.updated_end_date_max);
  a.maybe("updated-end-date-min", Kind::date_time, filter.updated_end_date_min);
}

template <class A>
void describe(A& a, typename A::template Of<BlobRequest>& blobs) {
  a.optional("blob-filters", !blobs.names.empty(), [&] {
    a.many_with(
        "blob-filter", blobs.names, [&](auto& name) { a.one("blob-name", Kind::text, name); }, 1);
  });
  a.element("blob-format", [&] { a.one("blob-format-spec", Kind::text, blobs.format); });
}

template <class A>
void describe(A& a, typename A::template Of<ThingFormat>& format) {
  a.many("section", Kind::text, format.sections);
  a.many("xml", Kind::text, format.xml);
  a.many("type-version-format", Kind::guid, format.type_versions);
  if (a.version() >= 3) a.maybe("blob-payload-request", format.blobs);
}

template <class A>
void describe(A& a, typename A::template Of<ThingOrder>& order) {
  a.element("order-by-property", [&] {
    a.attribute("type-id", Kind::guid, order.type_id);
    a.attribute("property-name", Kind::text, order.property);
    a.maybe_attribute("direction", Kind::filled, order.direction);
    a.check(is_one_of(order.direction, {"", "Asc", "Desc"}), "a 'direction' that is Asc or Desc");
  });
}

template <class A>
void describe(A& a, typename A::template Of<ThingQuery>& query) {
  a.maybe_attribute("name", Kind::text, query.name);
  a.maybe_attribute("max", query.count_max);
  a.maybe_attribute("max-full", query.full_max);
  a.check(query.count_max.value_or(0) >= 0 && query.full_max.value_or(0) >= 0, "'max' and 'max-full' from 0 on");
  a.many("id", Kind::guid, query.ids);
  if (query.ids.empty()) a.many("key", query.keys);
  if (query.ids.empty() && query.keys.empty()) a.many("client-thing-id", Kind::filled, query.client_ids);
  a.many("filter", query.filters);
  a.maybe("format", query.format);
  a.maybe("current-version-only", query.current_version_only);
  if (a.version() < 3) return;
  a.maybe_with("intents", query.intents, [&](auto& intents) {
    a.many("intent", Kind::filled, intents);
    a.check(are_all_of(intents, {"view", "download", "transmit"}), "intents of view, download or transmit");
  });
  a.maybe("order-by", query.order);
}

template <class A>
void describe(A& a, typename A::template Of<GetThings::Request>& request) {
  a.many("group", request.groups, 1);
}

template <class A>
void describe(A& a, typename A::template Of<UnprocessedThing>& thing) {
  a.one("thing-id", thing.key);
  a.element("type-id", [&] {
    a.maybe_attribute("name", Kind::text, thing.type_name);
    a.content(Kind::guid, thing.type_id);
  });
  a.one("eff-date", Kind::date_time, thing.effective_date);
  a.maybe("updated-end-date", Kind::date_time, thing.updated_end_date);
}

template <class A>
void describe(A& a, typename A::template Of<ThingGroup>& group) {
  a.maybe_attribute("name", Kind::text, group.name);
  // Version 3 alone answers with Thing2 (response-getthings3.xsd).
  const int thing_version = a.version() >= 3 ? 2 : 1;
  a.many_with("thing", group.things, [&](auto& thing) { describe_thing(a, thing, thing_version); });
  a.many("unprocessed-thing-key-info", group.unprocessed);
  a.maybe("filtered", group.is_filtered);
  if (a.version() >= 3) a.maybe("order-by-culture", Kind::text, group.order_by_culture);
}

template <class A>
void describe(A& a, typename A::template Of<GetThings::Answer>& answer) {
  a.many("group", answer.groups, 1);
}

template <class A>
void describe(A& a, typename A::template Of<ThingsRequest>& request) {
  const int thing_version = a.version() >= 2 ? 2 : 1;
  a.many_with(
      "thing", request.things, [&](auto& thing) { describe_thing(a, thing, thing_version); }, 1);
}

template <class A>
void describe(A& a, typename A::template Of<KeysAnswer>& answer) {
  a.many("thing-id", answer.keys, 1);
}

template <class A>
void describe(A& a, typename A::template Of<RemoveThings::Request>& request) {
  a.many("thing-id", request.keys, 1);
}

template <class A>
void describe(A& a, typename A::template Of<BeginPutBlob::Answer>& answer) {
  a.one("blob-ref-url", Kind::filled, answer.reference_url);
  a.one("blob-chunk-size", answer.chunk_bytes);
  a.one("max-blob-size", answer.blob_bytes_max);
  a.one("blob-hash-algorithm", Kind::text, answer.hash_algorithm);
  a.element("blob-hash-parameters", [&] { a.maybe("block-size", answer.hash_block_bytes); });
}

template <class A>
void describe(A& a, typename A::template Of<GetThingType::Request>& request) {
  a.many("id", Kind::guid, request.ids);
  a.many("section", Kind::filled, request.sections);
  a.many("image-type", Kind::text, request.image_types);
  a.maybe("last-client-refresh", Kind::date_time, request.last_client_refresh);
}

template <class A>
void describe(A& a, typename A::template Of<GetThingType::Type>& type) {
  a.one("id", Kind::guid, type.id);
  a.one("name", Kind::text, type.name);
  a.maybe("uncreatable", type.is_uncreatable);
  a.maybe("immutable", type.is_immutable);
  a.maybe("singleton", type.is_singleton);
  a.maybe("xsd", Kind::text, type.xsd);
  a.until({"effective-date-xpath", "updated-end-date-xpath", "allow-readonly"}, type.more_xml);
  a.maybe("effective-date-xpath", Kind::text, type.effective_date_xpath);
  a.maybe("updated-end-date-xpath", Kind::text, type.updated_end_date_xpath);
  a.maybe("allow-readonly", type.allows_read_only);
}

template <class A>
void describe(A& a, typename A::template Of<GetThingType::Answer>& answer) {
  a.many("thing-type", answer.types);
}

BB_TYPED_METHOD(GetThings);
BB_TYPED_METHOD(PutThings);
BB_TYPED_METHOD(OverwriteThings);
BB_TYPED_METHOD(RemoveThings);
BB_TYPED_METHOD(BeginPutBlob);
BB_TYPED_METHOD(GetThingType);

}  // namespace bb::healthvault
