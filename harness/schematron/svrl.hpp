// harness/schematron/svrl.hpp - a report as SVRL, the Schematron Validation
// Report Language, which other programs read.
//
// Source: ISO/IEC 19757-3:2006, Annex D. As other processors have it, and
// wider than the Annex: an active pattern may have no fired rule, and ids of
// assertions are repeated. What could not be judged has no place in SVRL: it
// is said in comments at the end.
#pragma once

#include <string>

#include "harness/schematron/checker.hpp"

namespace bb::schematron {

// `report` is of a document checked by `ruleset`, and the document still there.
// Patterns come in schema order, the rules of each in document order.
std::string write_svrl(const Ruleset& ruleset, const Report& report);

// An XPath from the document that selects this node alone, with the prefixes
// of the schema; names without one are asked for by local-name().
std::string location_of(const Schema& schema, const _xmlNode* node);

}  // namespace bb::schematron
