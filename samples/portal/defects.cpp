#include "portal/defects.hpp"

namespace bb::portal {
namespace {

constexpr DefectInfo table[] = {
    {Defect::view_empty, "view-empty", "The record page opens but states nothing about the patient."},
    {Defect::view_wrong_patient, "view-wrong-patient", "The record page shows the next patient of the folder."},
    {Defect::view_misses_allergies, "view-misses-allergies", "The record page leaves the allergies out."},
    {Defect::download_empty, "download-empty", "Every download answers 200 with a file of zero bytes."},
    {Defect::download_wrong_patient, "download-wrong-patient", "Every download holds the next patient of the folder."},
    {Defect::download_misses_medications, "download-misses-medications",
     "Every download, in each format, leaves the medications out."},
    {Defect::text_not_machine_readable, "text-not-machine-readable",
     "The text download is flowing prose without headings and labels; nothing in it can be found by a program."},
    {Defect::codes_without_names, "codes-without-names",
     "What people read shows codes without their names: the page, the text file, and a C-CDA with empty narrative."},
    {Defect::share_drops_attachment, "share-drops-attachment", "A share arrives without the document attached."},
    {Defect::share_never_arrives, "share-never-arrives", "A share is reported as accepted but never sent."},
    {Defect::share_wrong_patient, "share-wrong-patient", "A share carries the next patient of the folder."},
    {Defect::share_fixed_partner_only, "share-fixed-partner-only",
     "A share goes to the portal's own partners only; any other destination is refused."},
    {Defect::history_missing, "history-missing", "The activity history is always empty."},
    {Defect::history_omits_share, "history-omits-share", "The activity history leaves shares out."},
    {Defect::accepts_wrong_password, "accepts-wrong-password", "Any password opens an account that exists."},
    {Defect::no_sign_in_needed, "no-sign-in-needed", "Anybody gets any record without signing in."},
    {Defect::stranger_reads, "stranger-reads", "Anybody who is signed in reads any patient's record."},
    {Defect::caregiver_refused, "caregiver-refused", "A caregiver is refused although the patient granted access."},
    {Defect::revoked_caregiver_reads, "revoked-caregiver-reads",
     "A caregiver whose grant was revoked still reads the record."},
    {Defect::cleartext_data, "cleartext-data",
     "The cleartext listener serves records instead of redirecting to HTTPS."},
    {Defect::sign_out_keeps_session, "sign-out-keeps-session", "A session stays open after its owner signed out."},
    {Defect::stranger_downloads, "stranger-downloads",
     "Anybody who is signed in downloads any patient's record; the pages stay closed."},
    {Defect::revoked_caregiver_reads_as_self, "revoked-caregiver-reads-as-self",
     "A caregiver whose grant was revoked may not act for the patient, but reads the record when signed in for "
     "themselves."},
    {Defect::download_without_sign_in, "download-without-sign-in",
     "Anybody downloads any record without signing in; the pages stay closed."},
    {Defect::signed_out_token_opens_items, "signed-out-token-opens-items",
     "After signing out the list of items is closed, but pages and downloads stay open."},
    {Defect::refusal_leaks, "refusal-leaks", "A refusal has the right status, and the record's page as its content."},
    {Defect::cleartext_redirect_leaks, "cleartext-redirect-leaks",
     "The cleartext listener redirects to HTTPS, with the record's page as the content of the redirect."},
    {Defect::download_always_first_patient, "download-always-first-patient",
     "Every download holds the first patient of the folder, whoever asked."},
    {Defect::page_shows_everyone, "page-shows-everyone",
     "The record page shows the records of all patients, the one asked for first."},
    {Defect::caregiver_share_lost, "caregiver-share-lost",
     "What a caregiver shares is reported as accepted but never sent; what a patient shares arrives."},
    {Defect::delivery_failed, "delivery-failed",
     "A share is answered with 202, and its receipt says that the delivery failed."},
    {Defect::caregiver_document_empty, "caregiver-document-empty",
     "What a caregiver downloads names the patient and holds no entries."},
    {Defect::history_wrong_time, "history-wrong-time", "Every event of the activity history is dated 1970-01-01."},
    {Defect::birth_date_wrong, "birth-date-wrong",
     "The page and every download state a birth date that is not the patient's."},
    {Defect::direct_sends_unencrypted, "direct-sends-unencrypted",
     "What is sent by Direct is signed and not encrypted."},
    {Defect::direct_subject_outside, "direct-subject-outside",
     "The subject of a Direct message stands in the header that is not encrypted."},
    {Defect::direct_sha1, "direct-sha1", "Direct messages are signed with SHA-1."},
    {Defect::direct_unwrapped, "direct-unwrapped",
     "Direct messages are sealed without wrapping them as message/rfc822."},
    {Defect::direct_uses_expired_recipient, "direct-uses-expired-recipient",
     "A record is sent to a recipient whose certificate has expired."},
    {Defect::direct_ignores_revocation, "direct-ignores-revocation",
     "Certificates that were revoked are used and trusted by Direct."},
    {Defect::direct_accepts_tampered, "direct-accepts-tampered",
     "A Direct message is taken although its content or signature was changed."},
    {Defect::direct_accepts_expired, "direct-accepts-expired",
     "A Direct message is taken although the certificate of its sender has expired."},
    {Defect::direct_accepts_foreign_anchor, "direct-accepts-foreign-anchor",
     "A Direct message is taken although no path leads from its sender to an anchor."},
    {Defect::direct_no_mdn, "direct-no-mdn", "Direct messages are taken without a notification to their sender."},
    {Defect::direct_mdn_in_clear, "direct-mdn-in-clear",
     "The notifications to senders of Direct messages are neither signed nor encrypted."},
    {Defect::xdr_accepts_any_certificate, "xdr-accepts-any-certificate",
     "Documents are taken by XDR from systems without a certificate that is trusted."},
    {Defect::xdr_accepts_malformed, "xdr-accepts-malformed",
     "A submission by XDR that cannot be understood is answered with success."},
    {Defect::xdr_hides_failure, "xdr-hides-failure",
     "A submission by XDR is answered with success whatever became of it."},
    {Defect::xdr_loses_documents, "xdr-loses-documents", "Documents that came by XDR are not passed on."},
};

}  // namespace

std::span<const DefectInfo> all_defects() { return table; }

std::optional<Defect> find_defect(std::string_view name) {
  for (const auto& row : table)
    if (row.name == name) return row.defect;
  return std::nullopt;
}

}  // namespace bb::portal
