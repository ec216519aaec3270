// xml_tokens.hpp - credentials in the XML of a personal health record platform.
//
// A search, not a parse: it must find them in what is no XML, too.
#pragma once

#include <functional>
#include <string_view>

namespace bb::host {

// Each token and secret of a session, with the name of its element.
void each_xml_token(std::string_view message, const std::function<void(std::string_view, std::string_view)>& found);

}  // namespace bb::host
