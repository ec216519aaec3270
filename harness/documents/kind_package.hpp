// harness/documents/kind_package.hpp - zip archives, and among them XDM packages.
//
// What rules look at (docs/reference/document-rules.md): the archive's files, and
// of an XDM package its submission sets with what METADATA.XML says of each
// document beside the file that it stands for. Source: IHE ITI TF-2, 3.32 (XDM),
// TF-3, 4.2 (metadata).
#pragma once

#include <string_view>

#include "harness/documents/kinds.hpp"

namespace bb::documents {

// Whether a file is an archive with a folder IHE_XDM.
bool is_xdm(std::string_view bytes);
Look look_at_xdm(std::string_view bytes, Rules& rules);
Look look_at_zip(std::string_view bytes, Rules& rules);

// Whether a package is judged itself, beside the documents in it: an XDM package,
// or one with names that are not safe, come twice or hold a zero byte, or with bytes
// that its directory does not account for.
bool is_judged_itself(std::string_view package);

}  // namespace bb::documents
