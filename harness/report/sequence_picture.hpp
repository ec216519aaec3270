// harness/report/sequence_picture.hpp - a sequence as page.mustache draws and lists it.
#pragma once

#include <functional>
#include <string>

#include <bb/core/value.hpp>
#include "harness/report/sequence.hpp"

namespace bb::report {

// Places and sizes are in units of the picture (SVG user units), texts are not escaped.
// `anchor` prefixes the ids of the picture; `evidence_of` gives the anchor of what shows an arrow.
Value sequence_picture(const Sequence& sequence, const std::string& anchor,
                       const std::function<std::string(const Arrow&)>& evidence_of);

}  // namespace bb::report
