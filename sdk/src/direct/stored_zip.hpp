// stored_zip.hpp - a ZIP file of files as they are (PKWARE APPNOTE 6.3.3; IHE ITI TF-2,
// 3.32 asks for no more).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bb::direct {

struct StoredFile {
  std::string name;  // ASCII, with '/'
  std::string bytes;
};
// Of less than 65,535 files and 4 GiB.
std::string stored_zip(const std::vector<StoredFile>& files);

}  // namespace bb::direct
