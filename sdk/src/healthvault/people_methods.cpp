#include <bb/healthvault/people_methods.hpp>

#include "messages.hpp"
#include "session_fields.hpp"
#include "thing_fields.hpp"

namespace bb::healthvault {

template <class A>
void describe(A& a, typename A::template Of<Record>& record) {
  a.attribute("id", Kind::guid, record.id);
  a.maybe_attribute("record-custodian", record.is_custodian);
  a.attribute("rel-type", record.relationship_type);
  a.maybe_attribute("rel-name", Kind::filled, record.relationship_name);
  a.maybe_attribute("auth-expires", Kind::date_time, record.authorization_expires);
  a.maybe_attribute("auth-expired", record.is_authorization_expired);
  a.maybe_attribute("display-name", Kind::filled, record.display_name);
  a.maybe_attribute("state", Kind::filled, record.state);
  a.check(is_one_of(record.state, {"", "Active", "ReadOnly", "Suspended", "Deleted"}),
          "a 'state' that is Active, ReadOnly, Suspended or Deleted");
  a.maybe_attribute("date-created", Kind::date_time, record.created);
  a.maybe_attribute("max-size-bytes", record.bytes_max);
  a.maybe_attribute("size-bytes", record.bytes);
  a.maybe_attribute("app-record-auth-action", Kind::text, record.authorization_action);
  a.maybe_attribute("auto-reconcile-documents", record.reconciles_documents);
  a.maybe_attribute("app-specific-record-id", Kind::text, record.app_specific_record_id);
  a.maybe_attribute("location-country", Kind::filled, record.country);
  a.maybe_attribute("location-state-province", Kind::filled, record.state_province);
  a.maybe_attribute("date-updated", Kind::date_time, record.updated);
  a.maybe_attribute("latest-operation-sequence-number", record.latest_operation);
  a.maybe_attribute("record-app-auth-created-date", Kind::date_time, record.authorization_created);
  a.content(Kind::filled, record.name);
}

template <class A>
void describe(A& a, typename A::template Of<TypePermission>& permission) {
  a.one("thing-type-id", Kind::guid, permission.type_id);
  a.maybe_list("online-access-permissions", "permission", Kind::filled, permission.online);
  a.maybe_list("offline-access-permissions", "permission", Kind::filled, permission.offline);
  a.check((!permission.online || are_permissions(*permission.online)) &&
              (!permission.offline || are_permissions(*permission.offline)),
          permission_words);
}

template <class A>
void describe(A& a, typename A::template Of<RecordPermissions>& permissions) {
  a.one("record-id", Kind::guid, permissions.record_id);
  a.many("thing-type-permission", permissions.permissions);
}

template <class A>
void describe(A& a, typename A::template Of<Culture>& culture) {
  a.maybe("language", Kind::text, culture.language);
  a.maybe("country", Kind::text, culture.country);
}

template <class A>
void describe(A& a, typename A::template Of<PersonGroup>& group) {
  a.one("name", Kind::filled, group.name);
  a.one("id", Kind::guid, group.id);
  a.one("contact-email", Kind::filled, group.contact_email);
}

template <class A>
void describe(A& a, typename A::template Of<PersonInfo>& person) {
  a.one("person-id", Kind::guid, person.id);
  a.one("name", Kind::filled, person.name);
  a.maybe_inside("app-settings", person.app_settings);
  a.maybe("selected-record-id", Kind::guid, person.selected_record_id);
  a.maybe("more-records", person.has_more_records);
  a.many("record", person.records);
  a.maybe_list("groups", "group", person.groups);
  a.maybe("preferred-culture", person.preferred_culture);
  a.maybe("preferred-uiculture", person.preferred_ui_culture);
  a.maybe("location", person.location);
  a.maybe_list("effective-record-permission-list", "effective-record-permission", person.effective_permissions);
}

template <class A>
void describe(A& a, typename A::template Of<GetPersonInfo::Request>& request) {
  a.maybe("group-membership", request.group_membership);
  a.maybe("effective-record-permissions", request.effective_permissions);
}

template <class A>
void describe(A& a, typename A::template Of<GetPersonInfo::Answer>& answer) {
  a.one("person-info", answer.person);
}

template <class A>
void describe(A& a, typename A::template Of<GetAuthorizedPeople::Request>& request) {
  a.element("parameters", [&] {
    a.maybe("person-id-cursor", Kind::guid, request.person_id_cursor);
    a.maybe("authorizations-created-since", Kind::date_time, request.created_since);
    a.maybe("num-results", request.count_max);
    a.check(!request.count_max || *request.count_max > 0, "a 'num-results' above 0");
  });
}

template <class A>
void describe(A& a, typename A::template Of<GetAuthorizedPeople::Answer>& answer) {
  a.element("response-results", [&] {
    a.many("person-info", answer.people);
    a.one("more-results", answer.has_more);
  });
}

template <class A>
void describe(A& a, typename A::template Of<GetAuthorizedRecords::Request>& request) {
  a.many("id", Kind::guid, request.ids, 1);
}

template <class A>
void describe(A& a, typename A::template Of<GetAuthorizedRecords::Answer>& answer) {
  a.many("record", answer.records);
}

template <class A>
void describe(A& a, typename A::template Of<QueryPermissions::Request>& request) {
  a.many("thing-type-id", Kind::guid, request.type_ids, 1);
}

template <class A>
void describe(A& a, typename A::template Of<QueryPermissions::Answer>& answer) {
  a.many("thing-type-permission", answer.permissions);
  a.element("other-settings", [&] { a.maybe("meaningfuluse-opt-in", answer.meaningful_use_opt_in); });
}

template <class A>
void describe(A& a, typename A::template Of<GetApplicationSettings::Answer>& answer) {
  a.maybe_inside("app-settings", answer.app_settings);
  a.maybe("selected-record-id", Kind::guid, answer.selected_record_id);
}

template <class A>
void describe(A& a, typename A::template Of<SetApplicationSettings::Request>& request) {
  a.maybe_inside("app-settings", request.app_settings);
}

template <class A>
void describe(A& a, typename A::template Of<AlternateIdRequest>& request) {
  a.one("alternate-id", Kind::filled, request.alternate_id);
}

template <class A>
void describe(A& a, typename A::template Of<GetAlternateIds::Answer>& answer) {
  a.list("alternate-ids", "alternate-id", Kind::filled, answer.alternate_ids);
}

template <class A>
void describe(A& a, typename A::template Of<GetPersonAndRecordForAlternateId::Answer>& answer) {
  a.one("person-info", answer.person);
}

template <class A>
void describe(A& a, typename A::template Of<GetUpdatedRecordsForApplication::Request>& request) {
  a.maybe("update-date", Kind::date_time, request.update_date);
}

template <class A>
void describe(A& a, typename A::template Of<UpdatedRecord>& record) {
  if (a.version() < 2) {
    a.maybe_attribute("update-date", Kind::date_time, record.update_date);
    a.content(Kind::guid, record.record_id);
    return;
  }
  a.one("record-id", Kind::guid, record.record_id);
  a.one("update-date", Kind::date_time, record.update_date);
  a.one("person-id", Kind::guid, record.person_id);
  a.maybe("latest-operation-sequence-number", record.latest_operation);
}

template <class A>
void describe(A& a, typename A::template Of<GetUpdatedRecordsForApplication::Answer>& answer) {
  if (a.version() < 2)
    a.many("record-id", answer.records);
  else
    a.list("updated-records", "updated-record", answer.records);
}

template <class A>
void describe(A& a, typename A::template Of<RecordOperation>& operation) {
  a.one("operation", Kind::filled, operation.operation);
  a.check(is_one_of(operation.operation, {"Create", "Update", "Delete"}),
          "an 'operation' that is Create, Update or Delete");
  a.one("sequence-number", operation.sequence_number);
  a.one("thing-id", operation.key);
  a.one("type-id", Kind::guid, operation.type_id);
  a.maybe("eff-date", Kind::date_time, operation.effective_date);
  a.maybe("updated-end-date", Kind::date_time, operation.updated_end_date);
}

template <class A>
void describe(A& a, typename A::template Of<GetRecordOperations::Request>& request) {
  a.one("record-operation-sequence-number", request.sequence_number);
}

template <class A>
void describe(A& a, typename A::template Of<GetRecordOperations::Answer>& answer) {
  a.one("latest-record-operation-sequence-number", answer.latest_sequence_number);
  a.maybe_list("operations", "record-operation", answer.operations);
}

BB_TYPED_METHOD(GetPersonInfo);
BB_TYPED_METHOD(GetAuthorizedPeople);
BB_TYPED_METHOD(GetAuthorizedRecords);
BB_TYPED_METHOD(QueryPermissions);
BB_TYPED_METHOD(RemoveApplicationRecordAuthorization);
BB_TYPED_METHOD(GetApplicationSettings);
BB_TYPED_METHOD(SetApplicationSettings);
BB_TYPED_METHOD(AssociateAlternateId);
BB_TYPED_METHOD(DisassociateAlternateId);
BB_TYPED_METHOD(GetAlternateIds);
BB_TYPED_METHOD(GetPersonAndRecordForAlternateId);
BB_TYPED_METHOD(GetUpdatedRecordsForApplication);
BB_TYPED_METHOD(GetRecordOperations);

}  // namespace bb::healthvault
