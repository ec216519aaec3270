// harness/documents/inputs.hpp - the documents in what the user named: files,
// folders, packages, standard input.
//
// A folder is a list of names, read when their turn comes; one file at a time is
// in memory. docs/reference/check.md, "Many documents".
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/document.hpp>

#include "harness/documents/mail_settings.hpp"

namespace bb::documents {

// A file to look into.
struct Input {
  std::string name;                                    // its path, or "<stdin>"
  bool is_named = true;                                // by the user, so it is checked whatever it holds
  std::string problem = {};                            // why it cannot be read, where that is known already
  std::shared_ptr<const std::string> bytes = nullptr;  // of standard input
};

struct Inputs {
  std::vector<Input> files;
  std::size_t passed_over_count = 0;  // in folders: what is no regular file
};

// The files of each name in the order given. A folder gives those below it by
// name, without hidden ones; links in it are not followed. "-" is standard input,
// read to its end or one byte more than a package may have. The error names what
// is not there, cannot be read or is neither file nor folder; nothing is waited for.
Result<Inputs> find_inputs(const std::vector<std::string>& names);

// A document of an input, or why there is none.
struct Piece {
  std::string name;        // of a package "visit.zip!/IHE_XDM/SUBSET01/DOC.XML", of a mail "visit.eml!/CCDA.xml"
  std::string_view bytes;  // for the call that it is given to
  std::string problem;     // a fault of the file: a damaged package
  std::string failure;     // not one of the file: it cannot be read
};

// Gives every document of an input in a settled order. Returns how many files were
// passed over: in folders and packages those that are neither XML nor a package, by
// content and by name, and of an XDM package its metadata, index, read-me and style sheets.
// A mail is a document, and so is what is attached to it; `settings` open it.
std::size_t read_input(const Input& input, const std::function<void(const Piece&)>& take,
                       const MailSettings& settings = {});

inline constexpr std::size_t document_bytes_max = xml::Limits{}.bytes_max;
inline constexpr std::size_t package_bytes_max = 256ull * 1024 * 1024;

}  // namespace bb::documents
