// reuse.hpp - when a kept-alive connection may carry one request more, and when
// a request that failed on one may be sent again (RFC 9112, 9.3.1 and 9.5).
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <string_view>

#include "answer_reader.hpp"

namespace bb::host {

// How long the connection may lie idle after this answer: a second less than
// the peer says it keeps it (Keep-Alive: timeout=, whole seconds), and a minute
// at most; four seconds where it says nothing, since the shortest that servers
// usually keep one is five. 0 = not at all.
std::int64_t idle_ns_max(const AnswerHead& head);

// Whether the peer of an idle connection neither closed it nor sent bytes that
// nobody asked for. The socket does not block; `ssl` is nullptr without TLS.
bool is_quiet(int socket, SSL* ssl);

// A request of that method went over a connection that was used before, and it
// broke before a byte of an answer came. The request may go over a new one where
// no byte of it was sent, or where sending it twice means what sending it once
// means, because its method is idempotent (RFC 9110, 9.2.2).
bool may_send_again(std::string_view method, bool has_sent);

}  // namespace bb::host
