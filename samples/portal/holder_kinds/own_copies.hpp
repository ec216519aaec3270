// holder_kinds/own_copies.hpp - the files of a payer or a pharmacy: a documented text and a FHIR Bundle
// (docs/reference/pledge-holders.md).
#pragma once

#include <string>
#include <vector>

#include <bb/core/value.hpp>
#include <bb/records/ccda.hpp>

#include "portal/defects.hpp"
#include "portal/documents.hpp"
#include "portal/patients.hpp"

namespace bb::portal {

// A collection of these resources.
Value bundle_of(const std::vector<Value>& resources);

// The selected `part` of the patient's record as a file: in the holder's own form where it has one, else as
// write_document() does, with `head` for a C-CDA.
std::string write_copy(const Format& format, const Patient& patient, const records::Record& part,
                       const records::CcdaHead& head, long long now_unix_ns, const Defects& defects);

}  // namespace bb::portal
