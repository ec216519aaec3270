// line_stream.hpp - protocols of lines: SMTP, IMAP, POP3. Bounded in what it reads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bb/direct/mail_server.hpp>
#include <bb/direct/stream.hpp>

namespace bb::direct {

// Where a conversation of that protocol with the server begins.
Endpoint endpoint_of(const MailServer& server, std::string protocol);

// Whether a command would end early, or hold what no command may: CR, LF or NUL.
bool has_line_end(std::string_view command);
// RFC 3501, 4.3: "{300}" at the end of a line of IMAP says how many bytes follow it.
std::optional<std::size_t> literal_bytes(std::string_view line);

class LineStream {
 public:
  explicit LineStream(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  // One line without its end, which may be a bare LF.
  Result<std::string> read_line(std::size_t bytes_max);
  Result<std::string> read_exactly(std::size_t count);
  Status write(std::string_view bytes);
  // Refuses bytes that came before TLS: somebody on the way put them there.
  Status start_tls();
  Trouble trouble() const { return trouble_; }

 private:
  Status read_more();

  std::unique_ptr<Stream> stream_;
  std::string buffer_;
  std::size_t taken_ = 0;  // of the buffer
  Trouble trouble_ = Trouble::none;
};

}  // namespace bb::direct
