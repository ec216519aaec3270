// What a mail server says, by IMAP and by POP3, to whatever it is asked.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <bb/direct/mailbox.hpp>

#include "said_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::direct;
  constexpr std::size_t bytes_max = 4096;
  bb::test::SaidConnections server({reinterpret_cast<const char*>(data), size});
  for (const auto protocol : {MailboxProtocol::imap, MailboxProtocol::pop3})
    for (const auto protection : {Protection::none, Protection::starttls}) {
      const auto box = Mailbox::create(protocol, server, {.host = "mail.test", .port = 1, .protection = protection});
      std::vector<MailboxEntry> entries;
      if (box->list(entries)) continue;
      // An id of the server's is an item's id, which is text.
      for (const auto& entry : entries)
        for (const char c : entry.id)
          if (c <= 0x20 || c == 0x7f) std::abort();
      std::string text;
      const auto id = entries.empty() ? std::string("1.1") : entries.front().id;
      if (!box->fetch_header(id, bytes_max, text) && text.size() > bytes_max) std::abort();
      if (!box->fetch(id, bytes_max, text) && text.size() > bytes_max) std::abort();
      static_cast<void>(box->remove(id));
      box->end();
    }
  return 0;
}
