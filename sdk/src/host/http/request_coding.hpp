// request_coding.hpp - what a connector sent compressed, as it was before.
#pragma once

#include <string>
#include <string_view>

namespace bb::host {

// The body of a request for its record: of gzip and deflate what they hold, so that secrets in it are found; what is
// not of the coding that it names as it is; of another coding, or where more than `bytes_max` come out, a sentence that
// says so.
std::string decoded_for_record(std::string body, std::string_view coding, std::size_t bytes_max);

}  // namespace bb::host
