// Any bytes become the view of a mail, a certificate, a bundle or CMS, or a word that
// says why not; and give what is attached.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "harness/documents/data_store.hpp"
#include "harness/documents/kind_certificate.hpp"
#include "harness/documents/kind_mail.hpp"
#include "harness/documents/mail_forms.hpp"
#include "harness/documents/rules.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::documents;
  static auto formats = Formats::read(BB_SOURCE_DIR "/conformance/documents/formats.yaml");
  static auto store = DataStore::open("/nonexistent");
  if (!formats || !store) std::abort();
  static Rules rules(*std::move(formats), *std::move(store), Selection{}, nullptr);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto look : {look_at_mail, look_at_certificate, look_at_trust_bundle, look_at_cms}) {
    const auto found = look(bytes, rules);
    if (!found.view && found.failure.empty()) std::abort();
  }
  // What is known is of one kind.
  if (is_certificate(bytes) && is_trust_bundle(bytes)) std::abort();
  if (is_direct_message(bytes) && !is_mail(bytes)) std::abort();
  std::size_t attached_bytes = 0;
  read_attachments(bytes, MailSettings{},
                   [&](const std::string&, std::string_view content) { attached_bytes += content.size(); });
  if (attached_bytes > size) std::abort();  // no transfer encoding makes more of less
  const auto line = bytes.substr(0, 1000);
  if (is_mail_date(line) && !mail_time(line)) std::abort();
  if (is_mailbox(line) && !are_mailboxes(line)) std::abort();
  if (is_message_id(line) && !are_message_ids(line)) std::abort();
  is_return_path(line);
  is_received(line);
  return 0;
}
