// defects.hpp - the faults that the sample platform can show on demand.
//
// What each does, and which rows of the requirements it breaks, is said in defects.cpp.
#pragma once

#include <span>

#include "programs/defects.hpp"

namespace bb::record_platform {

enum class Defect {
  accepts_tampered_header,
  accepts_tampered_info,
  accepts_unknown_token,
  accepts_expired_session,
  accepts_old_request,
  accepts_replay,
  accepts_signed_anonymous,
  accepts_unsigned_session,
  accepts_old_signing_time,
  accepts_unknown_certificate,
  accepts_any_order,
  ignores_denied_consent,
  accepts_wrong_record,
  accepts_swapped_ids,
  ignores_version_stamp,
  stores_half,
  ignores_rights,
  ignores_revocation,
  refuses_caregiver,
  doubles_on_retry,
  oldest_first,
  drops_beyond_full,
  any_condition,
  any_xpath,
  any_format,
  any_group_count,
  shows_deleted,
  shows_personal,
  ignores_intents,
  counts_opted_out,
  grants_by_default,
  first_page_only,
  ignores_blob_hash,
  ignores_blob_gap,
  alters_blobs,
  blob_url_lasts,
  alters_documents,
  drops_provenance,
  takes_any_xml,
  ignores_quota,
  compares_guid_case,
  expands_entities,
  leaks_context,
  http_errors,
  no_code,
  wrong_namespace,
  unknown_method_failed,
  guesses_version,
  updates_immutable,
  updates_read_only,
  short_identity_code,
  compares_answer_case,
  ignores_answer_blanks,
  uncounted_wrong_answers,
  forgets_connect_requests,
  withdraws_claimed,
  connect_never_expires,
  package_picked_twice,
  takes_alternate_id_twice,
  alters_action_query,
  ignores_type_version,
  unflagged_conversion,
  takes_older_version,
  alters_narrative,
  alters_attributes,
  takes_comment_first,
};

using DefectInfo = programs::DefectInfo<Defect>;
using Defects = programs::Defects<Defect>;

// In the order of the enumeration.
std::span<const DefectInfo> all_defects();

}  // namespace bb::record_platform
