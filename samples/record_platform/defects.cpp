#include "record_platform/defects.hpp"

#include <array>

namespace bb::record_platform {
namespace {

using enum Defect;

constexpr auto table = std::to_array<DefectInfo>({
    {accepts_tampered_header, "accepts-tampered-header", "HV-ENV-08",
     "The code over a request's header is not checked."},
    {accepts_tampered_info, "accepts-tampered-info", "HV-ENV-07", "The hash over a request's info is not checked."},
    {accepts_unknown_token, "accepts-unknown-token", "HV-RSP-04 HV-AUTH-06",
     "A session token that was never given counts as the last one that was, and nothing is checked by it."},
    {accepts_expired_session, "accepts-expired-session", "HV-AUTH-07", "A session never ends."},
    {accepts_old_request, "accepts-old-request", "HV-ENV-06",
     "The time and time to live of a request are not looked at."},
    {accepts_replay, "accepts-replay", "HV-ENV-13", "A signed write that comes again, byte by byte, is stored again."},
    {accepts_unsigned_session, "accepts-unsigned-session", "HV-AUTH-03",
     "The signature of a request for a session is not checked."},
    {accepts_old_signing_time, "accepts-old-signing-time", "HV-AUTH-10",
     "The signing-time of a request for a session is not looked at."},
    {accepts_unknown_certificate, "accepts-unknown-certificate", "HV-AUTH-11",
     "A thumbprint of no registered certificate is passed over."},
    {accepts_any_order, "accepts-any-order", "HV-ENV-03",
     "A header with app-id behind msg-time is put in order instead of refused."},
    {ignores_denied_consent, "ignores-denied-consent", "HV-SHELL-04",
     "A person who says no at the shell has authorised the application all the same."},
    {accepts_wrong_record, "accepts-wrong-record", "HV-PERM-01",
     "A person reaches every record that the application has been authorised for by anybody."},
    {accepts_swapped_ids, "accepts-swapped-ids", "HV-PERM-01",
     "Person id and record id may stand in each other's place."},
    {ignores_version_stamp, "ignores-version-stamp", "HV-PUT-03", "An update with an old version stamp overwrites."},
    {stores_half, "stores-half", "HV-PUT-04 HV-PERM-05", "Of a call with a bad thing those before it are stored."},
    {ignores_rights, "ignores-rights", "HV-PERM-05", "Things of types that were not granted are read and written."},
    {ignores_revocation, "ignores-revocation", "HV-PERM-07", "An authorisation that was withdrawn goes on."},
    {refuses_caregiver, "refuses-caregiver", "HV-PERM-08", "Who holds another person's record is refused."},
    {doubles_on_retry, "doubles-on-retry", "HV-ENV-13",
     "A thing with a client-thing-id that is there is stored again."},
    {oldest_first, "oldest-first", "HV-GET-06", "Things come oldest first."},
    {drops_beyond_full, "drops-beyond-full", "HV-GET-07", "Things beyond max-full are not named."},
    {any_condition, "any-condition", "HV-GET-03", "The conditions of a filter are ORed."},
    {any_xpath, "any-xpath", "HV-GET-04", "An xpath that begins elsewhere than at /thing/data-xml is taken."},
    {shows_deleted, "shows-deleted", "HV-GET-09", "Deleted things come without being asked for."},
    {shows_personal, "shows-personal", "HV-GET-12", "Personal things are shown to other custodians."},
    {ignores_intents, "ignores-intents", "HV-GET-08 HV-MU-01", "Intents of a read are not counted."},
    {counts_opted_out, "counts-opted-out", "HV-MU-03", "Reads are counted of records that did not opt in."},
    {grants_by_default, "grants-by-default", "HV-PERM-04", "A type without a grant is reported with all rights."},
    {first_page_only, "first-page-only", "HV-PERM-02", "The first page of people says that there are no more."},
    {ignores_blob_hash, "ignores-blob-hash", "HV-BLOB-03", "The hash of a blob is not compared."},
    {ignores_blob_gap, "ignores-blob-gap", "HV-BLOB-02", "A blob with a gap, or that was never completed, is taken."},
    {alters_blobs, "alters-blobs", "HV-BLOB-07", "The last byte of a blob is read as another."},
    {blob_url_lasts, "blob-url-lasts", "HV-BLOB-06", "A reference URL never expires."},
    {alters_documents, "alters-documents", "HV-PUT-11", "Runs of white space in data-xml become one blank."},
    {drops_provenance, "drops-provenance", "HV-PUT-09", "The source of a thing is left out when it is read."},
    {takes_any_xml, "takes-any-xml", "HV-PUT-05", "data-xml is stored whatever its type's schema says."},
    {ignores_quota, "ignores-quota", "HV-PUT-06", "A record takes more than its quota."},
    {compares_guid_case, "compares-guid-case", "HV-TYPE-01", "A type's GUID in capital letters is unknown."},
    {expands_entities, "expands-entities", "HV-ENV-15",
     "A DOCTYPE is taken and its internal entities are expanded, up to a thousand characters."},
    {leaks_context, "leaks-context", "HV-RSP-05", "The message of an error holds the server's name and an exception."},
    {http_errors, "http-errors", "HV-RSP-02", "An error has HTTP status 400."},
    {no_code, "no-code", "HV-RSP-01", "An error has a message and no status code."},
    {wrong_namespace, "wrong-namespace", "HV-RSP-03", "The info of an answer stands in another method's namespace."},
    {unknown_method_failed, "unknown-method-failed", "HV-ENV-14", "An unknown method is answered with 1 FAILED."},
    {guesses_version, "guesses-version", "HV-ENV-14", "An unknown version of a method is taken for its latest."},
    {updates_immutable, "updates-immutable", "HV-PUT-07", "Things of immutable types are updated."},
    {updates_read_only, "updates-read-only", "HV-PUT-10", "Read-only things are updated."},
    {short_identity_code, "short-identity-code", "HV-CONN-01", "Identity codes have 12 characters."},
    {compares_answer_case, "compares-answer-case", "HV-CONN-02", "The answer to the question is compared with case."},
    {ignores_answer_blanks, "ignores-answer-blanks", "HV-CONN-02",
     "The answer to the question is compared without its white space."},
    {uncounted_wrong_answers, "uncounted-wrong-answers", "HV-CONN-03", "Wrong answers may be given for ever."},
    {connect_never_expires, "connect-never-expires", "HV-CONN-04 HV-CONN-08", "What nobody claims waits for ever."},
    {package_picked_twice, "package-picked-twice", "HV-CONN-08", "A package is picked up again."},
    {takes_alternate_id_twice, "takes-alternate-id-twice", "HV-PERM-10",
     "An alternate id that is in use is bound to another record."},
    {alters_action_query, "alters-action-query", "HV-SHELL-05", "The shell gives actionqs back in capital letters."},
});

}  // namespace

std::span<const DefectInfo> all_defects() { return table; }

std::optional<Defect> find_defect(std::string_view name) {
  for (const auto& row : table)
    if (row.name == name) return row.defect;
  return std::nullopt;
}

}  // namespace bb::record_platform
