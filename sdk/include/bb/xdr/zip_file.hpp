// bb/xdr/zip_file.hpp - writes a zip archive.
#pragma once

#include <string>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::xdr {

struct ZipFile {
  std::string name;  // ASCII, with '/'
  std::string bytes;
};
// In this order, with the same bytes each time.
[[nodiscard]] Result<std::string> write_zip(const std::vector<ZipFile>& files);

}  // namespace bb::xdr
