// harness/schematron/entities.hpp - the entities of a rule file, put in place.
//
// Published schemas are split into files by external entities (NIST's C32 into
// 224), whose system ids are addresses of a server that is gone. They are
// expanded as text from the files at hand, so that the XML parser never sees a
// DOCTYPE and nothing is ever fetched.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include "harness/schematron/schema.hpp"

namespace bb::schematron {

// The text without its DOCTYPE and with every general entity that it declares
// in place; bounded in depth and size. Lines keep their numbers up to the first
// entity of several lines. The error names the file and the entity.
// Source: XML 1.0, 4.2 and 4.4; parameter entities are refused.
Result<std::string> expand_entities(const std::string& name, std::string_view text, const FileResolver& resolve);

}  // namespace bb::schematron
