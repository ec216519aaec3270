#include "record_platform/defects.hpp"

#include <array>

namespace bb::record_platform {
namespace {

using enum Defect;

constexpr auto table = std::to_array<DefectInfo>({
    {accepts_tampered_header, "accepts-tampered-header", "The code over a request's header is not checked.",
     "HV-ENV-08"},
    {accepts_tampered_info, "accepts-tampered-info", "The hash over a request's info is not checked.", "HV-ENV-07"},
    {accepts_unknown_token, "accepts-unknown-token",
     "A session token that was never given counts as the last one that was, and nothing is checked by it.",
     "HV-RSP-04 HV-AUTH-06"},
    {accepts_expired_session, "accepts-expired-session", "A session never ends.", "HV-AUTH-07"},
    {accepts_old_request, "accepts-old-request", "The time and time to live of a request are not looked at.",
     "HV-ENV-06"},
    {accepts_replay, "accepts-replay", "A signed write that comes again, byte by byte, is stored again.", "HV-ENV-13"},
    {accepts_unsigned_session, "accepts-unsigned-session", "The signature of a request for a session is not checked.",
     "HV-AUTH-03"},
    {accepts_old_signing_time, "accepts-old-signing-time",
     "The signing-time of a request for a session is not looked at.", "HV-AUTH-10"},
    {accepts_unknown_certificate, "accepts-unknown-certificate",
     "A thumbprint of no registered certificate is passed over.", "HV-AUTH-11"},
    {accepts_any_order, "accepts-any-order", "A header with app-id behind msg-time is put in order instead of refused.",
     "HV-ENV-03"},
    {ignores_denied_consent, "ignores-denied-consent",
     "A person who says no at the shell has authorised the application all the same.", "HV-SHELL-04"},
    {accepts_wrong_record, "accepts-wrong-record",
     "A person reaches every record that the application has been authorised for by anybody.", "HV-PERM-01"},
    {accepts_swapped_ids, "accepts-swapped-ids", "Person id and record id may stand in each other's place.",
     "HV-PERM-01"},
    {ignores_version_stamp, "ignores-version-stamp", "An update with an old version stamp overwrites.", "HV-PUT-03"},
    {stores_half, "stores-half", "Of a call with a bad thing those before it are stored.", "HV-PUT-04 HV-PERM-05"},
    {ignores_rights, "ignores-rights", "Things of types that were not granted are read and written.", "HV-PERM-05"},
    {ignores_revocation, "ignores-revocation", "An authorisation that was withdrawn goes on.", "HV-PERM-07"},
    {refuses_caregiver, "refuses-caregiver", "Who holds another person's record is refused.", "HV-PERM-08"},
    {doubles_on_retry, "doubles-on-retry", "A thing with a client-thing-id that is there is stored again.",
     "HV-ENV-13"},
    {oldest_first, "oldest-first", "Things come oldest first.", "HV-GET-06"},
    {drops_beyond_full, "drops-beyond-full", "Things beyond max-full are not named.", "HV-GET-07"},
    {any_condition, "any-condition", "The conditions of a filter are ORed.", "HV-GET-03"},
    {any_xpath, "any-xpath", "An xpath that begins elsewhere than at /thing/data-xml is taken.", "HV-GET-04"},
    {shows_deleted, "shows-deleted", "Deleted things come without being asked for.", "HV-GET-09"},
    {shows_personal, "shows-personal", "Personal things are shown to other custodians.", "HV-GET-12"},
    {ignores_intents, "ignores-intents", "Intents of a read are not counted.", "HV-GET-08 HV-MU-01"},
    {counts_opted_out, "counts-opted-out", "Reads are counted of records that did not opt in.", "HV-MU-03"},
    {grants_by_default, "grants-by-default", "A type without a grant is reported with all rights.", "HV-PERM-04"},
    {first_page_only, "first-page-only", "The first page of people says that there are no more.", "HV-PERM-02"},
    {ignores_blob_hash, "ignores-blob-hash", "The hash of a blob is not compared.", "HV-BLOB-03"},
    {ignores_blob_gap, "ignores-blob-gap", "A blob with a gap, or that was never completed, is taken.", "HV-BLOB-02"},
    {alters_blobs, "alters-blobs", "The last byte of a blob is read as another.", "HV-BLOB-07"},
    {blob_url_lasts, "blob-url-lasts", "A reference URL never expires.", "HV-BLOB-06"},
    {alters_documents, "alters-documents", "Runs of white space in data-xml become one blank.", "HV-PUT-11"},
    {drops_provenance, "drops-provenance", "The source of a thing is left out when it is read.", "HV-PUT-09"},
    {takes_any_xml, "takes-any-xml", "data-xml is stored whatever its type's schema says.", "HV-PUT-05"},
    {ignores_quota, "ignores-quota", "A record takes more than its quota.", "HV-PUT-06"},
    {compares_guid_case, "compares-guid-case", "A type's GUID in capital letters is unknown.", "HV-TYPE-01"},
    {expands_entities, "expands-entities",
     "A DOCTYPE is taken and its internal entities are expanded, up to a thousand characters.", "HV-ENV-15"},
    {leaks_context, "leaks-context", "The message of an error holds the server's name and an exception.", "HV-RSP-05"},
    {http_errors, "http-errors", "An error has HTTP status 400.", "HV-RSP-02"},
    {no_code, "no-code", "An error has a message and no status code.", "HV-RSP-01"},
    {wrong_namespace, "wrong-namespace", "The info of an answer stands in another method's namespace.", "HV-RSP-03"},
    {unknown_method_failed, "unknown-method-failed", "An unknown method is answered with 1 FAILED.", "HV-ENV-14"},
    {guesses_version, "guesses-version", "An unknown version of a method is taken for its latest.", "HV-ENV-14"},
    {updates_immutable, "updates-immutable", "Things of immutable types are updated.", "HV-PUT-07"},
    {updates_read_only, "updates-read-only", "Read-only things are updated.", "HV-PUT-10"},
    {short_identity_code, "short-identity-code", "Identity codes have 12 characters.", "HV-CONN-01"},
    {compares_answer_case, "compares-answer-case", "The answer to the question is compared with case.", "HV-CONN-02"},
    {ignores_answer_blanks, "ignores-answer-blanks", "The answer to the question is compared without its white space.",
     "HV-CONN-02"},
    {uncounted_wrong_answers, "uncounted-wrong-answers", "Wrong answers may be given for ever.", "HV-CONN-03"},
    {connect_never_expires, "connect-never-expires", "What nobody claims waits for ever.", "HV-CONN-04 HV-CONN-08"},
    {package_picked_twice, "package-picked-twice", "A package is picked up again.", "HV-CONN-08"},
    {takes_alternate_id_twice, "takes-alternate-id-twice", "An alternate id that is in use is bound to another record.",
     "HV-PERM-10"},
    {alters_action_query, "alters-action-query", "The shell gives actionqs back in capital letters.", "HV-SHELL-05"},
});

}  // namespace

std::span<const DefectInfo> all_defects() { return table; }

}  // namespace bb::record_platform
