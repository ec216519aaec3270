// people_service.hpp - methods about persons, their records, and what an application may do with them.
#pragma once

#include <bb/healthvault/people_methods.hpp>

#include "record_platform/call.hpp"

namespace bb::record_platform {

healthvault::GetPersonInfo::Answer person_info(Call& call, const healthvault::GetPersonInfo::Request& request);
healthvault::GetAuthorizedPeople::Answer authorized_people(Call& call,
                                                           const healthvault::GetAuthorizedPeople::Request& request);
healthvault::GetAuthorizedRecords::Answer authorized_records(Call& call,
                                                             const healthvault::GetAuthorizedRecords::Request& request);
healthvault::QueryPermissions::Answer query_permissions(Call& call,
                                                        const healthvault::QueryPermissions::Request& request);
healthvault::Nothing remove_authorization(Call& call, const healthvault::Nothing&);
healthvault::GetApplicationSettings::Answer application_settings(Call& call, const healthvault::Nothing&);
healthvault::Nothing set_application_settings(Call& call, const healthvault::SetApplicationSettings::Request& request);
healthvault::Nothing associate_alternate_id(Call& call, const healthvault::AssociateAlternateId::Request& request);
healthvault::Nothing disassociate_alternate_id(Call& call,
                                               const healthvault::DisassociateAlternateId::Request& request);
healthvault::GetAlternateIds::Answer alternate_ids(Call& call, const healthvault::Nothing&);
healthvault::GetPersonAndRecordForAlternateId::Answer person_for_alternate_id(
    Call& call, const healthvault::GetPersonAndRecordForAlternateId::Request& request);
healthvault::GetUpdatedRecordsForApplication::Answer updated_records(
    Call& call, const healthvault::GetUpdatedRecordsForApplication::Request& request);
healthvault::GetRecordOperations::Answer record_operations(Call& call,
                                                           const healthvault::GetRecordOperations::Request& request);

}  // namespace bb::record_platform
