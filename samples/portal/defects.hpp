// defects.hpp - the faults that the sample portal can show on demand.
//
// A suite is only worth its verdict if it notices a broken portal. Each defect
// switches exactly one promise off; everything else stays as it is. What each
// does is said once, in defects.cpp.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace bb::portal {

enum class Defect {
  view_empty,
  view_wrong_patient,
  view_misses_allergies,
  download_empty,
  download_wrong_patient,
  download_misses_medications,
  text_not_machine_readable,
  codes_without_names,
  share_drops_attachment,
  share_never_arrives,
  share_wrong_patient,
  share_fixed_partner_only,
  history_missing,
  history_omits_share,
  accepts_wrong_password,
  no_sign_in_needed,
  stranger_reads,
  caregiver_refused,
  revoked_caregiver_reads,
  cleartext_data,
  sign_out_keeps_session,
  stranger_downloads,
  revoked_caregiver_reads_as_self,
  download_without_sign_in,
  signed_out_token_opens_items,
  refusal_leaks,
  cleartext_redirect_leaks,
  download_always_first_patient,
  page_shows_everyone,
  caregiver_share_lost,
  delivery_failed,
  caregiver_document_empty,
  history_wrong_time,
  birth_date_wrong,
  direct_sends_unencrypted,
  direct_subject_outside,
  direct_sha1,
  direct_unwrapped,
  direct_uses_expired_recipient,
  direct_ignores_revocation,
  direct_accepts_tampered,
  direct_accepts_expired,
  direct_accepts_foreign_anchor,
  direct_no_mdn,
  direct_mdn_in_clear,
  xdr_accepts_any_certificate,
  xdr_accepts_malformed,
  xdr_hides_failure,
  xdr_loses_documents,
  xdr_hides_package,
  direct_accepts_other_name,
  direct_accepts_weak_key,
  direct_accepts_wrong_use,
  direct_accepts_unprotected,
  direct_accepts_weak_algorithms,
  direct_accepts_redirected,
  direct_accepts_nameless,
  direct_answers_refused,
  direct_shows_unopened,
  direct_answers_notifications,
  direct_keeps_duplicates,
  direct_refuses_unwrapped,
  direct_refuses_old_types,
  direct_refuses_new_algorithms,
  direct_refuses_large_keys,
  direct_refuses_aes128,
  direct_refuses_subject_address,
  direct_compares_case,
  direct_drops_attachments,
  direct_refuses_odd_documents,
  direct_mdn_if_asked,
  direct_mdn_no_report,
  direct_mdn_odd_disposition,
  direct_mdn_no_recipient,
  direct_mdn_other_message,
  direct_mdn_asks_for_one,
  direct_mdn_no_agent,
  direct_no_failed,
  direct_no_dispatched,
  direct_dispatched_first,
  direct_dispatched_bare,
  direct_takes_bad_option,
  direct_sends_without_certificate,
  direct_asks_dns_only,
  direct_asks_udp_only,
  direct_asks_first_directory_only,
  direct_ignores_srv_priority,
  direct_ignores_srv_weight,
  direct_ignores_domain_certificates,
  direct_domain_first,
  direct_stops_at_bad_certificate,
  direct_no_aia,
  mail_drops_attachment,
  mail_wrong_patient,
  mail_never_arrives,
  mail_unreadable_attachment,
  mail_no_readable_part,
  mail_hides_failure,
  mail_hides_bounce,
  mail_accepts_any_address,
  mail_sends_unconfirmed,
  mail_direct_addresses_only,
  mail_ignores_dates,
  direct_triple_des,
  direct_oaep,
  direct_encrypts_for_itself,
  direct_sends_unsigned,
  direct_wrong_micalg,
  direct_changed_after_signing,
  direct_no_signer_certificate,
  direct_opaque_signature,
  direct_signs_as_another,
  direct_bare_lf,
  direct_no_part_name,
  direct_no_message_id,
  direct_repeats_message_id,
  direct_no_date,
  direct_asks_wrongly,
  direct_all_or_nothing,
  direct_uses_foreign_recipient,
  direct_hides_failure,
  direct_tells_success_unconfirmed,
  direct_takes_processed_for_delivered,
  direct_takes_late_success,
  direct_ignores_notifications,
  direct_no_context,
  record_wrong_record,
  record_swaps_ids,
  record_wrong_type,
  record_alters_document,
  record_no_source,
  record_doubles,
  record_rewrites_signed,
  record_signs_wrongly,
  record_wrong_order,
  record_old_time,
  record_gives_up,
  record_repeats_for_ever,
  record_ignores_expiry,
  record_renews_for_ever,
  record_new_sessions,
  record_ignores_timeout,
  record_keeps_on,
  record_hides_failure,
  record_waits_for_ever,
  record_wrong_blob_hash,
  record_pads_dates,
  record_codes_without_text,
  record_weight_in_pounds,
};

struct DefectInfo {
  Defect defect;
  std::string_view name;         // "view-empty"
  std::string_view explanation;  // one sentence
};

// In the order of the enumeration.
std::span<const DefectInfo> all_defects();
std::optional<Defect> find_defect(std::string_view name);

// Which defect is on: none or exactly one.
class Defects {
 public:
  Defects() = default;
  explicit Defects(Defect defect) : on_(defect) {}
  bool is_on(Defect defect) const { return on_ == defect; }

 private:
  std::optional<Defect> on_;
};

}  // namespace bb::portal
