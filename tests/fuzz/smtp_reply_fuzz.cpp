// What a mail server answers to a message that is handed over by SMTP.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <bb/direct/smtp.hpp>

#include "said_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::direct;
  bb::test::SaidConnections server({reinterpret_cast<const char*>(data), size});
  for (const auto protection : {Protection::none, Protection::starttls, Protection::tls}) {
    MailServer to{.host = "mail.test", .port = 1, .protection = protection};
    if (protection != Protection::none) {
      to.user = "alice";
      to.password = "secret";
    }
    SmtpClient client(server, to, "client.test");
    SmtpReceipt receipt;
    const auto failure = client.send("a@b.test", {"c@d.test", "e@f.test"}, "Subject: x\r\n\r\n.\r\n", receipt);
    // Each recipient is told of once, and nobody was taken where nothing was.
    if (!failure && receipt.accepted.size() + receipt.refused.size() != 2) std::abort();
    if (!failure && receipt.accepted.empty()) std::abort();
    client.end();
  }
  return 0;
}
