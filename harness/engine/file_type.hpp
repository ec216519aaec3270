// harness/engine/file_type.hpp - the media type of a file that a person hands over.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace bb::engine {

// By its first bytes; where those say nothing more than that it is text, by the extension of its name. One of
// application/pdf, application/zip, image/png, image/jpeg, image/gif, text/html, application/xml, application/json,
// text/plain, text/csv, application/rtf, application/octet-stream.
std::string media_type_of(const std::filesystem::path& name, std::string_view bytes);

}  // namespace bb::engine
