// certification_mistakes.hpp - what the defects named vdt-... make of a page, a document, a period
// and the activity history.
#pragma once

#include <string>

#include <bb/records/record.hpp>

#include "portal/activity.hpp"
#include "portal/defects.hpp"
#include "portal/selection.hpp"

namespace bb::portal {

enum class Way { view, download, share };

// The period that is used instead of the one asked for.
Selection mistaken_selection(Selection selection, Way way, const Defects& defects);
// What is selected of a record where a mistake adds to it.
records::Record mistaken_part(records::Record part, const records::Record& whole, const Selection& selection,
                              const Defects& defects);
// What the page of a record shows.
records::Record mistaken_page(records::Record shown, const Defects& defects);
// A C-CDA document as it is downloaded.
std::string mistaken_ccda(std::string ccda, const Defects& defects);
void mistake_history(Activity::Page& page, const Defects& defects);

}  // namespace bb::portal
