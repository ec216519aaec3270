// plugins/rest/message_answer.hpp - mails as the portal's API lists and gives them.
#pragma once

#include <cstdint>
#include <string_view>

#include <bb/core/value.hpp>
#include <bb/sdk/connector.hpp>
#include <bb/sdk/services/http.hpp>

namespace bb::rest {

inline constexpr const char* message_media_type = "message/rfc822";

// The member `size` of a listed message; UINT64_MAX where it says none.
std::uint64_t size_or_unknown(const Value& entry);

// The answer's message, byte for byte. Throws Failure for an answer that is none.
void emit_message(const HttpResponse& response, std::string_view item_id, std::string_view doing, Content& out);

}  // namespace bb::rest
