// letter.hpp - the mail that a record travels in.
#pragma once

#include <bb/records/mime.hpp>
#include <bb/records/record.hpp>

#include "portal/defects.hpp"
#include "portal/documents.hpp"
#include "portal/patients.hpp"
#include "portal/selection.hpp"

namespace bb::portal {

// The selected part of a record; all of it where the selection names what is not there,
// as of another patient, who has other visits.
records::Record select_or_all(const records::Record& record, const Selection& selection);

// A text and the document as attachment, without sender and recipient. A whole C-CDA
// goes out as the document that came in.
records::OutgoingMail letter_of(const Patient& source, const Format& format, const Selection& selection,
                                const Defects& defects);

// For who has an ordinary mail program alone (VDT15-T-07): a format for programs comes
// with a copy for people, and the text says who can read the mail.
void make_plain(records::OutgoingMail& mail, const Patient& source, const Format& format, const Selection& selection,
                const Defects& defects);

}  // namespace bb::portal
